import fc from 'fast-check';
import { expect, test } from 'playwright/test';
import { action, play } from '../../../stage/actions.js';
import {
  ARRIVED,
  BROKEN,
  createSlowStorage,
  createStage,
  flushPromises,
  held,
  submission,
} from '../../../stage/stage.js';

const HOUR_MS = 3_600_000;

test.describe('the outbox', () => {
  test('keeps a message before it is sent, and drops it when the endpoint has it', async () => {
    const stage = createStage();
    stage
      .open({
        deliver: () => {
          expect(stage.kept).toHaveLength(1);
          return Promise.resolve(ARRIVED);
        },
      })
      .add(stage.make(1), true);
    await flushPromises();
    expect(stage.delivered).toHaveLength(1);
    expect(stage.kept).toEqual([]);
    expect(stage.nextMs).toBeNull();
  });

  test('tries again after 1 s, doubling to 5 min, the same bytes every time', async () => {
    const stage = createStage();
    stage.answers = Array(12).fill(BROKEN);
    void stage.open().add(stage.make(1), true);
    const waits: (number | null)[] = [];
    for (let i = 0; i < 11; i += 1) {
      await flushPromises();
      waits.push(stage.nextMs);
      await stage.pass(stage.nextMs ?? 0);
    }
    expect(waits.map((ms) => (ms ?? 0) / 1000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(stage.sent).toHaveLength(12);
    expect(new Set(stage.sent).size).toBe(1);
  });

  test('spreads its tries by 30 % either way', async () => {
    for (const [random, ms] of [
      [0, 700],
      [0.999_999, 1300],
    ] as const) {
      const stage = createStage({ random: () => random });
      stage.answers = [BROKEN];
      await stage.open().add(stage.make(1), true);
      expect(Math.round(stage.nextMs ?? 0)).toBe(ms);
    }
  });

  test('sends what waits at once when the connection is back or another page opens', async () => {
    const stage = createStage();
    stage.answers = [BROKEN, BROKEN, ARRIVED];
    const outbox = stage.open();
    await outbox.add(stage.make(1), true);
    await stage.pass(1);
    outbox.flush();
    await stage.pass(1);
    stage.open().flush();
    await flushPromises();
    expect(stage.sent).toHaveLength(3);
    expect(stage.delivered).toHaveLength(1);
  });

  test('waits as long as Retry-After says, whatever comes between', async () => {
    const stage = createStage();
    stage.answers = [held(60_000), ARRIVED];
    const outbox = stage.open();
    await outbox.add(stage.make(1), true);
    outbox.flush();
    stage.open().flush();
    await stage.pass(59_999);
    expect(stage.sent).toHaveLength(1);
    await stage.pass(1);
    expect(stage.delivered).toHaveLength(1);
  });

  test('lets no Retry-After hold a message for more than a day', async () => {
    const stage = createStage();
    stage.answers = [held(1e15), ARRIVED];
    await stage.open().add(stage.make(1), true);
    await stage.pass(24 * HOUR_MS + 300_000);
    expect(stage.delivered).toHaveLength(1);
  });

  test('leaves a message to the page that sends it, and takes it over within 10 s if that page is gone', async () => {
    const stage = createStage();
    const first = stage.open();
    void first.add(stage.make(1), true);
    first.stop();
    const second = stage.open();
    second.flush();
    await stage.pass(9_999);
    expect(stage.sent).toHaveLength(1);
    stage.answers = [ARRIVED];
    await stage.pass(1);
    expect(stage.sent).toHaveLength(2);
    expect(stage.kept).toEqual([]);
  });

  test('hears an answer that comes after another page took the message over, and both are content', async () => {
    const stage = createStage();
    let answer = (_: typeof ARRIVED) => {};
    void stage.open({ deliver: () => new Promise((resolve) => (answer = resolve)) }).add(stage.make(1), true);
    await stage.pass(10_000);
    stage.answers = [ARRIVED];
    stage.open().flush();
    await flushPromises();
    answer(BROKEN);
    await flushPromises();
    expect(stage.kept).toEqual([]);
    expect(stage.nextMs).toBeNull();
  });

  test('gives up after 48 hours, and says so', async () => {
    const stage = createStage();
    stage.answers = Array(10_000).fill(BROKEN);
    await stage.open().add(stage.make(1), true);
    await stage.pass(48 * HOUR_MS);
    expect(stage.kept).toHaveLength(1);
    await stage.pass(300_000);
    expect(stage.kept).toEqual([]);
    expect(stage.failed.at(-1)).toEqual([stage.make(1).id, 'too old', true]);
    expect(stage.nextMs).toBeNull();
  });

  // Plain http has no Web Locks: https://w3c.github.io/web-locks/
  test('sends a message once where 20 tabs without locks begin in the same moment', async () => {
    const stage = createStage({ settleMs: 250 });
    const openStorage = createSlowStorage(() => stage.nowMs, 50);
    const openTab = () => {
      const storage = openStorage();
      return stage.open({ storage: () => storage });
    };
    stage.answers = [BROKEN];
    const first = openTab();
    await first.add(stage.make(1), true);
    first.stop();
    await stage.pass(HOUR_MS);
    for (let i = 0; i < 20; i += 1) {
      openTab().flush();
      await stage.pass(i % 4);
    }
    stage.answers = [ARRIVED];
    await stage.pass(30_000);
    expect(stage.sent).toHaveLength(2);
    expect(stage.delivered).toHaveLength(1);
  });

  test('takes over what a tab without locks took and did not send', async () => {
    const stage = createStage({ settleMs: 250 });
    stage.answers = [BROKEN];
    const first = stage.open();
    await first.add(stage.make(1), true);
    await stage.pass(HOUR_MS);
    first.flush();
    await stage.pass(1);
    first.stop();
    stage.answers = [ARRIVED];
    stage.open().flush();
    await stage.pass(10_300);
    expect(stage.kept).toEqual([]);
  });

  test('keeps the newest 50, and says which it gave up', async () => {
    const stage = createStage();
    stage.answers = Array(60).fill(held(HOUR_MS));
    const outbox = stage.open();
    for (let i = 1; i <= 60; i += 1) await outbox.add(submission(i, stage.nowMs + i), true);
    const many = stage.failed.filter(([, reason]) => reason === 'too many');
    expect(many.map(([id]) => Number(id.slice(-12)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(stage.kept).toHaveLength(50);
  });

  test('sends what an earlier page left eight at a time', async () => {
    const stage = createStage();
    stage.answers = Array(20).fill(BROKEN);
    const first = stage.open();
    for (let i = 1; i <= 20; i += 1) await first.add(stage.make(i), true);
    first.stop();
    await stage.pass(1);
    const answers: ((outcome: typeof ARRIVED) => void)[] = [];
    let most = 0;
    stage
      .open({
        deliver: () => {
          const answer = new Promise<typeof ARRIVED>((resolve) => answers.push(resolve));
          most = Math.max(most, answers.length);
          return answer;
        },
      })
      .flush();
    for (let round = 0; round < 20; round += 1) {
      answers.shift()?.(ARRIVED);
      await stage.pass(50);
    }
    expect(most).toBe(8);
    expect(stage.delivered).toHaveLength(20);
    expect(stage.kept).toEqual([]);
  });

  test('sends 200 at once if a page asks for it, and gives up none that is on its way', async () => {
    const stage = createStage();
    const answers: ((outcome: typeof ARRIVED) => void)[] = [];
    const outbox = stage.open({ deliver: () => new Promise((resolve) => answers.push(resolve)) });
    for (let i = 1; i <= 200; i += 1) void outbox.add(stage.make(i), true);
    for (const answer of answers) answer(ARRIVED);
    await flushPromises();
    expect(stage.delivered).toHaveLength(200);
    expect(stage.failed).toEqual([]);
  });

  test('gives up at once what the endpoint refuses', async () => {
    const stage = createStage();
    stage.answers = [{ is: 'refused', reason: 'status 400', error: 'fields' }];
    await stage.open().add(stage.make(1), true);
    expect(stage.failed).toEqual([[stage.make(1).id, 'status 400', true]]);
    expect(stage.kept).toEqual([]);
  });

  test('sends at once what was put off before the clock was set back', async () => {
    const stage = createStage();
    stage.answers = [held(HOUR_MS)];
    await stage.open().add(stage.make(1), true);
    stage.nowMs -= 30 * 24 * HOUR_MS;
    stage.answers = [ARRIVED];
    stage.open().flush();
    await flushPromises();
    expect(stage.delivered).toHaveLength(1);
  });

  for (const verb of ['getItem', 'setItem', 'removeItem'] as const)
    test(`delivers when the storage's ${verb} throws`, async () => {
      const stage = createStage();
      const broken = Object.create(stage.storage, {
        [verb]: {
          value() {
            throw new DOMException('no', 'SecurityError');
          },
        },
      });
      const outbox = stage.open({ storage: () => broken });
      stage.answers = [BROKEN, ARRIVED];
      await outbox.add(stage.make(1), true);
      await stage.pass(1_000);
      expect(stage.delivered).toHaveLength(1);
      expect(stage.sent).toHaveLength(2);
    });

  test('keeps a message in the page where the storage takes everything and keeps nothing', async () => {
    const stage = createStage({ storage: () => ({ getItem: () => null, setItem: () => {}, removeItem: () => {} }) });
    stage.answers = [BROKEN, ARRIVED];
    await stage.open().add(stage.make(1), true);
    await stage.pass(1_000);
    expect(stage.delivered).toHaveLength(1);
  });

  test('keeps a message in the page where there is no storage', async () => {
    const stage = createStage({
      storage: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    stage.answers = [BROKEN, ARRIVED];
    await stage.open().add(stage.make(1), true);
    await stage.pass(1_000);
    expect(stage.delivered).toHaveLength(1);
  });

  test('writes nothing, keeps nothing and plans nothing where the visitor has not consented', async () => {
    const stage = createStage({
      storage: () => {
        throw new Error('touched');
      },
    });
    stage.answers = [BROKEN];
    await stage.open().add(stage.make(1), false);
    expect(stage.failed).toEqual([[stage.make(1).id, 'network', true]]);
    expect(stage.nextMs).toBeNull();
  });

  test('puts nothing back that was dropped while it was on its way', async () => {
    const stage = createStage();
    let answer = (_: typeof BROKEN) => {};
    const outbox = stage.open({ deliver: () => new Promise((resolve) => (answer = resolve)) });
    void outbox.add(stage.make(1), true);
    outbox.clear();
    expect(stage.kept).toEqual([]);
    answer(BROKEN);
    await flushPromises();
    expect(stage.kept).toEqual([]);
    expect(stage.nextMs).toBeNull();
  });

  test('drops what waits in the page alone, too', async () => {
    const stage = createStage({
      storage: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    stage.answers = [BROKEN, ARRIVED];
    const outbox = stage.open();
    await outbox.add(stage.make(1), true);
    outbox.clear();
    await stage.pass(HOUR_MS);
    expect(stage.sent).toHaveLength(1);
  });

  test('sends what waits by beacon when the page goes, once each, and keeps it', async () => {
    const stage = createStage();
    stage.answers = [BROKEN, held(HOUR_MS)];
    const outbox = stage.open();
    await outbox.add(stage.make(1), true);
    await outbox.add(stage.make(2), true);
    void outbox.add(stage.make(3), true);
    await stage.pass(1);
    outbox.flushBlindly();
    expect(stage.blind.map((body) => JSON.parse(body).id)).toEqual([stage.make(1).id]);
    expect(stage.kept).toHaveLength(3);
  });

  test('sends what comes up while the page leaves blindly, and leaves it to the next page after its lease', async () => {
    const stage = createStage();
    const leaving = stage.open();
    leaving.addBlindly(stage.make(1));
    leaving.flushBlindly();
    expect(stage.blind).toHaveLength(1);
    expect(stage.kept).toHaveLength(1);
    stage.open().flush();
    await stage.pass(9_000);
    expect(stage.sent).toEqual([]);
    await stage.pass(2_000);
    expect(stage.sent).toEqual(stage.blind);
  });

  test('does nothing more when it was stopped, and keeps what it has', async () => {
    const stage = createStage();
    stage.answers = [BROKEN];
    const outbox = stage.open();
    await outbox.add(stage.make(1), true);
    outbox.stop();
    await stage.pass(HOUR_MS);
    outbox.flush();
    expect(stage.sent).toHaveLength(1);
    expect(stage.kept).toHaveLength(1);
  });

  test('sends the first of two messages with one id, since the same id is the same message', async () => {
    const stage = createStage();
    stage.answers = [BROKEN, ARRIVED];
    const outbox = stage.open();
    await outbox.add(stage.make(1), true);
    await outbox.add(submission(1, stage.nowMs + 500), true);
    expect(new Set(stage.sent).size).toBe(1);
    expect(stage.kept).toEqual([]);
  });
});

test.describe('what a storage holds', () => {
  const message = submission(7, Date.parse('2026-11-23T11:00:00.000Z'));
  const key = `cello-companion:${message.id}`;

  for (const garbage of [
    '',
    '{',
    'null',
    '42',
    '"text"',
    '[]',
    '{}',
    '{"message":null}',
    '{"message":{"id":7}}',
    JSON.stringify({ message: { ...message, id: submission(8, 0).id } }),
    JSON.stringify({ message: { ...message, at: 'yesterday' } }),
  ])
    test(`throws away ${garbage.slice(0, 60) || 'an empty text'}`, async () => {
      const stage = createStage();
      stage.storage.setItem(key, garbage);
      stage.storage.setItem('cello-companion-of-others', garbage);
      stage.open().flush();
      await stage.pass(HOUR_MS);
      expect(stage.sent).toEqual([]);
      expect(stage.kept).toEqual(['cello-companion-of-others']);
    });

  test('sends a message that an older version kept, whatever that version noted beside it', async () => {
    const stage = createStage();
    stage.answers = [BROKEN, ARRIVED];
    stage.storage.setItem(key, JSON.stringify({ message, bornMs: 1, dueMs: 'soon', tries: 'many', waitMs: null }));
    stage.open().flush();
    await stage.pass(2_000);
    expect(stage.sent).toHaveLength(2);
    expect(stage.delivered).toEqual([message.id]);
  });

  test('survives anything under its keys', async () => {
    const value = fc.oneof(
      fc.json(),
      fc.string(),
      fc.record({ message: fc.anything(), tries: fc.anything() }).map((one) => String(attemptJson(one))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.string(), value), { maxLength: 5 }), async (entries) => {
        const stage = createStage();
        for (const [id, text] of entries) stage.storage.setItem(`cello-companion:${id}`, text);
        const outbox = stage.open();
        outbox.flush();
        outbox.flushBlindly();
        await stage.pass(100);
        expect(stage.kept.length).toBe(stage.sent.length);
      }),
      { numRuns: 200 },
    );
  });
});

function attemptJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return ''; // TypeError: a BigInt, or a circle
  }
}

// https://github.com/segmentio/localstorage-retry/issues/27: "up to the 10s of thousands" of duplicates
test('never loses a message and never counts one twice, in any order of add, send, answer, crash and reload', async () => {
  test.setTimeout(120_000);
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const { account, changed } = await play(actions);
      expect({ ...account, changed }).toMatchObject({ lost: 0, countedTwice: 0, changed: [] });
    }),
    { numRuns: 150 },
  );
});
