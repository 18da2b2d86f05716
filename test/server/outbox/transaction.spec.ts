/**
 * Events that commit or vanish with the site's own rows, and files that somebody else has.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createOutbox, memoryStore, sqliteStore } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { createGate } from '../../services/gate.js';
import { nameOf, signup } from '../../services/outbox.js';
import { catchError } from '../../services/people.js';
import { HANDLES, type Handle } from '../../services/sqlite.js';

/** What `work` throws, also where it throws before it gives its promise. */
async function fail(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('expected an error');
}

const usersOf = (db: Handle) => db.prepare('SELECT id FROM users').all().length;

for (const { name, open } of HANDLES) {
  /** A site with its own handle, beside the store's on the same file. */
  const createSite = () => {
    const file = test.info().outputPath('site.db');
    const [db, own] = [open(file), open(file)];
    const store = sqliteStore(own);
    db.exec('CREATE TABLE users (id TEXT PRIMARY KEY)');
    const sent: string[] = [];
    const outbox = createOutbox({ store, send: async (event) => sent.push(nameOf(event)), onError: () => {} });
    const insert = db.prepare('INSERT INTO users (id) VALUES (?)');
    return { file, db, own, store, outbox, sent, insert };
  };

  test.describe(`with a handle of ${name}`, () => {
    test('an event commits with the rows of a synchronous transaction', async () => {
      const { db, outbox, sent, insert } = createSite();
      db.exec('BEGIN');
      insert.run('ada');
      const added = outbox.add(signup('ada'), { db });
      db.exec('COMMIT'); // before anybody awaits
      expect(await added).toEqual({ key: 'new-signup:ada', isNew: true });
      expect(await outbox.flush()).toMatchObject({ sent: 1 });
      expect(sent).toEqual(['new-signup:ada']);
    });

    test('and vanishes with them', async () => {
      const { db, outbox, sent, insert } = createSite();
      db.exec('BEGIN IMMEDIATE');
      insert.run('ada');
      await outbox.add(signup('ada'), { db });
      expect(await outbox.stats()).toMatchObject({ waiting: 0 }); // nobody else sees it yet
      db.exec('ROLLBACK');
      expect(await outbox.flush()).toEqual({ sent: 0, waiting: 0, blocked: null });
      expect(usersOf(db)).toBe(0);
      await outbox.add(signup('ada'));
      await outbox.flush();
      expect(sent).toEqual(['new-signup:ada']);
    });

    test('a running outbox finds what was committed by itself, in the order of its user', async () => {
      const { db, outbox, sent } = createSite();
      outbox.start();
      db.exec('BEGIN IMMEDIATE');
      await outbox.add(signup('ada'), { db });
      await outbox.add(signup('ada'), { db, key: 'again' });
      db.exec('COMMIT');
      await expect.poll(() => sent).toEqual(['new-signup:ada', 'new-signup:ada']);
      await outbox.stop();
    });

    test('the same key is taken once, whether it is sent, waits, or stands in the same transaction', async () => {
      const { db, outbox } = createSite();
      await outbox.add(signup('sent'));
      await outbox.flush();
      await outbox.add(signup('waiting'));
      db.exec('BEGIN');
      const added = [];
      for (const id of ['sent', 'waiting', 'new', 'new']) added.push(await outbox.add(signup(id), { db }));
      db.exec('COMMIT');
      expect(added.map(({ isNew }) => isNew)).toEqual([false, false, true, false]);
      expect(await outbox.stats()).toMatchObject({ sent: 1, waiting: 2 });
    });

    test('without a transaction of its own, what is added by a handle is safe at once', async () => {
      const { db, outbox } = createSite();
      await outbox.add(signup('ada'), { db });
      expect(await outbox.stats()).toMatchObject({ waiting: 1 });
    });

    test("the store's own handle may be the site's too, also over turns of the event loop", async () => {
      const { own, outbox, sent } = createSite();
      outbox.start();
      own.exec('BEGIN IMMEDIATE');
      own.prepare('INSERT INTO users (id) VALUES (?)').run('ada');
      await outbox.add(signup('ada'), { db: own });
      await new Promise((resolve) => setTimeout(resolve, 150)); // the worker looks, and stays out of the transaction
      own.exec('ROLLBACK');
      expect(usersOf(own)).toBe(0);
      await outbox.add(signup('bob'));
      await expect.poll(() => sent).toEqual(['new-signup:bob']);
      await outbox.stop();
    });

    test('what goes wrong is thrown inside of a synchronous transaction, which can roll back', async () => {
      const { file, db, outbox, insert } = createSite();
      const other = open(file);
      other.exec('BEGIN IMMEDIATE');
      db.exec('BEGIN');
      const fromMs = performance.now();
      expect(() => outbox.add(signup('ada'), { db })).toThrow(/another connection has the SQLite database/);
      expect(performance.now() - fromMs).toBeLessThan(1000); // the handle itself would wait for 5 s
      db.exec('ROLLBACK');
      other.exec('ROLLBACK');
      other.close();
      db.exec('BEGIN');
      insert.run('ada');
      await outbox.add(signup('ada'), { db });
      db.exec('COMMIT');
      expect(await outbox.stats()).toMatchObject({ waiting: 1 });
      expect(() => Reflect.apply(outbox.add, undefined, [{}, { db }])).toThrow(TypeError);
    });

    test('a handle on another file is a mistake, and told as one', async () => {
      const { outbox } = createSite();
      const other = open(test.info().outputPath('other.db'));
      expect(() => outbox.add(signup('ada'), { db: other })).toThrow(
        /"db" must be a handle on the file that the store has/,
      );
      expect(await outbox.stats()).toMatchObject({ waiting: 0 });
      other.close();
    });

    test('the patience of the handle is as it was', async () => {
      const { db, outbox } = createSite();
      db.exec('PRAGMA busy_timeout = 1234');
      await outbox.add(signup('ada'), { db });
      expect(db.prepare('PRAGMA busy_timeout').get()).toMatchObject({ timeout: 1234 });
    });

    test('another process that has the file for seconds stops neither the event loop nor what is added', async () => {
      const { file, outbox, sent } = createSite();
      const holder = await hold(file);
      let longestMs = 0;
      let lastMs = performance.now();
      const ticks = setInterval(() => {
        longestMs = Math.max(longestMs, performance.now() - lastMs);
        lastMs = performance.now();
      }, 5);
      outbox.start();
      const added = outbox.add(signup('ada'));
      let isAdded = false;
      void added.then(() => {
        isAdded = true;
      });
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(isAdded).toBe(false);
      clearInterval(ticks);
      expect(longestMs).toBeLessThan(500);
      holder.release();
      expect(await added).toMatchObject({ isNew: true });
      await expect.poll(() => sent).toEqual(['new-signup:ada']);
      await outbox.stop();
    });
  });
}

