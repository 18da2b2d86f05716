/**
 * The page we are a guest on: what it is told, whether it is shown.
 */
import { listen } from './dom.js';

/** Tells the page something, as a `cello-companion:…` event on its document. What its listeners throw is theirs. */
export const announce = (name: string, detail: object): boolean =>
  EventTarget.prototype.dispatchEvent.call(document, new CustomEvent(`cello-companion:${name}`, { detail }));

/** Whether the page is only prepared, and maybe never shown: https://developer.chrome.com/docs/web-platform/prerender-pages */
export const isPrerendering = (): boolean => Reflect.get(Document.prototype, 'prerendering', document) === true;

/** Settles when the page is shown: at once, unless it is only prepared. */
export async function whenShown(): Promise<void> {
  if (isPrerendering()) await new Promise((resolve) => listen(document, ['prerenderingchange'], resolve));
}
