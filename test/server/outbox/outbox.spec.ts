import {
  CelloError,
  chargeRefunded,
  createOutbox,
  memoryStore,
  newSignup,
  type OutboxOptions,
} from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { createGate } from '../../services/gate.js';
import {
  createStage,
  demo,
  drain,
  failed,
  invoice,
  limited,
  nameOf,
  refused,
  STORES,
  signup,
} from '../../services/outbox.js';
import { catchError, signupOf } from '../../services/people.js';

for (const kind of STORES) {
  const [name] = kind;
  const make = (options: Partial<OutboxOptions> = {}) => createStage(kind, options);

  test.describe(`an outbox on ${name}`, () => {
    test('keeps an event until it is started, then sends it', async () => {
      const { world, outbox } = make();
      expect(await outbox.add(signup('ada'))).toEqual({ key: 'new-signup:ada', isNew: true });
      expect(world.sent).toEqual([]);
      expect(await outbox.stats()).toMatchObject({ waiting: 1, sent: 0 });
      await drain(outbox);
      expect(world.sent).toEqual(['new-signup:ada']);
      expect(await outbox.stats()).toEqual({
        waiting: 0,
        held: 0,
        sending: 0,
        parked: 0,
        sent: 1,
        discarded: 0,
        oldestWaitingMs: null,
        blocked: null,
        lastError: null,
      });
    });

    test('sends one key once, ever', async () => {
      const { world, outbox } = make();
      await outbox.add(signup('ada'));
      expect(await outbox.add(signup('ada'))).toEqual({ key: 'new-signup:ada', isNew: false });
      await drain(outbox);
      expect(await outbox.add(signup('ada'))).toMatchObject({ isNew: false });
      await drain(outbox);
      expect(world.sent).toEqual(['new-signup:ada']);
    });

    test("takes the site's own keys, for several demos of one user", async () => {
      const { world, outbox } = make();
      await outbox.add(demo('ada'), { key: 'booking-1' });
      await outbox.add(demo('ada'), { key: 'booking-2' });
      await outbox.add(demo('ada'), { key: 'booking-2' });
      await drain(outbox);
      expect(world.sent).toHaveLength(2);
    });

    test('knows two invoices of one user apart, and asks for the key of a refund', async () => {
      const { world, outbox } = make();
      expect(await outbox.add(invoice('ada', 'inv-1'))).toMatchObject({ key: 'invoice-paid:ada:inv-1' });
      await outbox.add(invoice('ada', 'inv-2'));
      await outbox.add(invoice('ada', 'inv-2'));
      const refund = chargeRefunded({ ...signupOf('ada'), price: 1, currency: 'EUR' });
      await expect(outbox.add(refund)).rejects.toThrow(/"key" is required for a refund/);
      await outbox.add(refund, { key: 'refund-1' });
      await drain(outbox);
      expect(world.sent).toEqual(['invoice-paid:ada', 'invoice-paid:ada', 'charge-refunded:ada']);
    });

    test('sends a sign-up before anything else of the same user, also if it came later', async () => {
      const { world, outbox } = make();
      await outbox.add(demo('ada'));
      await outbox.add(invoice('ada', 'inv-1'));
      await outbox.add(signup('ada'));
      await outbox.add(demo('bob'));
      await drain(outbox);
      expect(world.sent.filter((one) => one.endsWith('ada'))).toEqual([
        'new-signup:ada',
        'demo-call-attended:ada',
        'invoice-paid:ada',
      ]);
      expect(world.sent).toContain('demo-call-attended:bob');
    });

    test('puts an event back while the sign-up of its user is not sent yet', async () => {
      const { world, outbox } = make();
      world.answers.set('new-signup:ada', [failed]);
      await outbox.add(signup('ada'));
      await outbox.add(demo('ada'));
      await drain(outbox);
      expect(world.sent).toEqual(['new-signup:ada']);
      expect(await outbox.stats()).toMatchObject({ waiting: 2, held: 0 });
      world.nowMs += 2000;
      await drain(outbox);
      expect(world.sent).toEqual(['new-signup:ada', 'new-signup:ada', 'demo-call-attended:ada']);
    });

    test("holds a user's later events while the sign-up is parked, and shows it", async () => {
      const { world, outbox } = make();
      world.answers.set('new-signup:ada', [refused]);
      await outbox.add(signup('ada'));
      await outbox.add(demo('ada'));
      await outbox.add(demo('bob'));
      await drain(outbox);
      expect(world.sent).toEqual(expect.arrayContaining(['new-signup:ada', 'demo-call-attended:bob']));
      expect(world.sent).toHaveLength(2);
      expect(await outbox.stats()).toMatchObject({ waiting: 0, held: 1, sending: 0, parked: 1, sent: 1, discarded: 0 });
    });

    test('parks what Cello refuses, with its reason, to be mended and sent again', async () => {
      const told: string[] = [];
      const { world, outbox } = make({ onParked: ({ key, reason }) => told.push(`${key} ${reason}`) });
      world.answers.set('new-signup:ada', [refused]);
      await outbox.add(signup('ada'));
      await outbox.add(demo('ada'));
      await drain(outbox);
      const [parked] = await outbox.parked();
      expect(parked).toMatchObject({
        key: 'new-signup:ada',
        reason: 'POST /events: Cello answered 400: ucc is unknown',
        status: 400,
        ambiguous: false,
        attempts: 1,
        event: { payload: { newUserId: 'ada' } },
      });
      expect(told).toEqual(['new-signup:ada POST /events: Cello answered 400: ucc is unknown']);
      const mended = newSignup({ ...signupOf('ada'), ucc: 'mended' });
      expect(await outbox.resend('new-signup:ada', mended)).toBe(true);
      await drain(outbox);
      expect(world.sent).toEqual(['new-signup:ada', 'new-signup:ada', 'demo-call-attended:ada']);
      expect(await outbox.stats()).toMatchObject({ parked: 0, held: 0, sent: 2 });
      expect(await outbox.resend('new-signup:ada')).toBe(false);
    });

    test("does not let another user's event in under a parked key", async () => {
      const { world, outbox } = make();
      world.answers.set('new-signup:ada', [refused]);
      await outbox.add(signup('ada'));
      await drain(outbox);
      await expect(outbox.resend('new-signup:ada', signup('bob'))).rejects.toThrow(/"payload.newUserId"/);
      await expect(outbox.resend('new-signup:ada', demo('ada'))).rejects.toThrow(/"context.event.trigger"/);
    });

    test('lets the rest go on when a parked sign-up is given up', async () => {
      const { world, outbox } = make();
      world.answers.set('new-signup:ada', [refused]);
      await outbox.add(signup('ada'));
      await outbox.add(demo('ada'));
      await drain(outbox);
      expect(await outbox.discard('new-signup:ada')).toBe(true);
      expect(await outbox.discard('new-signup:ada')).toBe(false);
      await drain(outbox);
      expect(world.sent).toEqual(['new-signup:ada', 'demo-call-attended:ada']);
      expect(await outbox.add(signup('ada'))).toMatchObject({ isNew: false });
      expect(await outbox.stats()).toMatchObject({ discarded: 1, sent: 1 });
    });

    test('a parked demo holds nothing', async () => {
      const { world, outbox } = make();
      world.answers.set('demo-call-attended:ada', [refused]);
      await outbox.add(demo('ada'));
      await outbox.add(invoice('ada', 'inv-1'));
      await drain(outbox);
      expect(world.sent).toEqual(['demo-call-attended:ada', 'invoice-paid:ada']);
      expect(await outbox.stats()).toMatchObject({ parked: 1, held: 0, sent: 1 });
    });

    test('repeats what is ambiguous, by default', async () => {
      const { world, outbox } = make();
      world.answers.set('new-signup:ada', [failed, new Error('something of the site')]);
      await outbox.add(signup('ada'));
      await drain(outbox);
      world.nowMs += 1001;
      await drain(outbox);
      world.nowMs += 2001;
      await drain(outbox);
      expect(world.sent).toHaveLength(3);
      expect(await outbox.stats()).toMatchObject({ sent: 1 });
    });

    test('parks what is ambiguous, if the site wants it so', async () => {
      const { world, outbox } = make({ onAmbiguous: 'park' });
      world.answers.set('new-signup:ada', [failed]);
      world.answers.set('new-signup:bob', [limited]);
      await outbox.add(signup('ada'));
      await outbox.add(signup('bob'));
      await drain(outbox);
      expect(await outbox.parked()).toMatchObject([{ key: 'new-signup:ada', ambiguous: true, status: 500 }]);
      expect(await outbox.stats()).toMatchObject({ parked: 1, waiting: 1 });
    });

    test('waits about a second, then twice as long, up to five minutes', async () => {
      const { world, outbox } = make();
      const failures = Array.from({ length: 14 }, () => failed);
      world.answers.set('new-signup:ada', failures);
      await outbox.add(signup('ada'));
      const delays: number[] = [];
      await drain(outbox);
      for (const expectedMs of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000)) {
        const before = world.sent.length;
        world.nowMs += expectedMs - 1;
        await drain(outbox);
        expect(world.sent).toHaveLength(before);
        world.nowMs += 1;
        await drain(outbox);
        expect(world.sent).toHaveLength(before + 1);
        delays.push(expectedMs);
      }
      expect(delays).toHaveLength(11);
    });

    test('spreads the delays by 30 %', async () => {
      for (const [random, delayMs] of [
        [0, 700],
        [0.999999, 1300],
      ] as const) {
        const { world, outbox } = make({ random: () => random });
        world.answers.set('new-signup:ada', [failed]);
        await outbox.add(signup('ada'));
        await drain(outbox);
        world.nowMs += delayMs - 1;
        await drain(outbox);
        expect(world.sent).toHaveLength(1);
        world.nowMs += 1;
        await drain(outbox);
        expect(world.sent).toHaveLength(2);
      }
    });

    test('waits as long as Cello asks for, with everything', async () => {
      const { world, outbox } = make();
      world.answers.set('new-signup:ada', [limited]);
      await outbox.add(signup('ada'));
      await drain(outbox);
      await outbox.add(signup('bob'));
      world.nowMs += 599_000;
      await drain(outbox);
      expect(world.sent).toEqual(['new-signup:ada']);
      world.nowMs += 1000;
      await drain(outbox);
      expect(world.sent.slice(1).sort()).toEqual(['new-signup:ada', 'new-signup:bob']);
    });

    test('survives a day of outage, and has everything sent the minutes after', async () => {
      const { world, outbox } = make();
      const outage = new CelloError('unreachable', { reason: 'unreachable' });
      const ids = Array.from({ length: 4 }, (_, i) => `user-${i}`);
      for (const id of ids) {
        world.answers.set(
          `new-signup:${id}`,
          Array.from({ length: 1000 }, () => outage),
        );
        await outbox.add(signup(id));
      }
      for (let minute = 0; minute < 24 * 60; minute += 5) {
        await drain(outbox);
        world.nowMs += 300_000;
      }
      expect(await outbox.stats()).toMatchObject({ waiting: 4, sent: 0 });
      expect(world.sent.length).toBeLessThan(4 * 24 * 12 + 1);
      world.answers.clear();
      world.nowMs += 400_000;
      await drain(outbox);
      expect(await outbox.stats()).toMatchObject({ waiting: 0, sent: 4 });
    });

    test('takes what a dead worker left behind when its time is over', async () => {
      const { world, outbox, store } = make();
      await outbox.add(signup('ada'));
      await outbox.add(demo('ada'));
      const [lease] = await store.events.claim(5, 60_000); // and then its process died
      expect(lease).toMatchObject({ key: 'new-signup:ada', isAbandoned: false });
      await drain(outbox);
      expect(world.sent).toEqual([]);
      expect(await outbox.stats()).toMatchObject({ sending: 1, waiting: 1 });
      world.nowMs += 60_000;
      await drain(outbox);
      expect(world.sent).toEqual(['new-signup:ada', 'demo-call-attended:ada']);
    });

    test('parks what a dead worker left behind, where nothing may be sent twice', async () => {
      const { world, outbox, store } = make({ onAmbiguous: 'park' });
      await outbox.add(signup('ada'));
      await store.events.claim(5, 60_000);
      world.nowMs += 60_000;
      await drain(outbox);
      expect(world.sent).toEqual([]);
      expect(await outbox.parked()).toMatchObject([{ key: 'new-signup:ada', ambiguous: true, status: null }]);
    });

    test('a worker that comes back too late changes nothing', async () => {
      const { world, outbox, store } = make();
      await outbox.add(signup('ada'));
      const [late] = await store.events.claim(5, 60_000);
      world.nowMs += 60_000;
      await drain(outbox);
      expect(late && (await store.events.settle(late, { state: 'sent', requestId: null }))).toBe(false);
      expect(
        late && (await store.events.settle(late, { state: 'waiting', delayMs: 0, reason: '', isAmbiguous: true })),
      ).toBe(false);
      expect(await outbox.stats()).toMatchObject({ sent: 1, waiting: 0 });
    });

    test('a second worker takes nothing of a user whom the first one has in hand', async () => {
      const { outbox, store } = make();
      await outbox.add(demo('ada'));
      expect(await store.events.claim(5, 60_000)).toHaveLength(1);
      await outbox.add(signup('ada'));
      await outbox.add(invoice('ada', 'inv-1'));
      expect(await store.events.claim(5, 60_000)).toEqual([]);
    });

    test('what is sent is forgotten but for its key', async () => {
      const { outbox, store } = make();
      await outbox.add(signup('ada'));
      await drain(outbox);
      expect(JSON.stringify(await store.events.listParked(9))).not.toContain('@');
      expect(await store.events.find('new-signup:ada')).toBeNull();
    });
  });
}

