/**
 * `flush`, what a person may do with what waits, and what becomes of senders and callbacks that do not behave.
 */
import { CelloError, createOutbox, memoryStore } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { createGate } from '../../services/gate.js';
import { createStage, demo, failed, refused, STORES, signup } from '../../services/outbox.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

for (const kind of STORES)
  test.describe(`an outbox on ${kind[0]}`, () => {
    test('flush sends what is due, and counts what it sent and what is left', async () => {
      const { outbox, world } = createStage(kind);
      world.answers.set('new-signup:bob', [failed]);
      for (const id of ['ada', 'bob', 'cy']) await outbox.add(signup(id));
      expect(await outbox.flush()).toEqual({ sent: 2, waiting: 1, blocked: null });
      expect(await outbox.flush({ maxMs: 1000 })).toEqual({ sent: 0, waiting: 1, blocked: null });
      world.nowMs += 2000;
      expect(await outbox.flush()).toEqual({ sent: 1, waiting: 0, blocked: null });
    });

    test('flush frees what a frozen process held, as soon as its lease is over', async () => {
      const { outbox, world, store } = createStage(kind);
      await outbox.add(signup('ada'));
      await outbox.add(demo('ada'));
      await store.events.claim(5, MINUTE_MS); // and then its process was frozen
      expect(await outbox.flush()).toEqual({ sent: 0, waiting: 2, blocked: null });
      world.nowMs += MINUTE_MS;
      expect(await outbox.flush()).toEqual({ sent: 2, waiting: 0, blocked: null });
    });

    test('flush comes back when its time is over, and what is in hand counts as waiting', async () => {
      const gate = createGate();
      const { store } = createStage(kind);
      const outbox = createOutbox({ store, send: () => gate.opened });
      await outbox.add(signup('ada'));
      expect(await outbox.flush({ maxMs: 50 })).toEqual({ sent: 0, waiting: 1, blocked: null });
      gate.open();
      await expect.poll(async () => (await outbox.stats()).sent).toBe(1);
      await expect(outbox.flush({ maxMs: Number.NaN })).rejects.toThrow(/flush: "maxMs" must be a number of ms/);
    });

    test('flush works beside start, and begins nothing that goes on after it', async () => {
      const { outbox, world } = createStage(kind);
      await outbox.add(signup('ada'));
      outbox.start();
      await outbox.flush();
      expect(world.sent).toEqual(['new-signup:ada']);
      await outbox.stop();
      await outbox.add(signup('bob'));
      await outbox.flush();
      await outbox.add(signup('cy'));
      await new Promise(setImmediate);
      expect(world.sent).toEqual(['new-signup:ada', 'new-signup:bob']);
    });

    test('what waits may be given up, and its key stays taken', async () => {
      const { outbox, world } = createStage(kind);
      await outbox.add(signup('ada'));
      await outbox.add(demo('ada'));
      expect(await outbox.discard('new-signup:ada')).toBe(true);
      expect(await outbox.discard('new-signup:ada')).toBe(false);
      expect(await outbox.add(signup('ada'))).toMatchObject({ isNew: false });
      await outbox.flush();
      expect(world.sent).toEqual(['demo-call-attended:ada']);
      expect(await outbox.stats()).toMatchObject({ sent: 1, discarded: 1, waiting: 0 });
    });

    test('what waits in backoff may be sent at once, mended or as it is', async () => {
      const { outbox, world } = createStage(kind);
      world.answers.set('new-signup:ada', [failed, failed, failed]);
      await outbox.add(signup('ada'));
      await outbox.flush();
      world.nowMs += 1000;
      await outbox.flush();
      expect(await outbox.flush()).toMatchObject({ sent: 0 });
      expect(await outbox.resend('new-signup:ada')).toBe(true);
      await outbox.flush();
      expect(world.sent).toHaveLength(3);
      await expect(outbox.resend('new-signup:ada', signup('bob'))).rejects.toThrow(/"payload.newUserId"/);
      expect(await outbox.resend('new-signup:ada', signup('ada'))).toBe(true);
      expect(await outbox.flush()).toMatchObject({ sent: 1 });
      expect(await outbox.resend('new-signup:ada')).toBe(false);
      expect(await outbox.resend('nobody')).toBe(false);
    });

    test('what is in hand can be neither given up nor sent a second time', async () => {
      const { outbox, store } = createStage(kind);
      await outbox.add(signup('ada'));
      const [lease] = await store.events.claim(1, MINUTE_MS);
      expect(await outbox.discard('new-signup:ada')).toBe(false);
      expect(await outbox.resend('new-signup:ada')).toBe(false);
      if (lease) await store.events.settle(lease, { state: 'sent', requestId: null });
      expect(await outbox.stats()).toMatchObject({ sent: 1 });
    });

    test('erases what a person has waiting, parked or in hand, by e-mail or id, in any case of letters', async () => {
      const { outbox, world, store } = createStage(kind);
      world.answers.set('demo-call-attended:ada', [refused]);
      await outbox.add(demo('ada'));
      await outbox.flush();
      await outbox.add(signup('Ada2'));
      await outbox.add(signup('ada'));
      await outbox.add(signup('bob'));
      await outbox.add(signup('cy'));
      const leases = await store.events.claim(9, MINUTE_MS);
      expect(await outbox.erase({ email: ' ADA@Example.com ' })).toBe(2);
      expect(await outbox.erase({ userId: 'aDA2', email: null })).toBe(1);
      expect(await outbox.erase({ userId: 'nobody' })).toBe(0);
      const held = leases.find(({ userId }) => userId === 'ada');
      expect(held && (await store.events.settle(held, { state: 'sent', requestId: null }))).toBe(false);
      expect(await outbox.stats()).toMatchObject({ sending: 2, parked: 0, waiting: 0, held: 0 });
      expect(await outbox.add(signup('ada'))).toMatchObject({ isNew: true });
      for (const person of [{}, { email: '' }, null, 'ada@example.com'])
        await expect(Reflect.apply(outbox.erase, undefined, [person])).rejects.toThrow(TypeError);
    });

    test('a later event of an erased sign-up goes on', async () => {
      const { outbox, world } = createStage(kind);
      world.answers.set('new-signup:org', [refused]);
      const { payload, ...rest } = signup('ada');
      await outbox.add({ ...rest, payload: { ...payload, newUserId: 'org' } });
      const other = demo('bob');
      await outbox.add({ ...other, payload: { ...other.payload, newUserId: 'org' } });
      await outbox.flush();
      expect(await outbox.stats()).toMatchObject({ parked: 1, held: 1 });
      expect(await outbox.erase({ email: 'ada@example.com' })).toBe(1);
      expect(await outbox.stats()).toMatchObject({ parked: 0, held: 0, waiting: 1 });
      await outbox.flush();
      expect(world.sent).toEqual(['new-signup:org', 'demo-call-attended:org']);
    });

    test('prunes the keys of what is long over, keeps what waits, and refuses fewer than 30 days', async () => {
      const { outbox, world } = createStage(kind);
      world.answers.set('new-signup:parked', [refused]);
      for (const id of ['old', 'parked', 'discarded']) await outbox.add(signup(id));
      await outbox.discard('new-signup:discarded');
      await outbox.flush();
      world.nowMs += 20 * DAY_MS;
      await outbox.add(signup('new'));
      await outbox.flush();
      await outbox.add(signup('waiting'));
      world.nowMs += 10 * DAY_MS;
      expect(await outbox.prune({ olderThanDays: 30 })).toBe(2);
      expect(await outbox.stats()).toMatchObject({ sent: 1, discarded: 0, parked: 1, waiting: 1 });
      expect(await outbox.add(signup('old'))).toMatchObject({ isNew: true });
      expect(await outbox.add(signup('new'))).toMatchObject({ isNew: false });
      for (const olderThanDays of [29, 0, -1, Number.NaN, '90', undefined])
        await expect(Reflect.apply(outbox.prune, undefined, [{ olderThanDays }])).rejects.toThrow(
          /prune: "olderThanDays" must be a number of days, at least 30/,
        );
    });

    test('stats says how long the oldest event waits', async () => {
      const { outbox, world } = createStage(kind);
      expect(await outbox.stats()).toMatchObject({ oldestWaitingMs: null });
      world.answers.set('new-signup:ada', [failed, failed]);
      world.answers.set('new-signup:parked', [refused]);
      await outbox.add(signup('parked'));
      await outbox.add(signup('ada'));
      await outbox.flush();
      world.nowMs += 5000;
      await outbox.add(signup('bob'));
      await outbox.flush();
      expect(await outbox.stats()).toMatchObject({ oldestWaitingMs: 5000, waiting: 1, sent: 1 });
      world.nowMs += 5000;
      await outbox.flush();
      expect(await outbox.stats()).toMatchObject({ oldestWaitingMs: null, parked: 1 });
      await outbox.resend('new-signup:parked');
      expect(await outbox.stats()).toMatchObject({ oldestWaitingMs: 10_000 });
    });

    test('a clock that is set back by a day stops nothing', async () => {
      const { outbox, world, store } = createStage(kind);
      world.answers.set('new-signup:ada', [failed]);
      await outbox.add(signup('ada'));
      await outbox.flush();
      await outbox.add(signup('bob'));
      await outbox.add(demo('bob'));
      await store.events.claim(1, MINUTE_MS); // by a process that dies
      world.nowMs -= DAY_MS;
      await outbox.add(signup('cy'));
      await outbox.flush();
      expect(world.sent).toContain('new-signup:cy');
      world.nowMs += 1001;
      await outbox.flush();
      expect(world.sent.filter((one) => one.endsWith(':ada'))).toHaveLength(2);
      world.nowMs += MINUTE_MS;
      await outbox.flush();
      expect(await outbox.stats()).toMatchObject({ sent: 4, waiting: 0, sending: 0, oldestWaitingMs: null });
    });

    test('a clock that jumps ahead while an event is in hand does not send it twice', async () => {
      const { store, world } = createStage(kind);
      const gate = createGate();
      let tries = 0;
      const outbox = createOutbox({
        store,
        clock: world.clock,
        pollMs: 1,
        send: async () => {
          tries += 1;
          await gate.opened;
        },
      });
      await outbox.add(signup('ada'));
      outbox.start();
      await expect.poll(() => tries).toBe(1);
      world.nowMs += DAY_MS;
      await expect.poll(async () => (await store.events.find('new-signup:ada'))?.attempts).toBe(2); // it is given out again
      gate.open();
      await outbox.stop();
      expect(tries).toBe(1);
      expect(await outbox.stats()).toMatchObject({ sent: 1, waiting: 0, sending: 0 });
    });
  });

