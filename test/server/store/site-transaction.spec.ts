import { createOutbox, newSignup } from 'cello-companion/server';
import pg from 'pg';
import { expect } from 'playwright/test';
import { signupOf } from '../../services/people.js';
import { hasServer, openStore, test } from '../../services/postgres.js';
import { LIBRARIES } from '../../services/site-transactions.js';

/** pg-boss 12 needs Node 22.12. */
const ON_PG_BOSS = { tag: '@node22' };

/** A name that a library must not change on its way: quotes, backslashes, what looks like a placeholder. */
const NAME = String.raw`D'Arcy \ "O'$1" \\' ? {events} é 名`;

/** A sign-up, as the outbox hands it to its store. */
const entryOf = (id: string) => {
  const { ucc, user } = signupOf(id);
  return {
    key: `new-signup:${id}`,
    userId: id,
    isSignup: true,
    body: JSON.stringify(newSignup({ ucc, user: { ...user, name: NAME } })),
  };
};

/** One that PostgreSQL rejects. */
const unkeepableOf = (id: string) => ({ ...entryOf(id), userId: `${id}\0` });

async function prepare(url: string) {
  const site = new pg.Client(url);
  await site.connect();
  await site.query('CREATE TABLE accounts (id text PRIMARY KEY)');
  const store = await openStore(url);
  const sent: (string | undefined)[] = [];
  const outbox = createOutbox({
    store,
    send: async (event) => {
      sent.push(event.context.newUser?.name);
    },
    pollMs: 20,
  });
  const listAccounts = async () => (await site.query('SELECT id FROM accounts ORDER BY id')).rows.map(({ id }) => id);
  const close = async () => {
    await store.close();
    await site.end();
  };
  return { events: store.events, outbox, sent, listAccounts, close };
}

if (hasServer) {
  for (const [name, open] of Object.entries(LIBRARIES))
    test(`with ${name}, an event commits or vanishes with the site's rows`, ON_PG_BOSS, async ({ postgres }) => {
      test.setTimeout(180_000); // Prisma is fetched when it is first needed
      const url = await postgres.createUrl();
      const { events, outbox, sent, listAccounts, close } = await prepare(url);
      const library = open(url);
      const failed = library.transact('ghost', async (db) => {
        expect(await events.add(entryOf('ghost'), db)).toBe(true);
        throw new Error('the account was refused');
      });
      await expect(failed).rejects.toThrow('the account was refused');
      await library.transact('ada', async (db) => {
        expect(await events.add(entryOf('ada'), db)).toBe(true);
        expect(await events.add(entryOf('ada'), db)).toBe(false);
      });
      expect(await listAccounts()).toEqual(['ada']);
      expect(await outbox.stats()).toMatchObject({ waiting: 1 });
      outbox.start();
      await outbox.stop();
      expect(sent).toEqual([NAME]);
      await library.close();
      await close();
    });

  for (const [name, open] of Object.entries(LIBRARIES))
    test(`with ${name}, our failures leave the site's transaction as it was`, ON_PG_BOSS, async ({ postgres }) => {
      test.setTimeout(180_000);
      const url = await postgres.createUrl();
      const { events, outbox, listAccounts, close } = await prepare(url);
      await events.add(entryOf('first'));
      const other = new pg.Client(url);
      await other.connect();
      const library = open(`${url}?options=${encodeURIComponent('-c lock_timeout=100')}`);
      await other.query('BEGIN; LOCK TABLE cello_companion.events');
      await library.transact('ada', async (db) => {
        await expect(events.add(entryOf('ada'), db)).rejects.toThrow();
        await other.query('COMMIT');
        await expect(events.add(unkeepableOf('nobody'), db)).rejects.toThrow();
        const together = await Promise.allSettled([
          events.add(unkeepableOf('eve'), db),
          events.add(entryOf('eve'), db), // asked for together with what fails, it fails too
        ]);
        expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
        expect(await events.add(entryOf('ada'), db)).toBe(true);
      });
      await library.transact('bob', (db) => expect(events.add(unkeepableOf('bob'), db)).rejects.toThrow());
      expect(await listAccounts()).toEqual(['ada', 'bob']);
      expect(await outbox.stats()).toMatchObject({ waiting: 2 });
      expect(await events.find('new-signup:ada')).toMatchObject({ state: 'waiting' });
      await library.close();
      await other.end();
      await close();
    });

  test('on a client that is in no transaction, what is added is safe at once', ON_PG_BOSS, async ({ postgres }) => {
    const url = await postgres.createUrl();
    const { events, outbox, close } = await prepare(url);
    const client = new pg.Client(url);
    await client.connect();
    expect(await events.add(entryOf('ada'), client)).toBe(true);
    expect(await outbox.stats()).toMatchObject({ waiting: 1 });
    await client.end();
    await close();
  });

  test('what is no connection in a transaction is a mistake that says what came', ON_PG_BOSS, async ({ postgres }) => {
    const url = await postgres.createUrl();
    const { events, outbox, close } = await prepare(url);
    const pool = new pg.Pool({ connectionString: url });
    for (const [db, what] of [
      [pool, 'an object \\(BoundPool\\)'],
      [{}, 'an object'],
      [null, 'null'],
      [url, 'a string'],
      [() => {}, 'a function'],
    ] as const)
      await expect(events.add(entryOf('ada'), db), what).rejects.toThrow(
        new RegExp(`add: "db" must be a connection in a transaction: .*, got ${what}$`),
      );
    expect(await outbox.stats()).toMatchObject({ waiting: 0 });
    await pool.end();
    await close();
  });
}
