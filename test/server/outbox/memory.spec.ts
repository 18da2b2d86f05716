/**
 * Memory stays flat, however much is sent and received. 2,000 sends and 10,000 messages a store; `PROVE_SENDS` and
 * `PROVE_MESSAGES` say how many else.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createEndpoint, createOutbox, memoryStore, type Store, sqliteStore } from 'cello-companion/server';
import Database from 'libsql';
import { expect, test } from 'playwright/test';
import { OWN, submission } from '../../services/messages.js';
import { signup } from '../../services/outbox.js';

const SENDS = Number(process.env['PROVE_SENDS'] ?? 2000);
const MESSAGES = Number(process.env['PROVE_MESSAGES'] ?? 10_000);

/** `memoryStore()` keeps the newest 100,000 keys and messages: until then it grows, by as many bytes each. */
const KEPT_MAX = 100_000;
const KEPT_BYTES = 600;

/** What a run may leave besides: compiled code, and statements that are kept. */
const SLACK_BYTES = 4_000_000;

/** Bytes in use, after what nobody needs was collected. */
function measureHeap(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}

const STORES: readonly (readonly [name: string, open: (file: string) => Store, isBounded: boolean])[] = [
  ['memoryStore()', () => memoryStore(), true],
  ['sqliteStore(db)', (file) => sqliteStore(new Database(file)), false],
];

/** Does work so many times, in portions, and gives back by how many bytes memory grew in the last three quarters. */
async function measureGrowth(count: number, work: (from: number, to: number) => Promise<void>): Promise<number> {
  const portion = 1000;
  let early = 0;
  for (let done = 0; done < count; done += portion) {
    await work(done, Math.min(count, done + portion));
    if (done < count / 4) early = measureHeap();
  }
  return measureHeap() - early;
}

function check(title: string, count: number, grownBytes: number, isBounded: boolean): void {
  const early = Math.min(KEPT_MAX, Math.ceil(count / 4));
  const allowed = isBounded ? (Math.min(KEPT_MAX, count) - early) * KEPT_BYTES : 0;
  test.info().annotations.push({ type: 'memory', description: JSON.stringify({ title, count, grownBytes }) });
  expect(grownBytes).toBeLessThan(SLACK_BYTES + allowed);
}

for (const [name, open, isBounded] of STORES) {
  test(`memory stays flat over many sends by ${name}`, { tag: '@long' }, async () => {
    test.setTimeout(60_000 + SENDS * 5);
    const store = open(test.info().outputPath('cello.db'));
    let sent = 0;
    const send = async () => {
      sent += 1;
    };
    const outbox = createOutbox({ store, send, concurrency: 50 });
    const grownBytes = await measureGrowth(SENDS, async (from, to) => {
      const adding = Array.from({ length: to - from }, (_, i) => outbox.add(signup(`user-${from + i}`)));
      await Promise.all(adding);
      await outbox.flush({ maxMs: 60_000 });
    });
    expect(sent).toBe(SENDS);
    check(`sends by ${name}`, SENDS, grownBytes, isBounded);
  });

  test(`memory stays flat over many messages with ${name}`, { tag: '@long' }, async () => {
    test.setTimeout(60_000 + MESSAGES * 2);
    const store = open(test.info().outputPath('cello.db'));
    let received = 0;
    const onReferral = () => {
      received += 1;
    };
    const endpoint = createEndpoint({ store, onReferral, log: () => {} });
    const post = () =>
      endpoint(
        new Request('https://example.com/api/cello', {
          method: 'POST',
          headers: OWN,
          body: JSON.stringify(submission()),
        }),
      );
    const grownBytes = await measureGrowth(MESSAGES, async (from, to) => {
      for (let i = from; i < to; i += 100) await Promise.all(Array.from({ length: Math.min(100, to - i) }, post));
    });
    expect(received).toBe(MESSAGES);
    check(`messages with ${name}`, MESSAGES, grownBytes, isBounded);
  });
}
