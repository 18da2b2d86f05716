/** Any frame that the page marks: `<iframe data-cello-companion="demo">`. It carries the code, and says nothing. */
import type { Vendor } from './vendor.js';

export const FRAME: Vendor = {
  word: 'frame',
  kind: null,
  carrier: 'ucc',
  origins: /(?!)/,
  frames: 'iframe:is([data-cello-companion=demo],[data-cello-companion=signup])',
};
