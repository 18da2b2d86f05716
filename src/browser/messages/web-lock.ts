/**
 * How the tabs of a site take turns: https://w3c.github.io/web-locks/
 */

/** How long we wait for a lock. Holders need less than a millisecond, unless the browser froze one of them. */
const LOCK_WAIT_MS = 1000;

/** Whether locks are available: on plain http they are not. */
export const hasLocks = (): boolean => 'locks' in navigator;

/**
 * Without locks, how long a page waits for the leases of others to become visible. What one tab writes to `localStorage`
 * reaches another tab's process slightly later.
 */
export const SETTLE_MS = 250;

/** Runs a function once, while no other tab does; if there are no locks, or none is granted within a second, it runs anyway. */
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
    runOnce(); // TypeError: plain http has no locks. SecurityError: a sandboxed frame may not use them
  }
}
