/**
 * PostgreSQL that crashes, restarts, loses an answer, or cuts connections off in the middle of a transaction: nothing that
 * was safe is lost, and one key makes one event.
 */
import { type CelloEvent, createAttribution, createOutbox, newSignup, type Outbox } from 'cello-companion/server';
import pg from 'pg';
import { expect } from 'playwright/test';
import { UCC } from '../../services/attributed.js';
import { signupOf } from '../../services/people.js';
import { test as base, openStore, type PostgresStore } from '../../services/postgres.js';
import { findBinaries, startPostgres } from '../../services/postgres-server.mjs';
import { createWire, type Wire } from '../../services/postgres-wire.js';

/** pg-boss 12 needs Node 22.12. */
const ON_PG_BOSS = { tag: '@node22' };

const binaries = findBinaries();

const signup = (id: string) => newSignup(signupOf(id));
const quiet = { pollMs: 20, onParked: () => {}, onError: () => {} };

/** What reached Cello, in the order of arrival. */
function createCello() {
  const sent: string[] = [];
  const send = async ({ payload }: CelloEvent) => {
    sent.push(payload.newUserId);
    return { requestId: 'request-1' };
  };
  return { sent, send };
}

const flushUntilSent = (outbox: Outbox, total: number) =>
  expect
    .poll(() => outbox.flush().then(() => outbox.stats()), { timeout: 60_000 })
    .toMatchObject({ sent: total, waiting: 0, sending: 0, parked: 0 });

/** What is in the statement that records outcomes, and in no other. */
const OF_OUTCOMES = 'given.request_id';

interface Site {
  readonly url: string;
  readonly wire: Wire;
  readonly pool: pg.Pool;
  readonly store: PostgresStore;
}

/** A site that reaches its database over a wire. pg-boss's own connections go straight, and those of the store do not. */
const test = base.extend<{ site: Site; poolMax: number }>({
  poolMax: [10, { option: true }],
  site: async ({ postgres, poolMax }, use) => {
    const url = await postgres.createUrl();
    const wire = await createWire(Number(new URL(url).port));
    const far = new URL(url);
    far.port = String(wire.port);
    const pool = new pg.Pool({ connectionString: far.href, max: poolMax });
    const store = await openStore(url, 2000, pool);
    await store.events.count(); // makes the tables
    await use({ url, wire, pool, store });
    await store.close();
    wire.close();
  },
});

if (binaries)
  test.describe('on PostgreSQL, when an answer is lost', ON_PG_BOSS, () => {
    test.setTimeout(90_000);

    test('an event whose commit was not confirmed is added once, and is new', async ({ site }) => {
      const { sent, send } = createCello();
      const outbox = createOutbox({ store: site.store, send, ...quiet });
      site.wire.loseCommits(1);
      expect(await outbox.add(signup('ada'))).toEqual({ key: 'new-signup:ada', isNew: true });
      expect(site.wire.countLost()).toBe(1);
      expect(await outbox.add(signup('ada'))).toMatchObject({ isNew: false });
      await flushUntilSent(outbox, 1);
      expect(sent).toEqual(['ada']);
    });

    test('a sign-up whose commits were not confirmed is queued once', async ({ site }) => {
      const { sent, send } = createCello();
      const attribution = createAttribution({ store: site.store, send, ...quiet });
      site.wire.loseCommits(3);
      expect(await attribution.signup({ user: { id: 'ada' }, ucc: UCC })).toMatchObject({ state: 'queued', ucc: UCC });
      expect(site.wire.countLost()).toBeGreaterThan(0);
      await flushUntilSent(attribution.outbox, 1);
      expect(sent).toEqual(['ada']);
    });

    test('a claim that was not confirmed is free again when its lease is over', async ({ site }) => {
      const { sent, send } = createCello();
      const outbox = createOutbox({ store: site.store, send, ...quiet });
      await outbox.add(signup('ada'));
      site.wire.loseCommits(1);
      await outbox.flush({ maxMs: 500 });
      expect(site.wire.countLost()).toBe(1);
      await flushUntilSent(outbox, 1);
      expect(sent).toEqual(['ada']);
    });

    test('an outcome that was not confirmed is recorded once, and counts', async ({ site }) => {
      const { sent, send } = createCello();
      const outbox = createOutbox({ store: site.store, send, ...quiet });
      await outbox.add(signup('ada'));
      site.wire.loseCommits(1, OF_OUTCOMES);
      expect(await outbox.flush({ maxMs: 10_000 })).toEqual({ sent: 1, waiting: 0, blocked: null });
      expect(site.wire.countLost()).toBe(1);
      expect(sent).toEqual(['ada']);
    });

    test('the site hears of an event that was parked, though the answer to that was lost', async ({ site }) => {
      const parked: string[] = [];
      const send = () => Promise.reject(Object.assign(new Error('no'), { retryable: false, ambiguous: false }));
      const outbox = createOutbox({ store: site.store, send, ...quiet, onParked: ({ key }) => parked.push(key) });
      await outbox.add(signup('ada'));
      site.wire.loseCommits(1, OF_OUTCOMES);
      await outbox.flush({ maxMs: 10_000 });
      expect(site.wire.countLost()).toBe(1);
      expect(parked).toEqual(['new-signup:ada']);
      expect(await outbox.stats()).toMatchObject({ parked: 1, sending: 0 });
    });

    test('a message whose receipt was not confirmed runs its callback once', async ({ site }) => {
      const { receipts } = site.store;
      const receipt = { key: 'own submission 1', digest: 'a' };
      const first = await receipts.claim(receipt);
      if (first.state !== 'ours') throw new Error('the message is nobody’s');
      site.wire.loseCommits(1);
      await receipts.settle(receipt, first.token, { status: 'recorded' }).catch(() => {});
      expect(site.wire.countLost()).toBe(1);
      expect(await receipts.claim(receipt)).toEqual({ state: 'done', answer: { status: 'recorded' } });
    });
  });

