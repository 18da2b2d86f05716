import {
  type CelloError,
  createAttribution,
  createCello,
  createEndpoint,
  createReferralStore,
  memoryStore,
  type Store,
  sqliteStore,
} from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { startCelloApi } from '../../../stand-ins/cello-api.mjs';
import { ADA, attribute, claimOf, listMessages, UCC } from '../../services/attributed.js';
import { OWN } from '../../services/messages.js';
import { HANDLES } from '../../services/sqlite.js';
import { createFolder } from '../../services/stores.js';

const KEY = 'new-signup:user-1';

/** A store whose every call rejects, or never settles. */
function breakStore(how: 'rejects' | 'hangs'): Store {
  const answer = () =>
    how === 'rejects' ? Promise.reject(new Error('the store is down')) : new Promise<never>(() => {});
  const concern = <T extends object>(real: T): T =>
    new Proxy(real, {
      get: (target, name) =>
        name === 'now'
          ? Reflect.get(target, name)
          : typeof Reflect.get(target, name) === 'function'
            ? answer
            : undefined,
    });
  const { receipts, records, events } = memoryStore();
  return { receipts: concern(receipts), records: concern(records), events: concern(events) };
}

test('answers a sign-up while the store is down: failed, told, and nothing thrown', async () => {
  const site = attribute(breakStore('rejects'));
  expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toEqual({ state: 'failed', ucc: UCC, key: KEY });
  expect(await site.attribution.signup({ user: ADA })).toEqual({ state: 'failed', ucc: null, key: KEY });
  expect(await site.attribution.booked({ id: 'b1', ucc: UCC })).toMatchObject({
    state: 'failed',
    key: 'demo-call-attended:b1',
  });
  for (const verb of ['moved', 'cancelled', 'missed', 'attended'] as const)
    expect(await site.attribution[verb]({ id: 'b1' })).toMatchObject({ state: 'failed' });
  expect(await site.attribution.run()).toBe(0);
  expect(listMessages(site)).toEqual(Array(8).fill('the store is down'));
});

test('answers a sign-up within two seconds while the store hangs', async () => {
  const site = attribute(breakStore('hangs'));
  expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toEqual({ state: 'failed', ucc: UCC, key: KEY });
  expect(listMessages(site)[0]).toContain('the store did not answer in time');
});

test('makes in a later round what the outbox could not take, and lets no record stand in the way of others', async () => {
  let passedMs = 0;
  const store = memoryStore({ clock: () => Date.now() + passedMs });
  let isDown = true;
  const add: Store['events']['add'] = (entry, db) =>
    isDown && entry.userId !== 'free' ? Promise.reject(new Error('the outbox is down')) : store.events.add(entry, db);
  const site = attribute({ ...store, events: { ...store.events, add } });
  expect(await site.attribution.signup({ user: ADA, ucc: UCC })).toEqual({ state: 'waiting', ucc: null, key: KEY });
  expect(await site.attribution.attended({ id: 'b1', ucc: UCC })).toMatchObject({ state: 'waiting', ucc: null });
  await site.attribution.signup({ user: { id: 'free', email: 'eve@example.com' } });
  await createReferralStore({ store }).save({ key: 'eve@example.com', ucc: UCC });
  passedMs = 25 * 3_600_000;
  expect(await site.attribution.run()).toBe(1);
  expect(site.keys).toEqual(['new-signup:free']);
  expect(listMessages(site)).toEqual(Array(4).fill('the outbox is down'));
  isDown = false;
  passedMs = 26 * 3_600_000;
  expect(await site.attribution.run()).toBe(2);
  expect([...site.keys].sort()).toEqual(['demo-call-attended:b1', 'new-signup:free', KEY]);
});

test('lets the browser come again with a claim that could not be kept', async () => {
  const { attribution } = attribute(breakStore('rejects'));
  const endpoint = createEndpoint({ onReferral: attribution.claim, log: () => {} });
  const body = JSON.stringify(claimOf(ADA.email, UCC));
  const answer = await endpoint(new Request('https://site.example/api/cello', { method: 'POST', headers: OWN, body }));
  expect([answer.status, await answer.json()]).toEqual([503, { error: 'callback' }]);
  expect(answer.headers.get('retry-after')).not.toBeNull();
});