test('sends four at a time, and no more', async () => {
  let running = 0;
  let most = 0;
  const doors: (() => void)[] = [];
  const send = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => doors.push(resolve));
    running -= 1;
  };
  const outbox = createOutbox({ store: memoryStore(), send });
  for (let i = 0; i < 12; i++) await outbox.add(signup(`user-${i}`));
  outbox.start();
  for (let i = 0; i < 12; i++) {
    await expect.poll(() => doors.length).toBeGreaterThan(0);
    doors.shift()?.();
  }
  await outbox.stop();
  expect(most).toBe(4);
  expect(await outbox.stats()).toMatchObject({ sent: 12 });
});

test('an event that is added while the outbox runs goes at once, not at the next look', async () => {
  const sent: string[] = [];
  const outbox = createOutbox({
    store: memoryStore(),
    pollMs: 86_400_000,
    send: async (event) => sent.push(nameOf(event)),
  });
  outbox.start();
  await outbox.add(signup('ada'));
  await expect.poll(() => sent).toEqual(['new-signup:ada']);
  await outbox.stop();
});

test('a try is ended before another worker may take the event', async () => {
  const seen: boolean[] = [];
  const outbox = createOutbox({
    store: memoryStore(),
    leaseMs: 200,
    send: (_, { signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          seen.push(signal.aborted);
          reject(new CelloError('aborted', { reason: 'aborted', ambiguous: true }));
        }),
      ),
  });
  await outbox.add(signup('ada'));
  outbox.start();
  await outbox.stop();
  expect(seen).toEqual([true]);
  expect(await outbox.stats()).toMatchObject({ waiting: 1 });
});

