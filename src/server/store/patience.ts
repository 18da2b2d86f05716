/**
 * Retries while a store is locked, down or full.
 */
import { mayPass } from './passing-failure.js';
import { StoreBusyError } from './store-busy-error.js';

const FIRST_WAIT_MS = 10;

/** A lock is released soon. A database that is down takes seconds to return, and is asked less often. */
const BUSY_WAIT_MS = 250;
const DOWN_WAIT_MS = 2000;

/** Longer than any lock should be held, but limited: a visitor may be waiting. */
const PATIENCE_MS = 60_000;

/** How long to retry. */
export interface Patience {
  /** In ms. Default: 60,000. */
  readonly patienceMs?: number;
  /** Stops retrying: the last error is thrown. */
  readonly signal?: AbortSignal;
  /** Called with every error that leads to a retry. */
  readonly onFailure?: (error: unknown) => void;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}

async function repeat<T>(
  work: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
  { patienceMs = PATIENCE_MS, signal, onFailure }: Patience,
): Promise<T> {
  const untilMs = performance.now() + patienceMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
    try {
      return await work();
    } catch (error) {
      waitMs = Math.min(waitMs, error instanceof StoreBusyError ? BUSY_WAIT_MS : DOWN_WAIT_MS);
      if (!isPassing(error) || signal?.aborted || performance.now() + waitMs > untilMs) throw error;
      onFailure?.(error);
      await pause(waitMs, signal);
      if (signal?.aborted) throw error;
    }
  }
}

const isBusy = (error: unknown): boolean => error instanceof StoreBusyError;

/**
 * Retries work while another process has the store locked, without blocking the event loop.
 *
 * @throws Whatever it rejected with, or the last `StoreBusyError` after a minute.
 */
export const repeatBusy = <T>(work: () => Promise<T>): Promise<T> => repeat(work, isBusy, {});

/**
 * Retries work while its error is transient: the store is locked, down or full. Only for work that may run twice, because
 * a broken connection does not say whether the work was done.
 *
 * @throws The last error.
 */
export const repeatPassing = <T>(work: () => Promise<T>, patience: Patience = {}): Promise<T> =>
  repeat(work, mayPass, patience);
