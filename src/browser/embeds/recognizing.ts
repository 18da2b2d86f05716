/**
 * Whose widget a frame is, by what is around it or by where it comes from.
 */
import { attribute, fits, read } from '../page/index.js';
import { type Embed, originOf } from './vendor.js';

/** The origin that the page gave to a frame. */
export const originOfFrame = (frame: Element): string =>
  originOf(attribute(frame, 'src') ?? '', read(document, 'baseURI'));

export type Recognize = (frame: Element) => Embed | undefined;

export function createRecognizer(all: readonly Embed[]): Recognize {
  const candidates = all.filter(({ vendor }) => vendor.frames);
  return (frame) => {
    const origin = originOfFrame(frame);
    if (!origin || fits(frame, '[srcdoc]')) return undefined;
    const [named, ...others] = candidates.filter(({ origins }) => origins.includes(origin));
    return (
      candidates.find(({ vendor }) => vendor.origins.test(origin)) ??
      candidates.find(({ vendor }) => vendor.frames && fits(frame, vendor.frames)) ??
      // An origin that counts for every vendor says nothing about a frame.
      (others[0] ? undefined : named) ??
      // A marked frame of a vendor is the vendor's.
      all.find(({ vendor }) => vendor.owns?.(frame))
    );
  };
}
