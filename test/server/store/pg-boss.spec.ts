import {
  CelloError,
  type CelloEvent,
  createOutbox,
  demoCallAttended,
  newSignup,
  type Outbox,
} from 'cello-companion/server';
import { pgBossStore } from 'cello-companion/server/pg-boss';
import { expect } from 'playwright/test';
import { signupOf } from '../../services/people.js';
import { hasServer, openStore, type PostgresStore, test } from '../../services/postgres.js';

const nameOf = ({ payload, context }: CelloEvent) => `${context.event.trigger}:${payload.newUserId}`;
const signup = (id: string) => newSignup(signupOf(id));
const demo = (id: string) => demoCallAttended(signupOf(id));
const refused = new CelloError('ucc is unknown', { reason: 'refused', status: 400 });
const failed = new CelloError('500', { reason: 'busy', status: 500, ambiguous: true });

const storeTest = test.extend<{ store: PostgresStore }>({
  store: async ({ postgres }, use) => {
    const store = await postgres.openStore();
    await use(store);
    await store.close();
  },
});

function createWorld(answers: Record<string, unknown[]> = {}) {
  const sent: string[] = [];
  return {
    sent,
    async send(event: CelloEvent) {
      sent.push(nameOf(event));
      const answer = answers[nameOf(event)]?.shift();
      if (answer) throw answer;
      return { requestId: 'request-1' };
    },
  };
}

/** pg-boss 12 needs Node 22.12. */
const ON_PG_BOSS = { tag: '@node22' };

const quiet = { pollMs: 20, onParked: () => {} };

async function drain(outbox: Outbox): Promise<void> {
  outbox.start();
  await outbox.stop();
}

storeTest.describe('an outbox on pg-boss', ON_PG_BOSS, () => {
  storeTest('sends one key once, ever, and forgets the person', async ({ store }) => {
    const { sent, send } = createWorld();
    const outbox = createOutbox({ store, send, ...quiet });
    expect(await outbox.add(signup('ada'))).toEqual({ key: 'new-signup:ada', isNew: true });
    expect(await outbox.add(signup('ada'))).toEqual({ key: 'new-signup:ada', isNew: false });
    expect(await outbox.stats()).toMatchObject({ waiting: 1 });
    await drain(outbox);
    expect(await outbox.add(signup('ada'))).toMatchObject({ isNew: false });
    await drain(outbox);
    expect(sent).toEqual(['new-signup:ada']);
    expect(await outbox.stats()).toMatchObject({ waiting: 0, held: 0, sending: 0, parked: 0, sent: 1, discarded: 0 });
  });

  storeTest('of a hundred who add one key at once, one is the first', async ({ store }) => {
    const { sent, send } = createWorld();
    const outbox = createOutbox({ store, send, ...quiet });
    const added = await Promise.all(Array.from({ length: 100 }, () => outbox.add(signup('ada'))));
    expect(added.filter(({ isNew }) => isNew)).toHaveLength(1);
    await drain(outbox);
    expect(sent).toHaveLength(1);
  });

  storeTest('sends a sign-up before anything else of the same user, also if it came later', async ({ store }) => {
    const { sent, send } = createWorld();
    const outbox = createOutbox({ store, send, ...quiet });
    await outbox.add(demo('ada'), { key: 'demo-1' });
    await outbox.add(demo('ada'), { key: 'demo-2' });
    await outbox.add(signup('ada'));
    await drain(outbox);
    expect(sent).toEqual(['new-signup:ada', 'demo-call-attended:ada', 'demo-call-attended:ada']);
  });

  storeTest('puts an event back while the sign-up of its user is not sent yet', async ({ store }) => {
    const { sent, send } = createWorld({ 'new-signup:ada': [failed] });
    const outbox = createOutbox({ store, send, random: () => 0, ...quiet });
    await outbox.add(signup('ada'));
    await outbox.add(demo('ada'));
    outbox.start();
    await expect
      .poll(() => sent, { timeout: 15_000 })
      .toEqual(['new-signup:ada', 'new-signup:ada', 'demo-call-attended:ada']);
    await outbox.stop();
    expect(await outbox.stats()).toMatchObject({ sent: 2 });
  });

  storeTest("holds a user's later events while the sign-up is parked, until it is mended", async ({ store }) => {
    const { sent, send } = createWorld({ 'new-signup:ada': [refused] });
    const outbox = createOutbox({ store, send, ...quiet });
    await outbox.add(signup('ada'));
    await outbox.add(demo('ada'));
    await outbox.add(demo('bob'));
    await drain(outbox);
    expect(await outbox.stats()).toMatchObject({ waiting: 0, held: 1, sending: 0, parked: 1, sent: 1, discarded: 0 });
    expect(await outbox.parked()).toMatchObject([{ key: 'new-signup:ada', reason: 'ucc is unknown', status: 400 }]);
    expect(await outbox.resend('new-signup:ada', newSignup({ ...signupOf('ada'), ucc: 'mended' }))).toBe(true);
    await drain(outbox);
    expect(sent.slice(-2)).toEqual(['new-signup:ada', 'demo-call-attended:ada']);
    expect(await outbox.stats()).toMatchObject({ held: 0, parked: 0, sent: 3 });
  });

  storeTest('lets the rest go on when a parked sign-up is given up', async ({ store }) => {
    const { sent, send } = createWorld({ 'new-signup:ada': [refused] });
    const outbox = createOutbox({ store, send, ...quiet });
    await outbox.add(signup('ada'));
    await outbox.add(demo('ada'));
    await drain(outbox);
    expect(await outbox.discard('new-signup:ada')).toBe(true);
    expect(await outbox.discard('new-signup:ada')).toBe(false);
    await drain(outbox);
    expect(sent).toEqual(['new-signup:ada', 'demo-call-attended:ada']);
    expect(await outbox.stats()).toMatchObject({ discarded: 1, sent: 1 });
  });

  storeTest('a parked demo holds nothing', async ({ store }) => {
    const { sent, send } = createWorld({ 'demo-call-attended:ada': [refused] });
    const outbox = createOutbox({ store, send, ...quiet });
    await outbox.add(demo('ada'), { key: 'demo-1' });
    await outbox.add(demo('ada'), { key: 'demo-2' });
    await drain(outbox);
    expect(sent).toHaveLength(2);
    expect(await outbox.stats()).toMatchObject({ parked: 1, held: 0, sent: 1 });
  });
});

