/** What a site hands in may throw when it is read, or be of another shape than its type says. */
import { type Attribution, memoryStore, sqliteStore } from 'cello-companion/server';
import Libsql from 'libsql';
import { expect, test } from 'playwright/test';
import { ADA, attribute, listMessages, UCC } from '../../services/attributed.js';

const signup = (attribution: Attribution, fact: object) =>
  // @ts-expect-error: what a site holds is not always what a type says
  attribution.signup(fact);

function revoke(target: object): object {
  const { proxy, revoke: end } = Proxy.revocable(target, {});
  end();
  return proxy;
}

class LazyUser {
  readonly id = 'lazy';
  get email(): string {
    return 'lazy@example.com';
  }
  get name(): string {
    throw new TypeError('the session is closed');
  }
}

const throwing = (name: string, more: object = {}): object =>
  Object.defineProperty({ ...more }, name, {
    enumerable: true,
    get() {
      throw new TypeError('the session is closed');
    },
  });

for (const [what, fact] of [
  ['a lazy name of a class', { user: new LazyUser(), ucc: UCC }],
  ['a lazy address', { user: throwing('email', { id: 'lazy' }), ucc: UCC }],
  ['a lazy organization', { user: throwing('organizationId', { id: 'lazy' }), ucc: UCC }],
  ['lazy metadata', throwing('metadata', { user: { id: 'lazy' }, ucc: UCC })],
  ['a lazy code beside one in metadata', throwing('ucc', { user: { id: 'lazy' }, metadata: { ucc: UCC } })],
  ['a lazy code within metadata', { user: { id: 'lazy' }, metadata: throwing('ucc', { cello_ucc: UCC }) }],
  ['revoked metadata', { user: { id: 'lazy' }, metadata: revoke({}), from: new URLSearchParams({ ucc: UCC }) }],
  ['a revoked list of codes', { user: { id: 'lazy' }, ucc: revoke([]), metadata: { ucc: UCC } }],
  ['a revoked request', { user: { id: 'lazy' }, from: revoke({}), metadata: { ucc: UCC } }],
  ['a lazy time', throwing('at', { user: { id: 'lazy' }, ucc: UCC })],
  ['a revoked time', { user: { id: 'lazy' }, ucc: UCC, at: revoke(new Date()) }],
] as const)
  test(`signs up with ${what}: told, and absent`, async () => {
    const site = attribute(memoryStore());
    const result = await signup(site.attribution, fact);
    expect(site.errors).toHaveLength(1);
    expect(result).toEqual({ state: 'queued', ucc: UCC, key: 'new-signup:lazy' });
  });

for (const [what, fact] of [
  ['revoked', revoke({ user: ADA })],
  ['lazy in its user', throwing('user')],
  ['lazy in its new user’s id', throwing('newUserId', { user: ADA })],
  ['of a revoked user', { user: revoke(ADA) }],
  ['of a user whose id throws', { user: throwing('id') }],
] as const)
  test(`a sign-up that is ${what} is failed, and told`, async () => {
    const site = attribute(memoryStore());
    expect(await signup(site.attribution, fact)).toEqual({ state: 'failed', ucc: null, key: 'new-signup:' });
    expect(listMessages(site).at(-1)).toContain('could not be read');
  });

test('takes demos whose data throws', async () => {
  const site = attribute(memoryStore());
  const { attribution } = site;
  // @ts-expect-error: a lazy field
  expect(await attribution.booked(throwing('email', { id: 'b1', ucc: UCC }))).toMatchObject({ state: 'waiting' });
  // @ts-expect-error: a lazy field
  expect(await attribution.moved(throwing('startsAt', { id: 'b1' }))).toMatchObject({ state: 'waiting' });
  // @ts-expect-error: a lazy id
  expect(await attribution.cancelled(throwing('id'))).toMatchObject({ state: 'failed' });
  expect(await attribution.missed(Object(revoke({ id: 'b1' })))).toMatchObject({ state: 'failed' });
  // @ts-expect-error: a user whose id throws
  expect(await attribution.attended({ id: 'b1', user: throwing('id') })).toMatchObject({ state: 'failed' });
  // @ts-expect-error: a user with a lazy name
  expect(await attribution.attended({ id: 'b1', user: throwing('name', ADA) })).toMatchObject({ state: 'queued' });
  expect(site.keys).toEqual(['demo-call-attended:b1']);
});