test('a `send` that ignores its signal loses its slot, and the event is sent again', async () => {
  let tries = 0;
  const outbox = createOutbox({
    store: memoryStore(),
    leaseMs: 200,
    concurrency: 1,
    pollMs: 5,
    random: () => 0,
    send: () => {
      tries += 1;
      return tries === 1 ? new Promise(() => {}) : Promise.resolve();
    },
  });
  await outbox.add(signup('ada'));
  await outbox.add(signup('bob'));
  outbox.start();
  await expect.poll(async () => (await outbox.stats()).sent).toBe(2);
  await outbox.stop();
  expect(tries).toBe(3);
  expect(await outbox.stats()).toMatchObject({ lastError: { reason: 'timeout' } });
});

test('where nothing may be sent twice, what was cut off waits for a person', async () => {
  const send = () => new Promise(() => {});
  const outbox = createOutbox({ store: memoryStore(), leaseMs: 100, send, onAmbiguous: 'park', onParked: () => {} });
  await outbox.add(signup('ada'));
  await outbox.flush();
  expect(await outbox.parked()).toMatchObject([
    { ambiguous: true, reason: '"send" did not end when its signal told it to' },
  ]);
});

for (const way of ['throws', 'rejects'] as const)
  test(`a callback that ${way} ends nothing`, async () => {
    const unhandled: unknown[] = [];
    const hear = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', hear);
    const told: unknown[] = [];
    const fail = (message: string) => {
      if (way === 'throws') throw new Error(message);
      return Promise.reject(new Error(message));
    };
    let isRefused = true;
    const outbox = createOutbox({
      store: memoryStore(),
      onParked: () => fail('onParked'),
      onError: (error) => {
        told.push(error);
        return fail('onError');
      },
      send: async () => {
        if (isRefused) throw new CelloError('no', { reason: 'refused', status: 400 });
      },
    });
    await outbox.add(signup('ada'));
    await outbox.flush();
    isRefused = false;
    await outbox.add(signup('bob'));
    expect(await outbox.flush()).toMatchObject({ sent: 1 });
    await new Promise(setImmediate);
    process.off('unhandledRejection', hear);
    expect(told).toMatchObject([{ message: 'onParked' }]);
    expect(unhandled).toEqual([]);
  });

test('flush does not reject while the store cannot be read: the site is told, and what is in hand counts', async () => {
  const { events } = memoryStore();
  const down = () => Promise.reject(new Error('the store is down'));
  const errors: unknown[] = [];
  const gate = createGate();
  let isDown = false;
  const store = {
    events: new Proxy(events, {
      get: (target, name) =>
        isDown && ['claim', 'count', 'readHealth'].includes(String(name)) ? down : Reflect.get(target, name),
    }),
  };
  const outbox = createOutbox({ store, send: () => gate.opened, onError: (error) => errors.push(error) });
  await outbox.add(signup('ada'));
  await outbox.flush({ maxMs: 0 });
  const first = outbox.flush({ maxMs: 200 });
  await expect.poll(async () => (await events.count()).sending).toBe(1);
  isDown = true;
  expect(await first).toEqual({ sent: 0, waiting: 1, blocked: null });
  gate.open();
  await expect.poll(async () => (await events.count()).sent).toBe(1);
  expect(await outbox.flush({ maxMs: 200 })).toEqual({ sent: 0, waiting: 0, blocked: null });
  expect(errors.map(String)).toContain('Error: the store is down');
});
