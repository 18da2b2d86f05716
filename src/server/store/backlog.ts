/**
 * Work that is still being retried in the background, so that whoever ends the process can wait for it.
 */
import { type Patience, repeatPassing } from './patience.js';

/** The work in progress. */
export interface Backlog {
  /**
   * Runs work, and retries it while its error is transient.
   *
   * @throws The last error.
   */
  run<T>(work: () => Promise<T>, onFailure?: Patience['onFailure']): Promise<T>;
  /** How many are not done yet. */
  count(): number;
  /** Resolves when everything is done, or after `maxMs`. */
  settle(maxMs: number): Promise<void>;
  /** Stops retrying: what is not done rejects with its last error. Leaves no timer behind. */
  end(): void;
}

/**
 * Creates an empty backlog.
 *
 * @param patienceMs - How long to retry.
 */
export function createBacklog(patienceMs: number): Backlog {
  const open = new Set<Promise<unknown>>();
  let controller = new AbortController();
  return {
    async run(work, onFailure) {
      const { signal } = controller;
      const working = repeatPassing(work, { patienceMs, signal, ...(onFailure && { onFailure }) });
      open.add(working);
      try {
        return await working;
      } finally {
        open.delete(working);
      }
    },
    count: () => open.size,
    async settle(maxMs) {
      if (!open.size) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const isOver = new Promise((resolve) => {
        timer = setTimeout(resolve, maxMs);
      });
      await Promise.race([Promise.allSettled(open), isOver]);
      clearTimeout(timer);
    },
    end() {
      controller.abort();
      controller = new AbortController(); // later work is retried again
    },
  };
}
