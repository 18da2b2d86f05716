/**
 * Work that is done together: while one batch is on its way, what comes meanwhile waits for the next.
 */

/** So much travels together at most. */
const BATCH_MAX = 100;

interface Waiting<T, R> {
  readonly item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/** Class 22: the data cannot be taken. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const isOfData = (error: unknown): boolean =>
  error instanceof Error && String(Reflect.get(error, 'code')).startsWith('22');

/**
 * Makes a function that does work on single items, many at a time.
 *
 * @param work - Gives a result for each item, in their order. Does all or nothing: a batch with something in it that
 *   PostgreSQL cannot take is done again item by item, so that this one is in nobody's way.
 */
export function createBatches<T, R>(work: (items: readonly T[]) => Promise<readonly R[]>): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = [];
  let isRunning = false;

  const settle = async (batch: readonly Waiting<T, R>[]): Promise<void> => {
    try {
      const results = await work(batch.map(({ item }) => item));
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      if (batch.length > 1 && isOfData(error)) for (const one of batch) await settle([one]);
      else for (const one of batch) one.reject(error);
    }
  };

  const run = async (): Promise<void> => {
    isRunning = true;
    await null; // whoever comes in this turn comes along
    while (waiting.length) {
      const batch = waiting.slice(0, BATCH_MAX);
      waiting = waiting.slice(BATCH_MAX);
      await settle(batch);
    }
    isRunning = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isRunning) void run();
    });
}