test('stop leaves no timer behind, and start begins anew', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
  const before = timers();
  const sent: string[] = [];
  const outbox = createOutbox({
    store: memoryStore(),
    pollMs: 60_000,
    send: async (event) => sent.push(nameOf(event)),
  });
  outbox.start();
  outbox.start();
  await outbox.stop();
  await outbox.stop();
  expect(timers()).toBe(before);
  await outbox.add(signup('ada'));
  const stopped = outbox.stop();
  outbox.start();
  await stopped;
  await expect.poll(() => sent).toEqual(['new-signup:ada']);
  await outbox.stop();
  expect(timers()).toBe(before);
});

test('stop waits for what is on its way, and leaves the rest in the store', async () => {
  const doors: (() => void)[] = [];
  const outbox = createOutbox({
    store: memoryStore(),
    concurrency: 1,
    send: () => new Promise<void>((resolve) => doors.push(resolve)),
  });
  await outbox.add(signup('ada'));
  await outbox.add(signup('bob'));
  outbox.start();
  await expect.poll(() => doors.length).toBe(1);
  let isStopped = false;
  const stopped = outbox.stop({ drainMs: 0 }).then(() => {
    isStopped = true;
  });
  await outbox.stats();
  expect(isStopped).toBe(false);
  doors.shift()?.();
  await stopped;
  expect(await outbox.stats()).toMatchObject({ sent: 1, waiting: 1 });
});

