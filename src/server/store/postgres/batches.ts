/**
 * Batching: while one batch is being processed, new items collect for the next.
 */

/** The most items in a batch. */
const BATCH_MAX = 100;

interface Waiting<T, R> {
  readonly item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/** Class 22: invalid data. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const isOfData = (error: unknown): boolean =>
  error instanceof Error && String(Reflect.get(error, 'code')).startsWith('22');

/**
 * Creates a function that takes single items and processes them in batches.
 *
 * @param work - Returns a result for each item, in order. It must be atomic: if PostgreSQL rejects something in a
 *   batch, the batch is repeated item by item, so that a bad item does not affect the others.
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
    await null; // other items of this turn join the batch
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
