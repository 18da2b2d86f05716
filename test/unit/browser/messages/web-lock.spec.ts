// How tabs take turns, with a browser's locks as https://w3c.github.io/web-locks/ describes them.
import { expect, test } from 'playwright/test';
import { runExclusively, SETTLE_MS } from '../../../../dist/browser/messages/web-lock.js';

/** One lock: who asks for it gets it when the holder's promise has settled. */
function createLocks() {
  let queue: Promise<unknown> = Promise.resolve();
  return {
    request(_name: string, work: () => unknown) {
      queue = queue.then(work);
      return queue;
    },
  };
}

/** Runs with these as the browser's locks. */
async function withLocks(locks: unknown, run: () => Promise<void>) {
  const given = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks } });
  try {
    await run();
  } finally {
    if (given) Object.defineProperty(globalThis, 'navigator', given);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

test('lets the next tab look only when it can see what this one wrote', async () => {
  const turns: number[] = [];
  const takeTurn = () => turns.push(performance.now()) > 0;
  await withLocks(createLocks(), async () => {
    await Promise.all([runExclusively('x', takeTurn), runExclusively('x', takeTurn)]);
  });
  const [first = 0, second = 0] = turns;
  expect(second - first).toBeGreaterThanOrEqual(SETTLE_MS - 1); // a timer may fire within the millisecond
});

test('lets the next tab look at once where nothing was written', async () => {
  let hasWaited = false;
  setTimeout(() => {
    hasWaited = true;
  });
  const turns: boolean[] = [];
  const takeTurn = () => turns.push(hasWaited) < 0;
  await withLocks(createLocks(), async () => {
    await Promise.all([runExclusively('x', takeTurn), runExclusively('x', takeTurn)]);
  });
  expect(turns).toEqual([false, false]);
});

for (const [what, locks] of [
  ['absent', undefined],
  ['refused', { request: () => Promise.reject(new DOMException('no', 'SecurityError')) }],
  ['granted twice', { request: async (_name: string, work: () => unknown) => [await work(), await work()] }],
] as const)
  test(`runs once where locks are ${what}`, async () => {
    let runs = 0;
    await withLocks(locks, () =>
      runExclusively('x', () => {
        runs += 1;
        return false;
      }),
    );
    expect(runs).toBe(1);
  });

test('runs once, within a second, where a lock is never granted', async () => {
  let runs = 0;
  await withLocks({ request: () => new Promise(() => {}) }, async () => {
    void runExclusively('x', () => {
      runs += 1;
      return false;
    });
    await expect.poll(() => runs).toBe(1);
  });
  expect(runs).toBe(1);
});
