/**
 * The page we are a guest on: what it is told, whether it is shown, how its tabs take turns.
 */
import { listen } from './natives.js';

/** Tells the page something, as a `cello-companion:…` event on its document. What its listeners throw is theirs. */
export const announce = (name: string, detail: object): boolean =>
  EventTarget.prototype.dispatchEvent.call(document, new CustomEvent(`cello-companion:${name}`, { detail }));

/** Whether the page is only prepared, and maybe never shown: https://developer.chrome.com/docs/web-platform/prerender-pages */
export const isPrerendering = (): boolean => Reflect.get(Document.prototype, 'prerendering', document) === true;

/** Settles when the page is shown: at once, unless it is only prepared. */
export async function whenShown(): Promise<void> {
  if (isPrerendering()) await new Promise((resolve) => listen(document, ['prerenderingchange'], resolve));
}

/** For how long we wait for a lock. Its holders need no millisecond, unless the browser froze one of them. */
const LOCK_WAIT_MS = 1000;

/** Runs work once, while no other tab does; where there are no locks, or none is granted in a second, all the same. */
export async function runExclusively(name: string, work: () => void): Promise<void> {
  let isDone = false;
  const runOnce = () => {
    if (isDone) return;
    isDone = true;
    work();
  };
  setTimeout(runOnce, LOCK_WAIT_MS);
  try {
    await navigator.locks.request(name, runOnce);
  } catch {
    runOnce(); // TypeError: plain http has no locks. SecurityError: a sandboxed frame may not have them
  }
}
