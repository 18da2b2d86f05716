/**
 * The circuit: when Cello refuses the keys or answers nobody, one try at a time finds out whether it goes on.
 */
import { CelloError, createOutbox, memoryStore, OutboxError } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { createGate } from '../../services/gate.js';
import { createStage, demo, drain, failed, refused, STORES, type Stage, signup } from '../../services/outbox.js';
import { connect, withCelloApi } from '../../services/people.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

const denied = new CelloError('POST /token: Cello answered 401', { reason: 'denied', status: 401 });
const unreachable = new CelloError('POST /events: no connection', { reason: 'unreachable' });

/** Lets the time pass a second at a time, as a worker that looks once a second sees it. */
async function pass({ world, outbox }: Stage, ms: number, stepMs = SECOND_MS): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    world.nowMs += stepMs;
    await outbox.flush();
  }
}

/** Lets every `send` fail with what it is told, until it is told nothing. */
function createFaults() {
  const faults = {
    error: null as Error | null,
    tries: 0,
    async send() {
      faults.tries += 1;
      if (faults.error) throw faults.error;
    },
  };
  return faults;
}

/** Leaves what was counted to the run's report, for scripts/prove-server.mjs. */
const note = (
  counts: Readonly<Record<'title', string> & Record<'waiting' | 'tries' | 'mostPerMinute', number>>,
): void => void test.info().annotations.push({ type: 'outage', description: JSON.stringify(counts) });

const blockedOf = (errors: readonly unknown[]) =>
  errors.map((error) => (error instanceof OutboxError ? error.blocked : error));

