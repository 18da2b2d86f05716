import { type CelloEvent, createOutbox, demoCallAttended, newSignup, StoreBusyError } from 'cello-companion/server';
import pg from 'pg';
import { expect } from 'playwright/test';
import { signupOf } from '../../services/people.js';
import { hasServer, openStore, test } from '../../services/postgres.js';
import { findBinaries, startPostgres } from '../../services/postgres-server.mjs';

/** pg-boss 12 needs Node 22.12. */
const ON_PG_BOSS = { tag: '@node22' };

const signup = (id: string) => newSignup(signupOf(id));

/** An event, as the outbox hands it to its store. */
const entryOf = (id: string) => ({
  key: `new-signup:${id}`,
  userId: id,
  isSignup: true,
  body: JSON.stringify(signup(id)),
});

const quiet = { pollMs: 20, onParked: () => {}, onError: () => {} };

/** Another client of the database: an operator, a later version of ours. */
async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  return client;
}

const binaries = findBinaries();

if (hasServer && binaries)
  test.describe('on pg-boss, when something goes wrong', ON_PG_BOSS, () => {
    test.setTimeout(90_000);

    for (const [what, lose] of [
      ['deleted', 'DELETE FROM pgboss.job'],
      ['cancelled', "UPDATE pgboss.job SET state = 'cancelled'"],
    ] as const)
      test(`an event whose job somebody ${what} is sent all the same`, async ({ postgres }) => {
        const url = await postgres.createUrl();
        const store = await openStore(url);
        const operator = await connect(url);
        const sent: string[] = [];
        const send = async (event: CelloEvent) => {
          sent.push(event.context.event.trigger);
        };
        const outbox = createOutbox({ store, send, ...quiet });
        await outbox.add(signup('ada'));
        await outbox.add(demoCallAttended(signupOf('ada')));
        await operator.query(lose);
        outbox.start();
        await expect.poll(() => sent, { timeout: 60_000 }).toEqual(['new-signup', 'demo-call-attended']);
        await outbox.stop();
        await operator.end();
        await store.close();
      });

    test('what a dead process held is free for whoever asks when its lease is over', async ({ postgres }) => {
      const { events, close } = await postgres.openStore(1000);
      await events.add(entryOf('ada'));
      const [held] = await events.claim(1, 1000); // and then its process was frozen
      expect(held).toMatchObject({ isAbandoned: false, attempts: 0, ambiguousTries: 0 });
      const claim = async () => {
        await events.free?.();
        return events.claim(1, 1000);
      };
      await expect
        .poll(claim, { timeout: 30_000 })
        .toMatchObject([{ key: 'new-signup:ada', isAbandoned: true, attempts: 1, ambiguousTries: 1 }]);
      expect(held && (await events.settle(held, { state: 'sent', requestId: null }))).toBe(false);
      await close();
    });

    test('a pool of one: an event is added on the client that holds it, and any other waits for a while', async ({
      postgres,
    }) => {
      const url = await postgres.createUrl();
      const pool = new pg.Pool({ connectionString: url, max: 1 });
      const { events, close } = await openStore(url, 60_000, pool);
      const client = await pool.connect();
      await client.query('BEGIN');
      expect(await events.add(entryOf('ada'), client)).toBe(true);
      await expect(events.add(entryOf('eve'))).rejects.toThrow(StoreBusyError);
      await client.query('COMMIT');
      client.release();
      expect(await events.add(entryOf('eve'))).toBe(true);
      expect(await events.count()).toMatchObject({ waiting: 2 });
      await close();
    });

    test('a database that restarts ends no process, and loses nothing', async () => {
      const server = await startPostgres(binaries);
      const url = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
      const store = await openStore(url, 2000);
      const sent = new Set<string>();
      const outbox = createOutbox({
        store,
        send: async ({ payload }) => {
          sent.add(payload.newUserId);
        },
        ...quiet,
      });
      outbox.start();
      const safe = new Set<string>();
      const add = async (id: string) => {
        if (await outbox.add(signup(id)).catch(() => null)) safe.add(id);
      };
      for (let index = 0; index < 20; index++) await add(`before-${index}`);
      const restarted = server.restart();
      for (let index = 0; index < 20; index++) await add(`during-${index}`);
      await restarted;
      await expect.poll(() => add('after').then(() => safe.has('after')), { timeout: 30_000 }).toBe(true);
      expect(safe.size).toBeGreaterThan(20);
      await expect.poll(() => [...safe].filter((id) => !sent.has(id)), { timeout: 60_000 }).toEqual([]);
      await outbox.stop();
      await store.close();
      await server.stop();
    });

    test('a machine goes on while a later version changes the tables, and takes nothing back', async ({ postgres }) => {
      const url = await postgres.createUrl();
      const before = await openStore(url);
      await before.events.add(entryOf('ada'));
      const later = await connect(url);
      await later.query('ALTER TABLE cello_companion.events ADD COLUMN colour text');
      await later.query('ALTER TABLE cello_companion.receipts ADD COLUMN colour text');
      await later.query('UPDATE cello_companion.schema SET version = 99');
      const after = await openStore(url); // a machine of the earlier version that starts only now
      for (const { events, receipts } of [before, after]) {
        expect(await events.claim(5, 1000)).toHaveLength(events === before.events ? 1 : 0);
        expect(await receipts.claim({ key: 'a', digest: 'a' })).toMatchObject({});
      }
      const { rows } = await later.query('SELECT DISTINCT version FROM cello_companion.schema');
      expect(rows).toEqual([{ version: 99 }]);
      await later.end();
      await before.close();
      await after.close();
    });

    test('a role that may make nothing uses the tables that are there', async ({ postgres }) => {
      const url = await postgres.createUrl();
      const owner = await openStore(url);
      await owner.events.add(entryOf('ada'));
      const admin = await connect(url);
      const role = `plain_${new URL(url).pathname.slice(1)}`;
      await admin.query(`CREATE ROLE ${role} LOGIN;
        GRANT USAGE ON SCHEMA cello_companion, pgboss TO ${role};
        GRANT ALL ON ALL TABLES IN SCHEMA cello_companion, pgboss TO ${role};
        GRANT ALL ON ALL SEQUENCES IN SCHEMA cello_companion TO ${role}`);
      const theirs = new URL(url);
      theirs.username = role;
      const plain = await openStore(theirs.href);
      expect(await plain.events.add(entryOf('eve'))).toBe(true);
      expect(await plain.events.claim(5, 1000)).toHaveLength(2);
      await plain.close();
      await admin.end();
      await owner.close();
    });

    test('of one user never two events are in hand, on however many machines, and their order stands', async ({
      postgres,
    }) => {
      const url = await postgres.createUrl();
      const stores = await Promise.all([openStore(url), openStore(url), openStore(url)]);
      const [first] = stores;
      const inHand = new Set<string>();
      const sent: string[] = [];
      const problems: string[] = [];
      const send = async ({ payload, context }: CelloEvent) => {
        const { newUserId } = payload;
        if (inHand.has(newUserId)) problems.push(newUserId);
        inHand.add(newUserId);
        await new Promise((resolve) => setImmediate(resolve));
        sent.push(`${newUserId} ${context.event.trigger} ${context.newUser?.name}`);
        inHand.delete(newUserId);
      };
      const users = ['ada', 'eve', 'bob'];
      for (let index = 0; index < 10; index++)
        for (const id of users) {
          const user = { id, email: `${id}@example.com`, name: String(index) };
          const event = demoCallAttended({ ucc: 'test', user });
          await first?.events.add({ key: `${id} ${index}`, userId: id, isSignup: false, body: JSON.stringify(event) });
        }
      for (const id of users) await first?.events.add(entryOf(id));
      const outboxes = stores.map((store) => createOutbox({ store, send, ...quiet }));
      for (const outbox of outboxes) outbox.start();
      await expect.poll(() => sent.length, { timeout: 60_000 }).toBe(33);
      expect(problems).toEqual([]);
      for (const id of users) {
        const demos = Array.from({ length: 10 }, (_, index) => `${id} demo-call-attended ${index}`);
        expect(sent.filter((one) => one.startsWith(id))).toEqual([`${id} new-signup Ada`, ...demos]);
      }
      for (const outbox of outboxes) await outbox.stop();
      for (const store of stores) await store.close();
    });

    test("erases a person's events, prunes what is over, and swaps what is known of Cello's health", async ({
      postgres,
    }) => {
      const url = await postgres.createUrl();
      const { events, close } = await openStore(url);
      for (const id of ['ada', 'eve', 'bob']) await events.add(entryOf(id));
      expect(await events.erase?.({ email: 'ada@example.com', userId: null })).toBe(1);
      expect(await events.erase?.({ email: null, userId: 'eve' })).toBe(1);
      expect(await events.erase?.({ email: null, userId: 'eve' })).toBe(0);
      const leases = await events.claim(5, 1000);
      expect(leases.map(({ key }) => key)).toEqual(['new-signup:bob']);
      for (const lease of leases) await events.settle(lease, { state: 'sent', requestId: null });
      expect(await events.add(entryOf('bob'))).toBe(false);
      expect(await events.prune?.(60_000)).toBe(0);
      await expect.poll(() => events.prune?.(0)).toBe(1);
      expect(await events.add(entryOf('bob'))).toBe(true);
      expect(await events.count()).toMatchObject({ waiting: 1, sent: 0 });

      expect(await events.readHealth?.()).toBeNull();
      expect(await Promise.all(['a', 'b'].map((text) => events.swapHealth?.(null, text)))).toContain(true);
      const health = (await events.readHealth?.()) ?? null;
      expect(await events.swapHealth?.('other', 'c')).toBe(false);
      expect(await events.swapHealth?.(health, 'c')).toBe(true);
      expect(await events.swapHealth?.('c', null)).toBe(true);
      expect(await events.readHealth?.()).toBeNull();
      await close();
    });
  });