for (const [what, faults] of [
  ['down', { retryable: true, ambiguous: true, status: 503 }],
  ['hanging', { hang: true }],
  ['refusing the keys', { retryable: false, reason: 'denied', status: 401 }],
] as const)
  test(`answers a sign-up at once while Cello is ${what}`, async () => {
    const errors: unknown[] = [];
    const send = (_: unknown, { signal }: { signal: AbortSignal }) =>
      'hang' in faults
        ? new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
        : Promise.reject(Object.assign(new Error('no'), faults));
    const attribution = createAttribution({ store: memoryStore(), send, leaseMs: 400, onError: (e) => errors.push(e) });
    attribution.start();
    const took: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      const began = performance.now();
      const from = new Request('https://site.example/join', {
        method: 'POST',
        headers: { cookie: `cello-referral=${UCC}` },
        body: new URLSearchParams({ email: ADA.email }),
      });
      expect(await attribution.signup({ user: { ...ADA, id: i, email: null }, from })).toMatchObject({
        state: 'queued',
      });
      took.push(performance.now() - began);
    }
    // The middle one, since a machine at work may hold up any single one.
    expect(took.sort((a, b) => a - b)[10]).toBeLessThan(50);
    await attribution.stop({ drainMs: 0 });
  });

test('sends what was signed up while Cello was down, once it is back', async () => {
  const cello = await startCelloApi({});
  const { accessKeyId, secretAccessKey } = cello;
  const client = createCello({ accessKeyId, secretAccessKey, baseUrl: cello.url });
  const attribution = createAttribution({ store: memoryStore(), send: client.send });
  await attribution.signup({ user: ADA, ucc: UCC });
  expect(await attribution.flush({ maxMs: 5000 })).toEqual({ sent: 1, waiting: 0, blocked: null });
  expect(cello.events).toMatchObject([{ payload: { ucc: UCC, newUserId: ADA.id } }]);
  await cello.close();
});

for (const { name, open } of HANDLES)
  test(`keeps a sign-up that meets another process’s lock on SQLite by ${name}, and the event loop goes on`, async () => {
    const folder = createFolder();
    const db = open(`${folder.path}/cello.db`);
    const other = open(`${folder.path}/cello.db`);
    const site = attribute(sqliteStore(db));
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    const signing = site.attribution.signup({ user: ADA, ucc: UCC });
    await expect.poll(() => turns).toBeGreaterThan(50);
    other.exec('COMMIT');
    expect(await signing).toEqual({ state: 'queued', ucc: UCC, key: KEY });
    clearInterval(ticking);
    other.close();
    db.close();
    folder.remove();
  });

test('takes data as it is: nothing of it costs a sign-up', async () => {
  const site = attribute(memoryStore());
  const { signup } = site.attribution;
  const odd: readonly [object, string][] = [
    [{ user: { id: 17, email: null } }, 'new-signup:17'],
    [{ user: { id: 18n, email: undefined, name: null, organizationId: null } }, 'new-signup:18'],
    [{ user: { id: ' 19 ', email: 'no address', name: 7 } }, 'new-signup:19'],
    [{ user: { id: '20', email: '' }, ucc: 'with space' }, 'new-signup:20'],
    [{ user: { id: '21' }, ucc: null, metadata: null, from: null, newUserId: null, at: null }, 'new-signup:21'],
    [{ user: { id: '22' }, ucc: 'undefined', metadata: 'none', at: 'yesterday' }, 'new-signup:22'],
    [{ user: { id: '23' }, ucc: 5, metadata: [], at: new Date(Number.NaN) }, 'new-signup:23'],
    [{ user: { id: '25', name: 'Ada \0', email: 'a\0@example.com' }, newUserId: 'org\0' }, 'new-signup:25'],
    [{ user: { id: '26', name: 'Ada \ud83d', organizationId: '\udc00' } }, 'new-signup:26'],
    [{ user: { id: '24' }, from: new Request('https://site.example/join?ucc=%00') }, 'new-signup:24'],
  ];
  // @ts-expect-error: what a database holds is not always what a type says
  for (const [fact, key] of odd) expect(await signup(fact)).toEqual({ state: 'waiting', ucc: null, key });
  expect(listMessages(site)).toEqual([
    expect.stringContaining('"ucc" is not a referral code'),
    expect.stringContaining('"at" is not a time'),
    expect.stringContaining('"metadata" is not an object'),
    expect.stringContaining('"at" is not a time'),
    expect.stringContaining('"ucc" is not a referral code'),
  ]);
  for (const id of ['', '  ', Number.NaN, 1.5, 2 ** 60, 'x'.repeat(2000), 'a\0b', 'a\ud83d', '\udc00\ud83d'])
    expect(await signup({ user: { id }, ucc: UCC })).toMatchObject({ state: 'failed' });
  expect(listMessages(site)).toHaveLength(14);
  expect(listMessages(site)[5]).toContain('signup: "user.id" is not an id that Cello accepts');
});

