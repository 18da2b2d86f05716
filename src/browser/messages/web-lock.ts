/**
 * How the tabs of a site take turns: https://w3c.github.io/web-locks/
 */

/** How long we wait for a lock. Holders need less than a millisecond, unless the browser froze one of them. */
const LOCK_WAIT_MS = 1000;

/** Whether locks are available: on plain http they are not. */
export const hasLocks = (): boolean => 'locks' in navigator;

/**
 * How long a page gives others to see its leases: what one tab writes to `localStorage` reaches another tab's process later.
 * No lock orders it (https://html.spec.whatwg.org/multipage/webstorage.html#introduction-16): WebKitGTK showed one write in
 * eight up to 7 ms late to the tab that had the lock next.
 */
export const SETTLE_MS = 250;

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));

/**
 * Runs a function once, while no other tab does; if there are no locks, or none is granted within a second, it runs anyway.
 * If it says that it wrote something, others wait until they can see it.
 */
export async function runExclusively(name: string, work: () => boolean): Promise<void> {
  let isDone = false;
  const runOnce = () => {
    if (isDone) return false;
    isDone = true;
    return work();
  };
  setTimeout(runOnce, LOCK_WAIT_MS);
  try {
    await navigator.locks.request(name, () => (runOnce() ? settle() : undefined));
  } catch {
    runOnce(); // TypeError: plain http has no locks. SecurityError: a sandboxed frame may not use them
  }
}
