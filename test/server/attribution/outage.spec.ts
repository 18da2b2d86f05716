/** A store that is down, full or locked for a while: nothing is lost, and whoever ends the process can wait for it. */
import { createOutbox, memoryStore, newSignup, type Store, sqliteStore } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { ADA, attribute, listMessages, UCC } from '../../services/attributed.js';
import { HANDLES } from '../../services/sqlite.js';
import { createFolder } from '../../services/stores.js';

const KEY = 'new-signup:user-1';

interface Breakable extends Store {
  /** What every call rejects with; `null`: it works. */
  failure: unknown;
}

/** A store that rejects as a driver would while its database is down. */
function createBreakable(): Breakable {
  const store = memoryStore();
  const concern = <T extends object>(real: T): T =>
    new Proxy(real, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name === 'now' || typeof value !== 'function') return value;
        return (...values: unknown[]) =>
          breakable.failure === null ? Reflect.apply(value, target, values) : Promise.reject(breakable.failure);
      },
    });
  const breakable: Breakable = {
    receipts: store.receipts,
    records: concern(store.records),
    events: concern(store.events),
    failure: null,
  };
  return breakable;
}

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

/** As the drivers say them. */
const PASSING: readonly (readonly [string, unknown])[] = [
  ['ECONNREFUSED', coded('ECONNREFUSED')],
  [
    'ECONNREFUSED on every address',
    Object.assign(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
  ],
  ['ECONNRESET', coded('ECONNRESET')],
  ['ETIMEDOUT', coded('ETIMEDOUT')],
  ['08006, connection failure', coded('08006')],
  ['57P01, shut down', coded('57P01', 'terminating connection due to administrator command')],
  ['57P03, starting up', coded('57P03', 'the database system is starting up')],
  ['53300, too many connections', coded('53300', 'too many connections for role "app"')],
  ['a pool that is exhausted', new Error('timeout exceeded when trying to connect')],
  ['a connection that broke', new Error('Connection terminated unexpectedly')],
  ['a query that a library wraps', new Error('Failed query: insert', { cause: coded('ECONNRESET') })],
  ['SQLITE_FULL', coded('SQLITE_FULL', 'database or disk is full')],
  ['SQLITE_IOERR_WRITE', coded('SQLITE_IOERR_WRITE', 'disk I/O error')],
  ['node:sqlite, full', Object.assign(coded('ERR_SQLITE_ERROR'), { errcode: 13 })],
  ['node:sqlite, an I/O error', Object.assign(coded('ERR_SQLITE_ERROR'), { errcode: 778 })],
];

for (const [what, failure] of PASSING)
  test(`keeps a sign-up and a demo through ${what}`, async () => {
    const store = createBreakable();
    store.failure = failure;
    const site = attribute(store);
    const signing = site.attribution.signup({ user: ADA, ucc: UCC });
    const attending = site.attribution.attended({ id: 'b1', ucc: UCC });
    await new Promise((resolve) => setTimeout(resolve, 30));
    store.failure = null;
    expect(await signing).toEqual({ state: 'queued', ucc: UCC, key: KEY });
    expect(await attending).toMatchObject({ state: 'queued' });
    expect([...site.keys].sort()).toEqual(['demo-call-attended:b1', KEY]);
    expect(site.errors).toEqual([]);
  });

for (const [what, failure] of [
  ['no permission', coded('42501', 'permission denied for table events')],
  ['a table that is gone', coded('SQLITE_ERROR', 'no such table')],
  ['a file that may not be written', coded('SQLITE_READONLY')],
] as const)
  test(`says at once what does not pass: ${what}`, async () => {
    const store = createBreakable();
    store.failure = failure;
    const site = attribute(store);
    expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toMatchObject({ state: 'failed' });
    expect(site.errors).toEqual([failure]);
  });

test('answers after two seconds, says what is wrong, and goes on until the store is back', async () => {
  const store = createBreakable();
  store.failure = coded('ECONNREFUSED');
  const site = attribute(store);
  expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toEqual({ state: 'failed', ucc: UCC, key: KEY });
  expect(listMessages(site)).toEqual([expect.stringContaining('still trying')]);
  expect(site.errors[0]).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  store.failure = null;
  await expect.poll(() => site.keys).toEqual([KEY]);
  expect(site.errors).toHaveLength(1);
});

test('what failed is lost: nothing is kept of it or tried again, and to report it again makes its event', async () => {
  const store = createBreakable();
  store.failure = coded('42501');
  const site = attribute(store);
  expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toEqual({ state: 'failed', ucc: UCC, key: KEY });
  expect(await site.attribution.attended({ id: 'b1', ucc: UCC })).toMatchObject({ state: 'failed' });
  store.failure = null;
  expect(await site.attribution.flush()).toEqual({ sent: 0, waiting: 0, blocked: null });
  expect(await site.attribution.stats()).toMatchObject({ undecided: 0, waiting: 0, sent: 0 });
  expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toMatchObject({ state: 'queued' });
  expect(await site.attribution.attended({ id: 'b1', ucc: UCC })).toMatchObject({ state: 'queued' });
});

test('what failed for want of time may succeed yet, and to report it again makes no second event', async () => {
  const store = createBreakable();
  store.failure = coded('ECONNREFUSED');
  const site = attribute(store);
  const states = async () =>
    (await Promise.all([1, 2].map(() => site.attribution.signup({ user: ADA, ucc: UCC })))).map(({ state }) => state);
  expect(await states()).toEqual(['failed', 'failed']);
  store.failure = null;
  expect((await states()).every((state) => state === 'queued' || state === 'known')).toBe(true);
  await site.attribution.stop();
  expect(site.keys).toEqual([KEY]);
});

test('flush waits for what is still tried, and sends it', async () => {
  const store = createBreakable();
  const site = attribute(store);
  store.failure = coded('57P03');
  const signing = site.attribution.signup({ user: ADA, ucc: UCC });
  const flushing = site.attribution.flush({ maxMs: 20_000 });
  store.failure = null;
  expect(await flushing).toEqual({ sent: 1, waiting: 0, blocked: null });
  expect(await signing).toMatchObject({ state: 'queued' });
});

test('flush counts what is still tried as waiting, and ends in time', async () => {
  const store = memoryStore();
  const site = attribute({ ...store, records: { ...store.records, find: () => new Promise(() => {}) } });
  void site.attribution.signup({ user: ADA, ucc: UCC });
  expect(await site.attribution.flush({ maxMs: 200 })).toEqual({ sent: 0, waiting: 1, blocked: null });
});

test('stop waits for what is still tried', async () => {
  const store = createBreakable();
  const site = attribute(store);
  site.attribution.start();
  store.failure = coded('ECONNREFUSED');
  void site.attribution.signup({ user: ADA, ucc: UCC });
  const stopping = site.attribution.stop();
  store.failure = null;
  await stopping;
  expect(site.keys).toEqual([KEY]);
  expect((await site.attribution.stats()).waiting).toBe(0);
});

test('stop says what is lost when the store does not come back', async () => {
  const store = createBreakable();
  store.failure = coded('ECONNREFUSED');
  const site = attribute(store);
  const signing = site.attribution.signup({ user: ADA, ucc: UCC });
  await site.attribution.stop({ drainMs: 20 });
  expect(await signing).toMatchObject({ state: 'failed' });
  expect(site.errors).toEqual([store.failure]);
});

test('an outbox tries again by itself what may pass, and rejects with what does not', async () => {
  const store = createBreakable();
  const outbox = createOutbox({ store, send: async () => null, onError: () => {} });
  store.failure = coded('53300');
  const adding = outbox.add(newSignup({ ucc: UCC, user: { id: 'eve' } }));
  store.failure = null;
  expect(await adding).toEqual({ key: 'new-signup:eve', isNew: true });
  store.failure = coded('42501');
  await expect(outbox.add(newSignup({ ucc: UCC, user: { id: 'ben' } }))).rejects.toThrow('42501');
  store.failure = coded('53300');
  const late = outbox.add(newSignup({ ucc: UCC, user: { id: 'ida' } })).catch((error: unknown) => error);
  await outbox.stop({ drainMs: 20 });
  expect(await late).toBe(store.failure);
});

for (const { name, open } of HANDLES)
  test(`keeps a sign-up that meets a full disk on SQLite by ${name}`, async () => {
    const folder = createFolder();
    const db = open(`${folder.path}/cello.db`);
    const site = attribute(sqliteStore(db));
    await site.attribution.signup({ user: { id: 'first' }, ucc: UCC });
    const { page_count: pages } = Object(db.prepare('PRAGMA page_count').get());
    db.prepare(`PRAGMA max_page_count = ${pages}`).get();
    const signing = Array.from({ length: 40 }, (_, i) =>
      site.attribution.signup({ user: { id: `u${i}`, name: 'x'.repeat(400) }, ucc: UCC }),
    );
    expect(() => db.exec('CREATE TABLE filler AS SELECT zeroblob(9000000) AS filling')).toThrow('full');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(site.keys.length).toBeLessThan(41);
    db.prepare('PRAGMA max_page_count = 1000000').get();
    await Promise.all(signing);
    await site.attribution.stop();
    expect(site.keys).toHaveLength(41);
    db.close();
    folder.remove();
  });