test('says a programmer’s mistake', async () => {
  const { attribution } = attribute(memoryStore());
  const mistakes: readonly [string, () => Promise<unknown>][] = [
    // @ts-expect-error: no user
    ['signup: "user" must be an object, got undefined', () => attribution.signup({})],
    // @ts-expect-error: no id
    ['signup: "user.id" must be a string or a whole number, got undefined', () => attribution.signup({ user: {} })],
    // @ts-expect-error: an object for an id
    ['"user.id" must be a string or a whole number, got an object', () => attribution.signup({ user: { id: {} } })],
    [
      'signup has no input "form". Its inputs are "user", "newUserId"',
      // @ts-expect-error: no such name
      () => attribution.signup({ user: ADA, form: {} }),
    ],
    // @ts-expect-error: no input
    ['signup: "input" must be an object, got undefined', () => attribution.signup()],
    // @ts-expect-error: no id
    ['booked: "id" must be the id of the booking, got undefined', () => attribution.booked({ email: ADA.email })],
    ['attended: "input" must be given with "id", "email" or "user"', () => attribution.attended({})],
    [
      'booked: "assumeAttendedAfterHours" must be a number of hours, at least 1',
      () => attribution.booked({ id: 'b', assumeAttendedAfterHours: 0.5 }),
    ],
    ['claim: "message" must be a message of an endpoint, got null', () => attribution.claim(null)],
    ['erase: "person" must be given by "email" or "userId"', () => attribution.erase({})],
  ];
  for (const [message, call] of mistakes) {
    const error: unknown = await call().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(message);
  }
});

test('refuses wrong options at once', () => {
  const store = memoryStore();
  const send: () => Promise<CelloError | null> = async () => null;
  // @ts-expect-error: no options
  expect(() => createAttribution()).toThrow('[cello-companion] createAttribution: "options" must be an object');
  // @ts-expect-error: no store
  expect(() => createAttribution({ send })).toThrow('"store" must be a store such as memoryStore()');
  // @ts-expect-error: no send
  expect(() => createAttribution({ store })).toThrow('"send" must be a function such as cello.send');
  expect(() => createAttribution({ store, send, waitHours: -1 })).toThrow('"waitHours" must be a number of hours');
  expect(() => createAttribution({ store, send, assumeAttendedAfterHours: 0.5 })).toThrow(
    '"assumeAttendedAfterHours" must be a number of hours from 1',
  );
  // @ts-expect-error: no such option
  expect(() => createAttribution({ store, send, waitDays: 1 })).toThrow('createAttribution has no option "waitDays"');
  expect(() => createAttribution({ store, send, concurrency: 0 })).toThrow('"concurrency" must be a whole number');
});

test('survives callbacks that throw and reject, of every kind', async () => {
  const store = memoryStore();
  const attribution = createAttribution({
    store,
    send: () => Promise.reject(Object.assign(new Error('no'), { retryable: false, ambiguous: false })),
    approve: () => Promise.reject(new Error('down')),
    onError: async () => {
      throw new Error('also down');
    },
    onParked: async () => {
      throw new Error('down too');
    },
  });
  expect(await attribution.signup({ user: ADA, ucc: UCC })).toMatchObject({ state: 'waiting' });
  const sure = createAttribution({
    store,
    send: () => Promise.reject(Object.assign(new Error('no'), { retryable: false })),
  });
  await sure.signup({ user: ADA, ucc: UCC });
  await attribution.flush({ maxMs: 1000 });
  expect((await attribution.stats()).parked).toBe(1);
});
