/**
 * Somebody else is in the store's way: another process writes, or no connection is free.
 */

/** The store is busy. Nothing was written, and the same is welcome in a moment. */
export class StoreBusyError extends Error {
  override readonly name = 'StoreBusyError';
  /** Nothing is wrong with what was asked. */
  readonly retryable = true;
  /** When to try again, in ms. */
  readonly retryAfterMs = 1000;
}
