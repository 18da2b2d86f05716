import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createReferralStore, memoryStore, type Store, sqliteStore } from 'cello-companion/server';
import { expect } from 'playwright/test';
import { createReferrals, digestKey, nameReferral } from '../../dist/server/referrals/referrals.js';
import { HANDLES } from '../services/sqlite.js';
import { createFolder, inEachStore, test } from '../services/stores.js';

const DAY_MS = 86_400_000;
const KEY = 'ada@example.com';
const on = (day: number) => new Date(Date.UTC(2026, 9, day));

/** A browser says that this person came by this code. */
async function claim(store: Store, ucc: string, at = new Date()): Promise<void> {
  const email = await digestKey(KEY);
  await createReferrals(store.records).claim(email, { email, user: null }, { ucc, kind: 'signup', atMs: at.getTime() });
}

inEachStore('with', () => {
  test('finds the code that booked a demo, and nothing for another person', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await referrals.save({ key: KEY, ucc: 'first', kind: 'demo', at: on(1) });
    expect(await referrals.find(KEY)).toEqual({ ucc: 'first', kind: 'demo', at: on(1) });
    expect(await referrals.find('eve@example.com')).toBeNull();
  });

  test('takes what a message holds: its code, its kind, its time as text', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await referrals.save({ key: KEY, ucc: 'first', kind: null, at: '2026-10-01T00:00:00.000Z' });
    expect(await referrals.find(KEY)).toEqual({ ucc: 'first', kind: null, at: on(1) });
  });

  test('stamps what has no time with now, and what lies ahead too', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    const before = Date.now();
    const stamped = [
      await referrals.save({ key: 'a', ucc: 'first' }),
      await referrals.save({ key: 'b', ucc: 'first', at: '2099-01-01T00:00:00.000Z' }),
    ];
    for (const { at } of stamped) {
      expect(at.getTime()).toBeGreaterThanOrEqual(before);
      expect(at.getTime()).toBeLessThanOrEqual(Date.now());
    }
  });

  test('finds an e-mail address in any case of letters, and an id only as it was written', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await referrals.save({ key: ' Ada@Example.com ', ucc: 'first' });
    await referrals.save({ key: '0015g00000AbCdE', ucc: 'second' });
    expect((await referrals.find('ada@example.COM'))?.ucc).toBe('first');
    expect(await referrals.find('0015g00000aBcDe')).toBeNull();
  });

  test('keeps the last touch, by the time it happened and not by the time it came', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await referrals.save({ key: KEY, ucc: 'second', at: on(2) });
    expect((await referrals.save({ key: KEY, ucc: 'first', at: on(1) })).ucc).toBe('second');
    expect((await referrals.save({ key: KEY, ucc: 'third', at: on(3) })).ucc).toBe('third');
    expect((await referrals.find(KEY))?.ucc).toBe('third');
  });

  test('keeps the first touch, if the site wants it so', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store, touch: 'first' });
    await referrals.save({ key: KEY, ucc: 'second', at: on(2) });
    expect((await referrals.save({ key: KEY, ucc: 'third', at: on(3) })).ucc).toBe('second');
    expect((await referrals.save({ key: KEY, ucc: 'again', at: on(2) })).ucc).toBe('second');
    expect((await referrals.save({ key: KEY, ucc: 'first', at: on(1) })).ucc).toBe('first');
    expect((await referrals.find(KEY))?.ucc).toBe('first');
  });

  test('forgets after 90 days, counted from the day it was saved', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await referrals.save({ key: KEY, ucc: 'first', at: new Date(0) });
    kept.pass(89.9 * DAY_MS);
    expect((await referrals.find(KEY))?.ucc).toBe('first');
    kept.pass(0.2 * DAY_MS);
    expect(await referrals.find(KEY)).toBeNull();
    expect(await referrals.erase(KEY)).toBe(false);
  });

  test('forgets after the days that the site sets, and an older code can come then', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store, days: 7 });
    await referrals.save({ key: KEY, ucc: 'second', at: on(2) });
    kept.pass(7 * DAY_MS);
    expect((await referrals.save({ key: KEY, ucc: 'first', at: on(1) })).ucc).toBe('first');
  });

  test('erases what stands under a key, and says whether there was something', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await referrals.save({ key: KEY, ucc: 'first' });
    expect(await referrals.erase('ADA@example.com')).toBe(true);
    expect(await referrals.find(KEY)).toBeNull();
    expect(await referrals.erase(KEY)).toBe(false);
  });

  test('keeps what the site saved, whatever browsers claim before and after', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await claim(kept.store, 'early');
    await referrals.save({ key: KEY, ucc: 'genuine', at: on(1) });
    await claim(kept.store, 'forged');
    await claim(kept.store, 'forged', new Date(0));
    expect(await referrals.find(KEY)).toEqual({ ucc: 'genuine', kind: null, at: on(1) });
  });

  test('finds a claim where the site saved nothing, and says so when claims differ', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await claim(kept.store, 'genuine');
    await claim(kept.store, 'genuine');
    expect(await referrals.find(KEY)).toMatchObject({ ucc: 'genuine', kind: 'signup' });
    expect(await referrals.find(KEY)).not.toHaveProperty('conflict');
    kept.pass(1000);
    await claim(kept.store, 'forged', new Date(Date.now() + 1000));
    expect(await referrals.find(KEY)).toMatchObject({ ucc: 'forged', conflict: true });
  });

  test('believes a claim’s time within 48 hours before it arrived, whatever it says', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store, touch: 'first' });
    const now = Date.now();
    await claim(kept.store, 'old', new Date(0));
    const at = (await referrals.find(KEY))?.at.getTime() ?? 0;
    expect(at).toBeGreaterThanOrEqual(now - 48 * 3_600_000);
    expect(at).toBeLessThanOrEqual(Date.now() - 48 * 3_600_000);
    expect(await referrals.erase(KEY)).toBe(true);
    await claim(kept.store, 'ahead', new Date('2099-01-01'));
    expect((await referrals.find(KEY))?.at.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test('keeps two codes that come at the same moment, and so their conflict', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await Promise.all(Array.from({ length: 8 }, (_, i) => claim(kept.store, `code-${i % 2}`)));
    expect(await referrals.find(KEY)).toMatchObject({ conflict: true });
  });

  test('bounds what a flood under one address leaves, and keeps the claim that was there first', async ({ kept }) => {
    await claim(kept.store, 'genuine', new Date(Date.now() - 3_600_000));
    for (let i = 0; i < 20; i += 1) await claim(kept.store, `flood-${i}`);
    const records = await kept.store.records.find([nameReferral(await digestKey(KEY))]);
    expect(records).toHaveLength(1);
    expect(records[0]?.body.match(/"ucc"/g)).toHaveLength(4);
    expect(records[0]?.body).toContain('genuine');
  });

  test('names what is malformed', async ({ kept }) => {
    const referrals = createReferralStore({ store: kept.store });
    await expect(referrals.save({ key: '  ', ucc: 'first' })).rejects.toThrow('"key" must be a text that is not empty');
    await expect(referrals.save({ key: KEY, ucc: '' })).rejects.toThrow(
      '"ucc" must be a referral code, got an empty string',
    );
    await expect(referrals.save({ key: KEY, ucc: 'first', at: 'yesterday' })).rejects.toThrow(
      '"at" must be a Date or a timestamp',
    );
    // @ts-expect-error: no such kind
    await expect(referrals.save({ key: KEY, ucc: 'first', kind: 'call' })).rejects.toThrow(
      '"kind" must be "signup", "demo" or null',
    );
  });
});

