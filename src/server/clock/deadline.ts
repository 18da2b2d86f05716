/**
 * A deadline for work that may never end, also where the work ignores the signal it got.
 */

/** Why work was left behind before it ended. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly reason: 'timeout' | 'aborted';

  constructor(reason: 'timeout' | 'aborted') {
    super(reason === 'timeout' ? 'The time was over' : 'The caller ended it');
    this.reason = reason;
  }
}

/** When work is left behind. */
export interface Limits {
  /** After so many ms. Left out: never. */
  readonly timeoutMs?: number;
  /** When the caller says so. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs work until it ends or its deadline comes, and leaves no timer and no listener behind. Own ones, since those of
 * `AbortSignal.timeout` and `.any` cannot be taken back when the work is done.
 *
 * @param work - Gets the signal that tells it to end. What it does after that is nobody's concern.
 * @returns Settles as the work does; rejects with a `DeadlineError` where the deadline came first, and without having
 *   begun where the caller's signal was aborted before.
 */
export async function runWithin<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, signal: outer }: Limits,
): Promise<T> {
  if (outer?.aborted) throw new DeadlineError('aborted');
  const controller = new AbortController();
  let end: (reason: 'timeout' | 'aborted') => void = () => {};
  const isOver = new Promise<never>((_, reject) => {
    end = (reason) => {
      reject(new DeadlineError(reason)); // before the signal: the work rejects by it, and would be heard first
      controller.abort();
    };
  });
  const abort = () => end('aborted');
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => end('timeout'), timeoutMs);
  outer?.addEventListener('abort', abort);
  try {
    return await Promise.race([work(controller.signal), isOver]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', abort);
  }
}
