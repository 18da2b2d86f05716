import { sqliteStore } from 'cello-companion/server';
import { pgBossStore } from 'cello-companion/server/pg-boss';
import pg from 'pg';
import { expect } from 'playwright/test';
import { ADA, attribute, claimOf, listMessages, UCC } from '../../services/attributed.js';
import { createNoBoss } from '../../services/no-boss.mjs';
import { hasServer, test } from '../../services/postgres.js';
import { HANDLES } from '../../services/sqlite.js';
import { createFolder } from '../../services/stores.js';

const KEY = 'new-signup:user-1';

for (const { name, open } of HANDLES)
  for (const whose of ['the store’s handle', 'a handle of the site’s own'])
    test(`SQLite by ${name}, ${whose}: a sign-up commits or vanishes with the site's rows, in a synchronous transaction too`, async () => {
      const folder = createFolder();
      const file = `${folder.path}/cello.db`;
      const own = open(file);
      const db = whose === 'the store’s handle' ? own : open(file);
      const site = attribute(sqliteStore(own));
      const waiting = async () => (await site.attribution.stats()).waiting;
      const undecided = async () => (await site.attribution.stats()).undecided;
      const from = new URLSearchParams({ ucc: UCC });
      /** As better-sqlite3's `transaction` does it: nothing is awaited in between. */
      const transact = async (end: 'COMMIT' | 'ROLLBACK', fact: object) => {
        db.exec('BEGIN');
        const signing = site.attribution.signup({ user: ADA, db, ...fact });
        db.exec(end);
        return signing;
      };
      await transact('ROLLBACK', { ucc: UCC });
      await transact('ROLLBACK', { from });
      await transact('ROLLBACK', {});
      await site.attribution.claim(claimOf('nobody@example.com', UCC));
      expect([await waiting(), await undecided()]).toEqual([0, 0]);
      expect(await transact('COMMIT', {})).toEqual({ state: 'waiting', ucc: null, key: KEY });
      expect([await waiting(), await undecided()]).toEqual([0, 1]);
      expect(await transact('COMMIT', { from })).toEqual({ state: 'queued', ucc: UCC, key: KEY });
      expect(await transact('COMMIT', { ucc: UCC })).toEqual({ state: 'known', ucc: UCC, key: KEY });
      expect(await site.attribution.signup({ user: ADA })).toMatchObject({ state: 'known' });
      expect([await waiting(), await undecided()]).toEqual([1, 0]);
      expect(site.errors).toEqual([]);
      own.close();
      if (db !== own) db.close();
      folder.remove();
    });

test('finds after the commit the claim of a sign-up that was written within it', async () => {
  const [handle] = HANDLES;
  const db = handle?.open(':memory:');
  if (!db) throw new Error('there is no SQLite here');
  const site = attribute(sqliteStore(db));
  await site.attribution.claim(claimOf(ADA.email, UCC));
  db.exec('BEGIN');
  const signing = site.attribution.signup({ user: ADA, db });
  db.exec('COMMIT');
  expect(await signing).toEqual({ state: 'waiting', ucc: null, key: KEY });
  expect(await site.attribution.run()).toBe(1);
  expect(site.events[0]).toMatchObject({ payload: { ucc: UCC }, context: { newUser: ADA } });
  db.close();
});

test('a db that is none costs no sign-up: it is told', async () => {
  const [handle] = HANDLES;
  const db = handle?.open(':memory:');
  if (!db) throw new Error('there is no SQLite here');
  const site = attribute(sqliteStore(db));
  for (const ucc of [UCC, null])
    expect(await site.attribution.signup({ user: ADA, ucc, db: {} })).toMatchObject({ state: 'failed', key: KEY });
  expect(listMessages(site)).toEqual([expect.stringContaining('"db"'), expect.stringContaining('"db"')]);
  db.close();
});

if (hasServer)
  test('PostgreSQL: a sign-up commits or vanishes with the site’s rows, on a pool of one', async ({ postgres }) => {
    const url = await postgres.createUrl();
    const own = new pg.Pool({ connectionString: url, max: 2 });
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const site = attribute(pgBossStore({ boss: createNoBoss(own), pool }));
    await own.query('CREATE TABLE accounts (id text PRIMARY KEY)');
    const transact = async (end: 'COMMIT' | 'ROLLBACK', fact: object) => {
      const db = await pool.connect(); // the only one: nothing of ours can be had besides
      await db.query('BEGIN');
      await db.query('INSERT INTO accounts VALUES ($1) ON CONFLICT DO NOTHING', [ADA.id]);
      const signed = await site.attribution.signup({ user: ADA, db, ...fact });
      await db.query(end);
      db.release();
      return signed;
    };
    expect(await transact('ROLLBACK', { ucc: UCC })).toMatchObject({ state: 'queued' });
    expect(await transact('ROLLBACK', {})).toMatchObject({ state: 'waiting' });
    expect(await site.attribution.stats()).toMatchObject({ waiting: 0, undecided: 0 });
    expect(await transact('COMMIT', {})).toEqual({ state: 'waiting', ucc: null, key: KEY });
    expect(await transact('COMMIT', {})).toEqual({ state: 'waiting', ucc: null, key: KEY });
    expect(await transact('COMMIT', { from: new Request(`https://site.example/?ucc=${UCC}`) })).toMatchObject({
      state: 'queued',
    });
    expect(await transact('COMMIT', { ucc: UCC })).toEqual({ state: 'known', ucc: UCC, key: KEY });
    expect(await site.attribution.stats()).toMatchObject({ waiting: 1, undecided: 0 });
    expect((await own.query('SELECT id FROM accounts')).rows).toEqual([{ id: ADA.id }]);
    expect(site.errors).toEqual([]);
    await pool.end();
    await own.end();
  });

if (hasServer)
  test('PostgreSQL: a sign-up that fails costs the site nothing of its transaction', async ({ postgres }) => {
    const url = await postgres.createUrl();
    const own = new pg.Pool({ connectionString: url, max: 2 });
    const site = attribute(pgBossStore({ boss: createNoBoss(own), pool: own }));
    await site.attribution.stats(); // makes the tables
    const role = `limited_${process.pid}`;
    await own.query(
      `CREATE TABLE accounts (id text PRIMARY KEY); CREATE ROLE ${role}; GRANT INSERT ON accounts TO ${role}`,
    );
    const db = await own.connect();
    await db.query(`BEGIN; SET LOCAL ROLE ${role}`);
    await db.query('INSERT INTO accounts VALUES ($1)', [ADA.id]);
    for (const fact of [{ ucc: UCC }, {}])
      expect(await site.attribution.signup({ user: ADA, db, ...fact })).toMatchObject({ state: 'failed', key: KEY });
    await db.query('COMMIT');
    expect((await own.query('SELECT id FROM accounts')).rows).toEqual([{ id: ADA.id }]);
    expect(listMessages(site)).toEqual(Array(2).fill(expect.stringContaining('permission denied')));
    await db.query('BEGIN');
    expect(await site.attribution.signup({ user: ADA, ucc: UCC, db })).toEqual({ state: 'queued', ucc: UCC, key: KEY });
    await db.query('COMMIT');
    expect(await site.attribution.stats()).toMatchObject({ waiting: 1, undecided: 0 });
    db.release();
    await own.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await own.end();
  });