for (const { name, open } of HANDLES) {
  test(`outlives a restart by ${name}, and the file holds no e-mail address`, async () => {
    const folder = createFolder();
    const file = join(folder.path, 'cello.db');
    const first = open(file);
    await createReferralStore({ store: sqliteStore(first) }).save({ key: KEY, ucc: 'first', kind: 'demo', at: on(1) });
    first.close();
    const second = open(file);
    expect(await createReferralStore({ store: sqliteStore(second) }).find(KEY)).toEqual({
      ucc: 'first',
      kind: 'demo',
      at: on(1),
    });
    second.close();
    expect(readFileSync(file).includes('ada@')).toBe(false);
    folder.remove();
  });

  test(`a database that ${name} opens again keeps its tables, and is in WAL`, () => {
    const folder = createFolder();
    const db = open(join(folder.path, 'cello.db'));
    sqliteStore(db);
    sqliteStore(db);
    expect(db.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
    const rows = db.prepare('SELECT concern, version FROM cello_companion_schema ORDER BY concern').all();
    expect(rows).toContainEqual({ concern: 'receipts', version: 1 });
    expect(rows).toContainEqual({ concern: 'referrals', version: 1 });
    db.close();
    folder.remove();
  });
}

test('takes over what an older version kept in a table of its own', async () => {
  const [handle] = HANDLES;
  const db = handle?.open(':memory:');
  if (!db) throw new Error('there is no SQLite here');
  db.exec('CREATE TABLE cello_companion_schema (concern TEXT PRIMARY KEY, version INTEGER NOT NULL)');
  db.exec("INSERT INTO cello_companion_schema VALUES ('referrals', 1)");
  db.exec(
    'CREATE TABLE cello_companion_referrals (key TEXT PRIMARY KEY, ucc TEXT NOT NULL, kind TEXT, at_ms INTEGER NOT NULL, forget_after_ms INTEGER NOT NULL)',
  );
  db.prepare('INSERT INTO cello_companion_referrals VALUES (?, ?, ?, ?, ?)').run(
    await digestKey(KEY),
    'a"b\\c',
    null,
    on(1).getTime(),
    Date.now() + DAY_MS,
  );
  const referrals = createReferralStore({ store: sqliteStore(db) });
  expect(await referrals.find(KEY)).toEqual({ ucc: 'a"b\\c', kind: null, at: on(1) });
  expect(db.prepare('SELECT count(*) AS total FROM cello_companion_referrals').get()).toMatchObject({ total: 0 });
  db.close();
});

test('refuses wrong options at once', () => {
  const store = memoryStore();
  // @ts-expect-error: no options
  expect(() => createReferralStore()).toThrow('[cello-companion]');
  // @ts-expect-error: no store
  expect(() => createReferralStore({})).toThrow('"store" must be a store such as memoryStore(), got undefined');
  expect(() => createReferralStore({ store, days: 0 })).toThrow('"days" must be a number of days above 0, got 0');
  // @ts-expect-error: no such touch
  expect(() => createReferralStore({ store, touch: 'both' })).toThrow('"touch" must be "first" or "last", got "both"');
  // @ts-expect-error: no such option
  expect(() => createReferralStore({ store, day: 3 })).toThrow('createReferralStore has no option "day"');
});
