/**
 * How the tabs of a site take turns: https://w3c.github.io/web-locks/
 */

/** For how long we wait for a lock. Its holders need no millisecond, unless the browser froze one of them. */
const LOCK_WAIT_MS = 1000;

/** Whether there are locks at all: plain http has none. */
export const hasLocks = (): boolean => 'locks' in navigator;

/**
 * Without locks, how long a page waits for the others' leases to show. What one tab writes to `localStorage` another
 * one's process sees a little later.
 */
export const SETTLE_MS = 250;

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
