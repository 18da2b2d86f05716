import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createEndpoint,
  createReferralStore,
  type Database,
  StoreBusyError,
  sqliteStore,
  toNodeHandler,
} from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { OWN, submission } from '../../services/messages.js';
import { HANDLES } from '../../services/sqlite.js';
import { createFolder } from '../../services/stores.js';
import { listen, send } from '../../services/wire.js';

const closers: (() => unknown)[] = [];

test.afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function createFile(): string {
  const folder = createFolder();
  closers.push(folder.remove);
  return join(folder.path, 'cello.db');
}

/** Another process that writes to the file, and does not end before it is told to. */
async function lock(file: string): Promise<() => Promise<void>> {
  const child = spawn(
    process.execPath,
    [
      '-e',
      `const db = new (require('libsql'))(${JSON.stringify(file)}); db.exec('BEGIN IMMEDIATE'); console.log('locked');
       process.stdin.once('data', () => { db.exec('COMMIT'); process.exit(0); });`,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  closers.push(() => child.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return async () => {
    child.stdin.write('go on');
    await ended;
  };
}

const readPatience = (db: Database) => Reflect.get(Object(db.prepare('PRAGMA busy_timeout').get()), 'timeout');

/** An event as the outbox hands it over. */
const entryOf = (id: string) => ({
  key: `new-signup:${id}`,
  userId: id,
  isSignup: true,
  body: JSON.stringify({ payload: { newUserId: id }, context: { newUser: { id, email: `${id}@example.com` } } }),
});

for (const { name, open } of HANDLES)
  test.describe(`on a handle of ${name}`, () => {
    test('while another process writes, messages get 503 and everything else goes on', async () => {
      const file = createFile();
      const db = open(file);
      closers.push(() => db.close());
      // As better-sqlite3 comes: were a statement of ours to wait in it, each of these messages would take a minute.
      db.exec('PRAGMA busy_timeout = 60000');
      const store = sqliteStore(db);
      const endpoint = createEndpoint({ store, onReferral: () => {} });
      const site = await listen(toNodeHandler(endpoint));
      closers.push(site.close);
      const release = await lock(file);
      const post = (message = submission()) => send(site.origin, { headers: OWN, body: JSON.stringify(message) });
      const message = submission();
      const answers = await Promise.all([post(message), ...Array.from({ length: 20 }, () => post())]);
      for (const { status, json, headers } of answers)
        expect([status, json, headers['retry-after']]).toEqual([503, { error: 'busy' }, '1']);
      const busy = await store.receipts.claim({ key: 'a', digest: 'a' }).catch((error: unknown) => error);
      expect(busy).toBeInstanceOf(StoreBusyError);
      expect(busy).toMatchObject({ retryable: true, retryAfterMs: 1000 });
      expect(await store.events.count()).toMatchObject({ waiting: 0 }); // what only reads is not held up
      await release();
      expect((await post(message)).json).toEqual({ status: 'recorded' });
      expect(readPatience(db)).toBe(60_000); // the site's own statements wait as long as it wants
    });

    test('a store that is made while another process writes is ready as soon as that is through', async () => {
      const file = createFile();
      open(file).close();
      const release = await lock(file);
      const db = open(file);
      closers.push(() => db.close());
      const store = sqliteStore(db);
      await expect(store.receipts.claim({ key: 'a', digest: 'a' })).rejects.toThrow(StoreBusyError);
      await release();
      expect(await store.receipts.claim({ key: 'a', digest: 'a' })).toMatchObject({ state: 'ours' });
    });

    test('of what is committed together, what fails is alone in that', async () => {
      const db = open(':memory:');
      closers.push(() => db.close());
      const { receipts, records, events } = sqliteStore(db);
      const record = { body: '{}', email: null, user: null, dueMs: null, forgetAfterMs: null, stage: 'open' } as const;
      const results = await Promise.all([
        receipts.claim({ key: 'a', digest: 'a' }),
        records.commit([{ key: 'late', version: 7, next: record }]), // nobody ever wrote six versions of it
        records.commit([{ key: 'new', version: 0, next: record }]),
        events.add(entryOf('ada')),
      ]);
      expect(results).toEqual([{ state: 'ours', token: expect.any(String) }, false, true, true]);
      expect(await events.count()).toMatchObject({ waiting: 1 });
    });

    // As SQLite does by itself when the disk is full: https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
    test('an error that ended the transaction is told as it is', async () => {
      const db = open(':memory:');
      closers.push(() => db.close());
      const { events } = sqliteStore(db);
      db.exec(`CREATE TRIGGER full BEFORE INSERT ON cello_companion_outbox
        BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END`);
      await expect(events.add(entryOf('ada'))).rejects.toThrow('database or disk is full');
      db.exec('BEGIN');
      expect(() => events.add(entryOf('ada'), db)).toThrow('database or disk is full');
      db.exec('DROP TRIGGER full');
      expect(await events.add(entryOf('ada'))).toBe(true);
    });

    test('what is erased leaves the files', async () => {
      const file = createFile();
      const db = open(file);
      closers.push(() => db.close());
      const { events } = sqliteStore(db);
      for (const id of ['ada', 'eve']) await events.add(entryOf(id));
      const readAll = () =>
        readdirSync(join(file, '..'))
          .map((one) => readFileSync(join(file, '..', one), 'latin1'))
          .join();
      expect(readAll()).toContain('ada@example.com');
      await events.erase?.({ email: 'ada@example.com', userId: null });
      await expect.poll(readAll).not.toContain('ada@example.com');
      expect(readAll()).not.toContain('new-signup:ada');
      expect(readAll()).toContain('eve@example.com');
    });

    test('a database that a later version has changed is left so, and serves', async () => {
      const file = createFile();
      const later = open(file);
      sqliteStore(later);
      later.exec('ALTER TABLE cello_companion_receipts ADD COLUMN colour TEXT');
      later.exec("UPDATE cello_companion_schema SET version = 99 WHERE concern = 'receipts'");
      closers.push(() => later.close());
      const earlier = open(file);
      closers.push(() => earlier.close());
      const { receipts } = sqliteStore(earlier);
      expect(await receipts.claim({ key: 'a', digest: 'a' })).toMatchObject({ state: 'ours' });
      const row = later.prepare("SELECT version FROM cello_companion_schema WHERE concern = 'receipts'").get();
      expect(row).toMatchObject({ version: 99 });
    });

    test('old receipts are thrown away a slice at a time', async () => {
      const db = open(':memory:');
      closers.push(() => db.close());
      let nowMs = Date.now();
      const { receipts } = sqliteStore(db, { clock: () => nowMs });
      await Promise.all(
        Array.from({ length: 1200 }, (_, index) => receipts.claim({ key: `old-${index}`, digest: 'a' })),
      );
      nowMs += 15 * 86_400_000;
      const left: unknown[] = [];
      for (let index = 0; index < 4; index++) {
        await receipts.claim({ key: `new-${index}`, digest: 'a' });
        left.push(Reflect.get(Object(db.prepare('SELECT count(*) AS n FROM cello_companion_receipts').get()), 'n'));
      }
      expect(left).toEqual([701, 202, 3, 4]);
    });
  });

test('what is no handle is a mistake that says what came', () => {
  // @ts-expect-error: a path is no handle
  expect(() => sqliteStore('cello.db')).toThrow('sqliteStore: "db" must be an open SQLite handle, got a string');
});

test('two stores on one handle, as a site with two modules has them, do not get into each other’s way', async () => {
  const db = HANDLES[0]?.open(':memory:');
  if (!db) throw new Error('no handle');
  const stores = [sqliteStore(db), sqliteStore(db)];
  await Promise.all(
    stores.flatMap((store, index) =>
      Array.from({ length: 20 }, (_, id) =>
        createReferralStore({ store }).save({ key: `${index}-${id}`, ucc: 'test' }),
      ),
    ),
  );
  const found = await createReferralStore({ store: sqliteStore(db) }).find('1-19');
  expect(found?.ucc).toBe('test');
  db.close();
});