for (const kind of STORES)
  test.describe(`an outbox on ${kind[0]}`, () => {
    const make = () => {
      const faults = createFaults();
      return { faults, ...createStage(kind, { send: faults.send, concurrency: 1 }) };
    };

    test('waits behind one probe when Cello refuses the keys, and says so once', async () => {
      const { faults, errors, outbox, world, store } = make();
      faults.error = denied;
      for (let i = 0; i < 200; i++) await outbox.add(signup(`user-${i}`));
      expect(await outbox.flush()).toEqual({ sent: 0, waiting: 200, blocked: 'denied' });
      expect(faults.tries).toBe(1);
      const tries: number[] = [];
      for (let second = 1; second <= 40; second++) {
        world.nowMs += SECOND_MS;
        const before = faults.tries;
        await outbox.flush();
        if (faults.tries > before) tries.push(second);
      }
      expect(tries).toEqual([1, 3, 7, 15, 31]);
      expect(blockedOf(errors)).toEqual(['denied']);
      expect(errors[0]).toMatchObject({ reason: 'denied', status: 401 });
      expect(String(errors[0])).toContain('Check accessKeyId, secretAccessKey and environment');
      expect(await outbox.stats()).toMatchObject({
        waiting: 200,
        parked: 0,
        blocked: 'denied',
        lastError: {
          at: new Date(world.nowMs - 9 * SECOND_MS),
          reason: 'denied',
          status: 401,
          message: denied.message,
        },
      });
      expect(await store.events.count()).toMatchObject({ waiting: 200 });
    });

    test('goes on by itself when the keys are right after an hour, and says so once', async () => {
      const stage = make();
      const { faults, errors, outbox } = stage;
      faults.error = denied;
      for (let i = 0; i < 20; i++) await outbox.add(signup(`user-${i}`));
      await pass(stage, 60 * MINUTE_MS, 10 * SECOND_MS);
      expect(faults.tries).toBeLessThan(25);
      faults.error = null;
      await pass(stage, 5 * MINUTE_MS, 10 * SECOND_MS);
      expect(await outbox.stats()).toMatchObject({ waiting: 0, sent: 20, blocked: null });
      expect(blockedOf(errors)).toEqual(['denied', null]);
    });

    test('takes five failures in a row for an outage, a row of 5xx too', async () => {
      for (const error of [unreachable, failed, new Error('of the site'), new CelloError('', { reason: 'timeout' })]) {
        const stage = make();
        const { faults, errors, outbox, store } = stage;
        faults.error = error;
        for (let i = 0; i < 10; i++) await outbox.add(signup(`user-${i}`));
        expect(await outbox.flush()).toEqual({ sent: 0, waiting: 10, blocked: 'unreachable' });
        expect(faults.tries).toBe(5);
        expect(blockedOf(errors)).toEqual(['unreachable']);
        expect(await store.events.listParked(9)).toEqual([]);
      }
    });

    test('an answer in between ends the row, and so does a refusal of one event', async () => {
      for (const answer of [null, refused]) {
        const stage = make();
        const { faults, outbox } = stage;
        for (let round = 0; round < 3; round++) {
          faults.error = failed;
          for (let i = 0; i < 4; i++) await outbox.add(signup(`user-${round}-${i}`));
          await outbox.flush();
          faults.error = answer;
          await outbox.add(signup(`answered-${round}`));
          await outbox.flush();
        }
        expect(await outbox.stats()).toMatchObject({ blocked: null });
      }
    });

    test('a lone event that fails and others that come do not keep each other waiting', async () => {
      const stage = make();
      const { world, outbox } = stage;
      const sent: string[] = [];
      const mixed = createOutbox({
        store: stage.store,
        clock: world.clock,
        random: () => 0.5,
        onError: () => {},
        send: async ({ payload }) => {
          if (payload.newUserId === 'poison') throw failed;
          sent.push(payload.newUserId);
        },
      });
      await mixed.add(signup('poison'));
      await pass({ ...stage, outbox: mixed }, 30 * MINUTE_MS, 10 * SECOND_MS);
      expect(await mixed.stats()).toMatchObject({ blocked: 'unreachable', waiting: 1 });
      await outbox.add(signup('ada'));
      await pass({ ...stage, outbox: mixed }, 10 * MINUTE_MS, 10 * SECOND_MS);
      expect(sent).toEqual(['ada']);
      expect(await mixed.stats()).toMatchObject({ blocked: null });
    });

    test('parks an event that nobody can say was counted after 20 tries, while others get through', async () => {
      const stage = make();
      const parked: string[] = [];
      let tries = 0;
      const outbox = createOutbox({
        store: stage.store,
        clock: stage.world.clock,
        random: () => 0.5,
        onParked: ({ key, ambiguous }) => parked.push(`${key} ${ambiguous}`),
        send: async ({ payload }) => {
          if (payload.newUserId !== 'poison') return;
          tries += 1;
          throw failed;
        },
      });
      await outbox.add(signup('poison'));
      await outbox.add(demo('poison'));
      for (let i = 0; i < 30; i++) {
        await outbox.add(signup(`user-${i}`));
        await pass({ ...stage, outbox }, 5 * MINUTE_MS, 5 * MINUTE_MS);
      }
      expect(tries).toBe(20);
      expect(parked).toEqual(['new-signup:poison true']);
      expect(await outbox.stats()).toMatchObject({ sent: 30, parked: 1, held: 1, waiting: 0 });
    });

    test('parks an event that kills its worker every time, and does not send it a 21st time', async () => {
      const { world, outbox, store, faults } = make();
      await outbox.add(signup('ada'));
      for (let i = 0; i < 20; i++) {
        expect(await store.events.claim(1, MINUTE_MS)).toHaveLength(1); // and then its process dies
        world.nowMs += MINUTE_MS;
      }
      await drain(outbox);
      expect(faults.tries).toBe(0);
      expect(await outbox.parked()).toMatchObject([{ key: 'new-signup:ada', ambiguous: true, attempts: 21 }]);
    });

    test('two processes on one store share the probe, and one of them says so', async () => {
      const { store, world } = make();
      const faults = createFaults();
      const errors: unknown[] = [];
      const { clock } = world;
      const make2 = () =>
        createOutbox({ store, clock, send: faults.send, random: () => 0.5, onError: (error) => errors.push(error) });
      const outboxes = [make2(), make2(), make2()];
      faults.error = denied;
      for (let i = 0; i < 50; i++) await outboxes[0]?.add(signup(`user-${i}`));
      for (const outbox of outboxes) await outbox.flush();
      expect(faults.tries).toBe(4); // the four that the first one had in hand when it heard
      for (let i = 0; i < 60; i++) {
        world.nowMs += SECOND_MS;
        await Promise.all(outboxes.map((outbox) => outbox.flush()));
      }
      expect(faults.tries).toBe(4 + 5); // after 1, 3, 7, 15, 31 s
      expect(blockedOf(errors)).toEqual(['denied']);
      const statesOf = async () => Promise.all(outboxes.map(async (outbox) => (await outbox.stats()).blocked));
      expect(await statesOf()).toEqual(['denied', 'denied', 'denied']);
      faults.error = null;
      world.nowMs += 5 * MINUTE_MS;
      await outboxes[2]?.flush();
      expect(await outboxes[1]?.stats()).toMatchObject({ sent: 50, blocked: null });
      expect(blockedOf(errors)).toEqual(['denied', null]);
    });

    test('a process that begins in the middle of an outage waits like the rest', async () => {
      const { store, world, faults, outbox } = make();
      faults.error = denied;
      await outbox.add(signup('ada'));
      await outbox.flush();
      for (let i = 0; i < 60; i++) {
        const fresh = createOutbox({ store, clock: world.clock, send: faults.send, random: () => 0.5 });
        await fresh.flush();
        world.nowMs += SECOND_MS;
      }
      expect(faults.tries).toBeLessThan(9);
    });

    test('a probe whose process dies holds nothing up', async () => {
      const { store, world, faults, outbox } = make();
      const gate = createGate();
      faults.error = denied;
      await outbox.add(signup('ada'));
      await outbox.add(signup('bob'));
      await outbox.flush();
      world.nowMs += 2 * SECOND_MS;
      const dying = createOutbox({ store, clock: world.clock, send: () => gate.opened });
      await dying.flush({ maxMs: 0 });
      void dying.flush({ maxMs: 20 });
      await expect.poll(async () => (await store.events.count()).sending).toBe(1);
      faults.error = null;
      await outbox.flush();
      expect(faults.tries).toBe(1);
      world.nowMs += MINUTE_MS;
      await outbox.flush();
      expect(await outbox.stats()).toMatchObject({ sent: 2, blocked: null });
      gate.open();
    });

    test('what began before the keys were refused does not say that they are right', async () => {
      const { store, world } = make();
      const gate = createGate();
      const errors: unknown[] = [];
      const outbox = createOutbox({
        store,
        clock: world.clock,
        onError: (error) => errors.push(error),
        send: async ({ payload }) => {
          if (payload.newUserId !== 'early') throw denied;
          await gate.opened;
        },
      });
      await outbox.add(signup('early'));
      await outbox.add(signup('late'));
      outbox.start();
      await expect.poll(() => blockedOf(errors)).toEqual(['denied']);
      gate.open();
      await outbox.stop();
      expect(await outbox.stats()).toMatchObject({ sent: 1, blocked: 'denied' });
      expect(blockedOf(errors)).toEqual(['denied']);
    });

    test('a clock that is set back by a day in an outage does not end it a day later', async () => {
      const stage = make();
      const { faults, outbox, world } = stage;
      faults.error = unreachable;
      for (let i = 0; i < 10; i++) await outbox.add(signup(`user-${i}`));
      await pass(stage, 10 * MINUTE_MS, 10 * SECOND_MS);
      world.nowMs -= 24 * 60 * MINUTE_MS;
      faults.error = null;
      await pass(stage, 10 * MINUTE_MS, 10 * SECOND_MS);
      expect(await outbox.stats()).toMatchObject({ sent: 10, waiting: 0, blocked: null });
    });
  });