if (hasServer)
  test('ten machines that start together make tables and queue once, and each keeps its event', async ({
    postgres,
  }) => {
    const url = await postgres.createUrl();
    const stores = await Promise.all(Array.from({ length: 10 }, () => openStore(url)));
    const outboxes = stores.map((store) => createOutbox({ store, send: createWorld().send, ...quiet }));
    const added = await Promise.all(outboxes.map((outbox, index) => outbox.add(signup(`user-${index}`))));
    expect(added.every(({ isNew }) => isNew)).toBe(true);
    expect(await outboxes[0]?.stats()).toMatchObject({ waiting: 10 });
    for (const store of stores) await store.close();
  });

test(
  'takes what a dead worker left behind when pg-boss gives it out again, a sign-up first',
  ON_PG_BOSS,
  async ({ postgres }) => {
    const store = await postgres.openStore(1000);
    const { sent, send } = createWorld();
    const outbox = createOutbox({ store, send, ...quiet });
    await outbox.add(demo('ada'));
    expect(await store.events.claim(5, 1000)).toMatchObject([{ key: 'demo-call-attended:ada', isAbandoned: false }]);
    await outbox.add(signup('ada'));
    expect(await store.events.claim(5, 1000)).toEqual([]); // and then its process died
    outbox.start();
    await expect.poll(() => sent, { timeout: 15_000 }).toEqual(['new-signup:ada', 'demo-call-attended:ada']);
    await outbox.stop();
    await store.close();
  },
);

test('parks what a dead worker left behind, where nothing may be sent twice', ON_PG_BOSS, async ({ postgres }) => {
  const store = await postgres.openStore(1000);
  const { sent, send } = createWorld();
  const outbox = createOutbox({ store, send, onAmbiguous: 'park', ...quiet });
  await outbox.add(signup('ada'));
  const [late] = await store.events.claim(5, 1000);
  outbox.start();
  await expect.poll(async () => (await outbox.stats()).parked, { timeout: 15_000 }).toBe(1);
  await outbox.stop();
  expect(sent).toEqual([]);
  expect(await outbox.parked()).toMatchObject([{ ambiguous: true, status: null }]);
  expect(late && (await store.events.settle(late, { state: 'sent', requestId: null }))).toBe(false);
  await store.close();
});

test('names the option of the store that is wrong', async () => {
  const methods = ['getQueue', 'createQueue', 'insert', 'fetch', 'deleteJob', 'findJobs', 'getDb'];
  const boss = Object.fromEntries(methods.map((name) => [name, () => {}]));
  for (const [options, message] of [
    [{ boss: {}, pool: {} }, /"boss" must be a started PgBoss of pg-boss 12/],
    [{ boss: { ...boss, findJobs: undefined }, pool: {} }, /"boss" must be a started PgBoss of pg-boss 12/],
    [{ boss, pool: {} }, /"pool" must be a Pool of pg/],
    [{ boss, pool: { connect() {} }, schema: 'a;b' }, /"schema" must be small letters/],
    [{ boss, pool: { connect() {} }, queues: 'a' }, /pgBossStore has no option "queues"/],
  ] as const)
    expect(() => Reflect.apply(pgBossStore, undefined, [options])).toThrow(message);
});

test('an outbox does not keep an event longer in hand than its store does', ON_PG_BOSS, async ({ postgres }) => {
  const store = await postgres.openStore(2000);
  expect(() => createOutbox({ store, send: async () => {}, leaseMs: 3000 })).toThrow(
    /"leaseMs" must be at most the store's 2000/,
  );
  await store.close();
});