test('of a repeated code takes the first valid one', async () => {
  const { attribution, events } = attribute(memoryStore());
  for (const [id, ucc] of [
    ['a', [UCC, 'other']],
    ['b', ['', undefined, UCC]],
    ['c', ['not a code', UCC]],
  ] as const)
    expect(await signup(attribution, { user: { id }, ucc })).toMatchObject({ state: 'queued', ucc: UCC });
  expect(await attribution.booked(Object({ id: 'b1', ucc: [UCC] }))).toMatchObject({ state: 'waiting' });
  expect(await attribution.attended({ id: 'b1' })).toMatchObject({ state: 'queued', ucc: UCC });
  expect(events).toHaveLength(4);
});

test('says once that a code is none, without a word of it, and goes on with what else came', async () => {
  const site = attribute(memoryStore());
  const odd = [{ code: UCC }, 'with space', 5, true, [['x']], ['with space', {}]];
  for (const [id, ucc] of odd.entries())
    expect(await signup(site.attribution, { user: { id }, ucc, metadata: { ucc: UCC } })).toMatchObject({
      state: 'queued',
    });
  expect(listMessages(site)).toEqual(
    odd.map(() => '[cello-companion] signup: "ucc" is not a referral code; it counts as absent'),
  );
});

test('says nothing where there is no code', async () => {
  const site = attribute(memoryStore());
  for (const ucc of [undefined, null, '', ' ', 'null', 'undefined', [], [''], [undefined]])
    for (const metadata of [undefined, null, '', [], {}, { ucc: null }, '{}', 'null'])
      expect(await signup(site.attribution, { user: ADA, ucc, metadata })).toMatchObject({ state: 'waiting' });
  expect(site.errors).toEqual([]);
});

test('reads metadata that is JSON, and says what is none', async () => {
  const site = attribute(memoryStore());
  const queued = [JSON.stringify({ ucc: UCC }), `{"cello_ucc":"${UCC}"}`, { ucc: [UCC] }];
  for (const [id, metadata] of queued.entries())
    expect(await signup(site.attribution, { user: { id }, metadata })).toMatchObject({ state: 'queued', ucc: UCC });
  expect(site.errors).toEqual([]);
  for (const metadata of ['{"ucc":', 'none', { ucc: {} }])
    expect(await signup(site.attribution, { user: { id: 'odd' }, metadata })).toMatchObject({ state: 'waiting' });
  expect(listMessages(site)).toEqual([
    expect.stringContaining('signup: "metadata" is not an object, or JSON'),
    expect.stringContaining('signup: "metadata" is not an object, or JSON'),
    expect.stringContaining('signup: "metadata".ucc is not a referral code'),
  ]);
});

test('takes no time before 2015: seconds are no milliseconds', async () => {
  const beganMs = Date.now();
  const site = attribute(memoryStore());
  const odd = [1_764_000_000, 1_420_070_399_999, '1999-01-01T00:00:00Z', new Date(0), 'yesterday', Number.NaN, {}];
  for (const [id, at] of odd.entries()) await signup(site.attribution, { user: { id }, ucc: UCC, at });
  for (const { payload, context } of site.events) {
    expect(payload.ucc).toBe(UCC);
    expect(new Date(context.event.timestamp).getTime()).toBeGreaterThanOrEqual(beganMs);
  }
  expect(listMessages(site)).toEqual(odd.map(() => expect.stringContaining('signup: "at" is not a time since 2015')));
  await signup(site.attribution, { user: { id: 'old' }, ucc: UCC, at: 1_420_070_400_000 });
  expect(site.events.at(-1)?.context.event.timestamp).toContain('2015-01-01T00:00:00');
  await site.attribution.booked({ id: 'b1', startsAt: 1_764_000_000, endsAt: 1_764_003_600 });
  expect(listMessages(site).slice(odd.length)).toEqual([
    expect.stringContaining('booked: "startsAt"'),
    expect.stringContaining('booked: "endsAt"'),
  ]);
});

test('is still synchronous inside a transaction', async () => {
  const db = new Libsql(':memory:');
  const { attribution } = attribute(sqliteStore(db));
  await attribution.signup({ user: { id: 'first' }, ucc: UCC });
  const write = db.transaction(() => signup(attribution, { user: new LazyUser(), ucc: [UCC], db }));
  const signing = write();
  expect(db.inTransaction).toBe(false);
  expect(await signing).toMatchObject({ state: 'queued' });
  db.close();
});
