/**
 * Patience with a store that somebody else has.
 */
import { StoreBusyError } from './store-busy-error.js';

const FIRST_WAIT_MS = 10;
const LAST_WAIT_MS = 250;

/** Longer than anybody should hold a lock, and not for ever: a visitor may be waiting. */
const PATIENCE_MS = 60_000;

/**
 * Does something again as long as somebody else is in the store's way. The event loop is free meanwhile.
 *
 * @throws What it rejected with, or the last `StoreBusyError` after a minute.
 */
export async function repeatBusy<T>(work: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LAST_WAIT_MS, 2 * waitMs)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreBusyError) || performance.now() + waitMs > untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