test('an error without a reason of ours goes by what it says of itself', async () => {
  for (const [error, expected] of [
    [Object.assign(new Error('no'), { retryable: false }), { parked: 1, waiting: 0 }],
    [Object.assign(new Error('no'), { retryable: true, ambiguous: false }), { parked: 0, waiting: 1 }],
    [
      { reason: 'denied', retryable: false },
      { parked: 0, waiting: 1, blocked: 'denied' },
    ],
    ['nothing but a text', { parked: 0, waiting: 1 }],
  ] as const) {
    const outbox = createOutbox({
      store: memoryStore(),
      onParked: () => {},
      onError: () => {},
      send: () => Promise.reject(error),
    });
    await outbox.add(signup('ada'));
    await outbox.flush();
    expect(await outbox.stats()).toMatchObject(expected);
  }
});

test('without a handler of the site the console says that the keys are wrong, and names no person', async () => {
  const heard: string[] = [];
  const { error } = console;
  console.error = (...words: unknown[]) => heard.push(words.join(' '));
  try {
    const send = () => Promise.reject(new CelloError('ada@example.com', { reason: 'denied', status: 401 }));
    const outbox = createOutbox({ store: memoryStore(), send });
    await outbox.add(signup('ada'));
    await outbox.flush();
  } finally {
    console.error = error;
  }
  expect(heard).toEqual([
    expect.stringMatching(/^\[cello-companion\] Cello rejected the keys \(denied, status 401\)\./),
  ]);
  expect(heard.join()).not.toContain('ada');
});

