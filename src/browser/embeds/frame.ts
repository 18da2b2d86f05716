/**
 * Any frame that the page marks: `<iframe data-cello-companion="demo">`, or the only one in a marked element. It carries
 * the code, and says nothing.
 */
import { findMarked } from './marks.js';
import { findEverywhere } from './trees.js';
import type { Vendor } from './vendor.js';

/** Whether a mark is a frame's: what is around a form, or several frames (a captcha's, a video's), means no frame of them. */
function isMarked(frame: Element): boolean {
  const marked = findMarked(frame);
  const isMeant = (one: Element) => findMarked(one) === marked;
  return !!marked && (marked === frame || findEverywhere('iframe,form').filter(isMeant).length === 1);
}

export const FRAME: Vendor = {
  word: 'frame',
  origins: /(?!)/,
  owns: isMarked,
};