test('stop sends also what became due while it looked for more', async () => {
  const sent: string[] = [];
  const { events } = memoryStore();
  const sending = createGate();
  const settled = createGate();
  const outbox = createOutbox({
    store: {
      events: {
        ...events,
        claim: async (limit, leaseMs) => {
          const leases = await events.claim(limit, leaseMs);
          if (leases.length) return leases;
          // A store that answers late: what it found is older than what has happened since.
          sending.open();
          await settled.opened;
          await new Promise(setImmediate);
          return leases;
        },
        settle: (lease, fate) => events.settle(lease, fate).finally(settled.open),
      },
    },
    send: async (event) => {
      await sending.opened;
      sent.push(nameOf(event));
    },
  });
  await outbox.add(signup('ada'));
  await outbox.add(demo('ada'));
  await drain(outbox);
  expect(sent).toEqual(['new-signup:ada', 'demo-call-attended:ada']);
});

test('a store that fails is told of, and tried again', async () => {
  const errors: unknown[] = [];
  const sent: string[] = [];
  const { events } = memoryStore();
  let failures = 2;
  const fail = () => {
    if (failures-- > 0) throw new Error('the disk is full');
  };
  const outbox = createOutbox({
    store: {
      events: {
        ...events,
        claim: async (limit, leaseMs) => {
          fail();
          return events.claim(limit, leaseMs);
        },
      },
    },
    pollMs: 5,
    send: async (event) => sent.push(nameOf(event)),
    onError: (error) => {
      errors.push(error);
      throw error;
    },
  });
  await outbox.add(signup('ada'));
  outbox.start();
  await expect.poll(() => sent).toEqual(['new-signup:ada']);
  await outbox.stop();
  expect(errors).toHaveLength(2);
});

