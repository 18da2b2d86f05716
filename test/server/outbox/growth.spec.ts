/**
 * What the outbox costs when much waits: each call costs the same, and memory stays flat. 10,000 events wait;
 * `PROVE_WAITING` says how many else.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Queue } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { createKeyMemory } from '../../../dist/server/store/memory/keys.js';
import { STORES, type StoreKind, signup } from '../../services/outbox.js';

const FEW = 400;
const MANY = Number(process.env['PROVE_WAITING'] ?? 10_000);

const entry = (userId: string, isSignup = true) => ({
  key: `${isSignup ? 'signup' : 'demo'}:${userId}`,
  userId,
  isSignup,
  body: JSON.stringify(signup(userId)),
});

/** A queue in which half of the users wait behind their sign-up in backoff, and as many as that are due. */
async function fill([, create]: StoreKind, users: number): Promise<Queue> {
  const nowMs = 1_700_000_000_000;
  const { events } = create(() => nowMs);
  const all = Array.from({ length: users / 2 }, (_, i) => `user-${i}`);
  await addAll(
    events,
    all.map((id) => entry(id)),
  );
  for (let left = all.length; left > 0; ) {
    const leases = await events.claim(500, 60_000);
    const fate = { state: 'waiting', delayMs: 300_000, reason: 'no', isAmbiguous: true } as const;
    await Promise.all(leases.map((lease) => events.settle(lease, fate)));
    left -= leases.length;
  }
  await addAll(
    events,
    all.map((id) => entry(id, false)),
  );
  return events;
}

async function addAll(events: Queue, entries: readonly ReturnType<typeof entry>[]): Promise<void> {
  for (let i = 0; i < entries.length; i += 500)
    await Promise.all(entries.slice(i, i + 500).map((one) => events.add(one)));
}

/** The least time that a piece of work took, of many: what a busy machine adds is not in it. */
async function measureLeast(work: (round: number) => Promise<unknown>): Promise<number> {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20; round++) {
    const fromMs = performance.now();
    for (let i = 0; i < 5; i++) await work(5 * round + i);
    leastMs = Math.min(leastMs, performance.now() - fromMs);
  }
  return leastMs;
}

async function measureAll(events: Queue) {
  const settle = async (round: number) => {
    await events.add(entry(`new-${round}`));
    const [lease] = await events.claim(1, 60_000);
    if (lease) await events.settle(lease, { state: 'sent', requestId: null });
  };
  return {
    add: await measureLeast((round) =>
      events.add(entry(`user-${round}`, false)).then(() => events.add(entry(`other-${round}`))),
    ),
    stats: await measureLeast(() => events.count()),
    settle: await measureLeast(settle),
  };
}

for (const kind of STORES)
  test(`on ${kind[0]}, a call costs the same with 400 and with 10,000 events in backoff or behind one`, async () => {
    test.setTimeout(180_000 + MANY * 5);
    const [few, many] = [await fill(kind, FEW), await fill(kind, MANY)];
    expect(await many.count()).toMatchObject({ waiting: MANY });
    expect(await many.claim(4, 60_000)).toEqual([]);
    const [small, large] = [await measureAll(few), await measureAll(many)];
    const note = { title: kind[0], waiting: MANY, ms: large };
    test.info().annotations.push({ type: 'growth', description: JSON.stringify(note) });
    for (const name of ['add', 'stats', 'settle'] as const) expect(large[name] / small[name], name).toBeLessThan(8); // 25 times as many
  });

/** Bytes in use, after what nobody needs was collected. */
function measureHeap(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}

test('over memory, a sent event leaves but its key', async () => {
  test.setTimeout(90_000);
  const [memory = STORES[0]] = STORES;
  if (!memory) throw new Error('no store');
  const { events } = memory[1](Date.now);
  const one = entry('somebody');
  const send = async (from: number, count: number) => {
    for (let i = from; i < from + count; i += 100) {
      for (let j = i; j < i + 100; j++) await events.add({ ...one, key: `new-signup:user-${j}`, userId: `user-${j}` });
      for (const lease of await events.claim(100, 60_000))
        await events.settle(lease, { state: 'sent', requestId: 'id' });
    }
    return measureHeap();
  };
  const early = await send(0, 1000);
  const late = await send(1000, 30_000);
  expect((late - early) / 30_000).toBeLessThan(150); // bytes a key
  expect(await events.count()).toMatchObject({ sent: 31_000, waiting: 0 });
});

test('over memory, no more than the newest 100,000 keys are kept', () => {
  let nowMs = 0;
  const keys = createKeyMemory(() => nowMs);
  for (let i = 0; i < 200_000; i++) {
    nowMs += 1;
    keys.note(`key-${i}`, i % 100 ? 'sent' : 'discarded');
  }
  expect(keys.count()).toEqual({ sent: 100_000, discarded: 2000 });
  expect([keys.has('key-1'), keys.has('key-100'), keys.has('key-199999')]).toEqual([false, true, true]);
  expect(keys.prune(1000)).toBe(100_000 - 990 + 1990);
  expect(keys.count()).toEqual({ sent: 990, discarded: 10 });
});