if (binaries)
  test.describe('on PostgreSQL, when connections are cut off', ON_PG_BOSS, () => {
    test.setTimeout(90_000);

    /** Ends every connection to this database but one's own, again and again, until it is told to stop. */
    async function cutOften(url: string) {
      const operator = new pg.Client(url);
      await operator.connect();
      let isOver = false;
      let cuts = 0;
      const run = async () => {
        while (!isOver) {
          const { rowCount } = await operator.query(
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
          );
          cuts += rowCount ?? 0;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      };
      const running = run();
      return {
        countCuts: () => cuts,
        async stop() {
          isOver = true;
          await running;
          await operator.end();
        },
      };
    }

    for (const max of [10, 1])
      test.describe(`with a pool of ${max}`, () => {
        test.use({ poolMax: max });

        test('in the middle of their transactions, every sign-up is sent in the end, and the process lives', async ({
          site,
        }) => {
          const { sent, send } = createCello();
          const attribution = createAttribution({ store: site.store, send, ...quiet, leaseMs: 2000 });
          attribution.start();
          const knife = await cutOften(site.url);
          const ids: string[] = [];
          const states: string[] = [];
          while (ids.length < 60 || knife.countCuts() < 10) {
            const six = Array.from({ length: 6 }, (_, i) => `user-${ids.length + i}`);
            ids.push(...six);
            const answers = six.map((id) => attribution.signup({ user: { id }, ucc: UCC }));
            for (const { state } of await Promise.all(answers)) states.push(state);
          }
          await knife.stop();
          await expect.poll(() => ids.filter((id) => !sent.includes(id)), { timeout: 60_000 }).toEqual([]);
          // A database that keeps cutting us off for two seconds gives `failed`, and the rest of it is done later.
          expect(states.filter((state) => state !== 'queued' && state !== 'failed')).toEqual([]);
          await attribution.stop();
        });
      });

    test('a sign-up in the site’s own transaction that breaks leaves no event, and the site may repeat it', async ({
      site,
    }) => {
      const { sent, send } = createCello();
      const errors: unknown[] = [];
      const attribution = createAttribution({ store: site.store, send, ...quiet, onError: (e) => errors.push(e) });
      const operator = new pg.Client(site.url);
      await operator.connect();
      await operator.query('CREATE TABLE accounts (id text PRIMARY KEY)');

      /** One sign-up of the site: the account and the event, together. */
      const signUp = async (beforeCommit: (pid: number) => unknown) => {
        const client = await site.pool.connect();
        client.on('error', () => {});
        try {
          const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
          await client.query('BEGIN');
          await client.query("INSERT INTO accounts (id) VALUES ('ada') ON CONFLICT DO NOTHING");
          const { state } = await attribution.signup({ user: { id: 'ada' }, ucc: UCC, db: client });
          await beforeCommit(rows[0].pid);
          await client.query('COMMIT');
          return state;
        } catch {
          return 'broken';
        } finally {
          client.release(true);
        }
      };

      expect(await signUp((pid) => operator.query('SELECT pg_terminate_backend($1)', [pid]))).toBe('broken');
      await attribution.flush();
      expect([sent, (await operator.query('SELECT * FROM accounts')).rows]).toEqual([[], []]);

      site.wire.loseCommits(1); // the site cannot know that it stands
      expect(await signUp(() => {})).toBe('broken');
      expect(await signUp(() => {})).toBe('known');
      await flushUntilSent(attribution.outbox, 1);
      expect(sent).toEqual(['ada']);
      expect(errors).toEqual([]);
      await operator.end();
    });
  });

if (binaries)
  for (const max of [10, 1])
    test(
      `a PostgreSQL that crashes loses no sign-up that was answered, with a pool of ${max}`,
      ON_PG_BOSS,
      async () => {
        test.setTimeout(120_000);
        const server = await startPostgres(binaries);
        const url = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
        const store = await openStore(url, 2000, new pg.Pool({ connectionString: url, max }));
        const { sent, send } = createCello();
        const attribution = createAttribution({ store, send, ...quiet, leaseMs: 2000 });
        attribution.start();
        const tookMs: number[] = [];
        const states = new Map<string, string>();
        const signUp = async (id: string) => {
          const fromMs = performance.now();
          states.set(id, (await attribution.signup({ user: { id }, ucc: UCC })).state);
          tookMs.push(performance.now() - fromMs);
        };
        const signUpMany = (name: string) => Promise.all(Array.from({ length: 20 }, (_, i) => signUp(`${name}-${i}`)));
        await signUpMany('before');
        const crashed = server.crash();
        await signUpMany('during');
        await crashed;
        await signUpMany('after');
        const ids = [...states.keys()];
        // Those that were answered with `failed` are tried further, and this process lives on.
        await expect.poll(() => ids.filter((id) => !sent.includes(id)), { timeout: 60_000 }).toEqual([]);
        expect(new Set(states.values())).toEqual(
          new Set(['queued', ...(states.get('during-0') === 'failed' ? ['failed'] : [])]),
        );
        expect(Math.max(...tookMs)).toBeLessThan(5000);
        await attribution.stop();
        expect(await attribution.stats()).toMatchObject({ sent: 60, waiting: 0, sending: 0, parked: 0 });
        await store.close();
        await server.stop();
      },
    );
