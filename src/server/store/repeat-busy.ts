/**
 * Retries while another process has the store locked.
 */
import { StoreBusyError } from './store-busy-error.js';

const FIRST_WAIT_MS = 10;
const LAST_WAIT_MS = 250;

/** Longer than any lock should be held, but limited: a visitor may be waiting. */
const PATIENCE_MS = 60_000;

/**
 * Retries work while another process has the store locked, without blocking the event loop.
 *
 * @throws Whatever it rejected with, or the last `StoreBusyError` after a minute.
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