for (const kind of STORES)
  test(`over ${kind[0]}, 24 hours without Cello are a few tries a minute for 10,000 events, and none is lost`, async () => {
    test.setTimeout(120_000);
    const faults = createFaults();
    const stage = createStage(kind, { send: faults.send });
    const { outbox, errors } = stage;
    faults.error = unreachable;
    for (let i = 0; i < 10_000; i++) await outbox.add(signup(`user-${i}`));
    const perMinute: number[] = [];
    for (let minute = 0; minute < 24 * 60; minute++) {
      const before = faults.tries;
      await pass(stage, MINUTE_MS, minute < 10 ? SECOND_MS : 20 * SECOND_MS);
      perMinute.push(faults.tries - before);
    }
    note({
      title: `24 hours, ${kind[0]}`,
      waiting: 10_000,
      tries: faults.tries,
      mostPerMinute: Math.max(...perMinute),
    });
    expect(Math.max(...perMinute)).toBeLessThanOrEqual(13);
    expect(faults.tries).toBeLessThan(350);
    expect(await outbox.stats()).toMatchObject({ waiting: 10_000, parked: 0, blocked: 'unreachable' });
    faults.error = null;
    await pass(stage, 15 * MINUTE_MS, MINUTE_MS);
    expect(await outbox.stats()).toMatchObject({ waiting: 0, sent: 10_000, blocked: null });
    expect(blockedOf(errors)).toEqual(['unreachable', null]);
  });

test('wrong keys that are mended after an hour cost a few logins a minute, and no event', async () => {
  await withCelloApi(async (api) => {
    const [memory = STORES[0]] = STORES;
    if (!memory) throw new Error('no store');
    const stage = createStage(memory, { send: connect(api).send });
    const { outbox, errors } = stage;
    const mend = api.fault('keys-refused', { times: Number.POSITIVE_INFINITY });
    for (let i = 0; i < 200; i++) await outbox.add(signup(`user-${i}`));
    const logins: number[] = [];
    for (let minute = 0; minute < 60; minute++) {
      const before = api.requests.length;
      await pass(stage, MINUTE_MS);
      logins.push(api.requests.length - before);
    }
    note({ title: '1 hour, wrong keys', waiting: 200, tries: api.requests.length, mostPerMinute: Math.max(...logins) });
    expect(Math.max(...logins)).toBeLessThanOrEqual(10);
    expect(api.requests.length).toBeLessThan(35);
    expect(api.requests.every(({ path }) => path === '/token')).toBe(true);
    mend();
    await pass(stage, 6 * MINUTE_MS, 20 * SECOND_MS);
    expect(await outbox.stats()).toMatchObject({ waiting: 0, sent: 200, blocked: null });
    expect(new Set(api.events.map(({ payload }) => payload.newUserId)).size).toBe(200);
    expect(api.events).toHaveLength(200);
    expect(blockedOf(errors)).toEqual(['denied', null]);
  });
});
