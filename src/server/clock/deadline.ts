/**
 * A deadline for work that may never end, even if the work ignores its signal.
 */

/** Why we stopped waiting for work. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly reason: 'timeout' | 'aborted';

  constructor(reason: 'timeout' | 'aborted') {
    super(reason === 'timeout' ? 'The time limit was exceeded' : 'The caller aborted it');
    this.reason = reason;
  }
}

/** When to stop waiting for work. */
export interface Limits {
  /** After this many ms. Omitted: never. */
  readonly timeoutMs?: number;
  /** When the caller aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs work until it ends or its deadline passes, and leaves no timer and no listener behind. Uses its own timer and
 * listener, because those of `AbortSignal.timeout` and `.any` cannot be removed when the work is done.
 *
 * @param work - Receives the signal that aborts it. Whatever it does after that is ignored.
 * @returns Settles as the work does; rejects with a `DeadlineError` if the deadline comes first, and without starting
 *   the work if the caller's signal is already aborted.
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
      reject(new DeadlineError(reason)); // before aborting, which makes the work reject: our rejection must come first
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
