/**
 * The store is busy: another process is writing, or no connection is free.
 */

/** The store is busy. Nothing was written, and the same call may succeed in a moment. */
export class StoreBusyError extends Error {
  override readonly name = 'StoreBusyError';
  /** The same call can succeed later. */
  readonly retryable = true;
  /** When to try again, in ms. */
  readonly retryAfterMs = 1000;
}
