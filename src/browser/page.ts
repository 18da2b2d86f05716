/**
 * The page we are a guest on: what it is told, whether it is shown, where it keeps things.
 */

/** Tells the page something, as a `cello-companion:…` event on its document. What its listeners throw is theirs. */
export const announce = (name: string, detail: object): boolean =>
  EventTarget.prototype.dispatchEvent.call(document, new CustomEvent(`cello-companion:${name}`, { detail }));

/** Whether the page is only prepared, and maybe never shown: https://developer.chrome.com/docs/web-platform/prerender-pages */
export const isPrerendering = (): boolean => Reflect.get(Document.prototype, 'prerendering', document) === true;

/** The page's storage; `null` where it is denied. */
export function findStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null; // SecurityError: a sandboxed frame, or cookies are blocked
  }
}

/** Runs work that no other tab does at the same moment; where there are no locks, at once. */
export function runExclusively(name: string, work: () => void): void {
  // Secure contexts only; in a sandboxed frame the request rejects (https://w3c.github.io/web-locks/#dom-lockmanager-request).
  const locks: LockManager | undefined = navigator.locks;
  if (locks) locks.request(name, work).catch(work);
  else work();
}