test('an answer of Cello is recorded through a failure of the store that passes', async () => {
  const { events } = memoryStore();
  let failures = 2;
  const outbox = createOutbox({
    store: {
      events: {
        ...events,
        settle: async (lease, fate) => {
          if (failures-- > 0) throw new Error('the connection broke');
          return events.settle(lease, fate);
        },
      },
    },
    send: async () => {},
  });
  await outbox.add(signup('ada'));
  await drain(outbox);
  expect(await outbox.stats()).toMatchObject({ sent: 1 });
});

test('without handlers of the site, the console says what was parked and what failed, and names no person', async () => {
  const heard: string[] = [];
  const { warn, error } = console;
  console.warn = console.error = (...words: unknown[]) => heard.push(words.join(' '));
  try {
    const { events } = memoryStore();
    let failures = 1;
    const claim: typeof events.claim = async (limit, leaseMs) => {
      if (failures-- > 0) throw new Error('no row for ada@example.com\nsecond line');
      return events.claim(limit, leaseMs);
    };
    const reason = 'refused';
    const send = async () => {
      throw new CelloError('POST /events: Cello answered 400: ada@example.com is unknown', { reason, status: 400 });
    };
    const outbox = createOutbox({ store: { events: { ...events, claim } }, send, pollMs: 5 });
    await outbox.add(signup('ada'));
    outbox.start();
    await expect.poll(async () => (await outbox.stats()).parked).toBe(1);
    await outbox.stop();
  } finally {
    Object.assign(console, { warn, error });
  }
  expect(heard).toEqual([
    expect.stringMatching(/^\[cello-companion\] the outbox's store failed: Error at [^\n]+$/),
    '[cello-companion] an event was parked (new-signup, status 400): see parked() of the outbox',
  ]);
  expect(heard.join()).not.toMatch(/ada|pNRB1aYqArN/);
});

test('names the option that is wrong', () => {
  const good = { store: memoryStore(), send: async () => {} };
  for (const [options, message] of [
    [undefined, /"options" must be an object/],
    [{ ...good, store: {} }, /"store" must be a store such as memoryStore\(\)/],
    [{ ...good, send: 'x' }, /"send" must be a function such as cello\.send/],
    [{ ...good, onAmbiguous: 'drop' }, /"onAmbiguous" must be "repeat" or "park"/],
    [{ ...good, concurrency: 0 }, /"concurrency" must be a whole number above 0/],
    [{ ...good, polMs: 5 }, /createOutbox has no option "polMs"/],
  ] as const) {
    const make = () => Reflect.apply(createOutbox, undefined, [options]);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  }
});

test('refuses what is no event, before it is kept', async () => {
  const outbox = createOutbox({ store: memoryStore(), send: async () => {} });
  const error = await catchError(
    Reflect.apply(outbox.add, undefined, [{ ...signup('ada'), payload: { ucc: 'x', newUserId: true } }]),
  );
  expect(error).toBeInstanceOf(TypeError);
  expect(String(error)).toContain('add: "payload.newUserId" must be a string');
  await expect(outbox.add(signup('ada'), { key: '' })).rejects.toThrow(/"key"/);
  expect(await outbox.stats()).toMatchObject({ waiting: 0 });
});