/** A process that has a file until it is told to let go. */
async function hold(file: string): Promise<{ release(): void }> {
  const script = `const Database = require('libsql'); const db = new Database(process.argv[1]);
    db.exec('BEGIN EXCLUSIVE'); console.log('held'); process.stdin.once('data', () => process.exit());`;
  const child = spawn(process.execPath, ['-e', script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const held = createGate();
  createInterface({ input: child.stdout }).once('line', held.open);
  await held.opened;
  return { release: () => void child.stdin.write('go') };
}

test('names what `db` is not', async () => {
  const [handle] = HANDLES;
  const sqlite = createOutbox({ store: sqliteStore(handle?.open(':memory:') ?? never()), send: async () => {} });
  for (const db of [{}, 5, 'file.db', null, () => {}]) {
    const error = await fail(() => Reflect.apply(sqlite.add, undefined, [signup('ada'), { db }]));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/add: "db" must be/);
  }
  const memory = createOutbox({ store: memoryStore(), send: async () => {} });
  expect(String(await fail(() => memory.add(signup('ada'), { db: {} })))).toMatch(
    /"db" must be left out with memoryStore/,
  );
  const misspelt = await catchError(Reflect.apply(memory.add, undefined, [signup('ada'), { DB: {} }]));
  expect(String(misspelt)).toContain('add has no option "DB"');
  expect(await memory.stats()).toMatchObject({ waiting: 0 });
});

function never(): never {
  throw new Error('no handle');
}
