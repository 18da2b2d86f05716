import {
  chargeRefunded,
  demoCallAttended,
  type InvoiceInput,
  invoicePaid,
  newSignup,
  type SignupInput,
} from 'cello-companion/server';
import fc from 'fast-check';
import { expect, test } from 'playwright/test';
import { findMistake } from '../../stand-ins/cello-api.mjs';
import { UCC } from '../services/people.js';

const at = new Date('2026-11-23T14:14:34Z');
const user = { id: 'user-1', email: 'ada@example.com', name: 'Ada', organizationId: 'org-1' };

test('a sign-up is exactly the body that Cello documents', () => {
  expect(newSignup({ ucc: UCC, newUserId: 'org-1', user, at })).toEqual({
    eventName: 'ReferralUpdated',
    payload: { ucc: UCC, newUserId: 'org-1' },
    context: { newUser: user, event: { trigger: 'new-signup', timestamp: '2026-11-23T14:14:34.000Z' } },
  });
});

test('an attended demo differs from a sign-up in its trigger alone', () => {
  const signup = newSignup({ ucc: UCC, user, at });
  expect(demoCallAttended({ ucc: UCC, user, at })).toEqual({
    ...signup,
    context: { ...signup.context, event: { ...signup.context.event, trigger: 'demo-call-attended' } },
  });
});

const subscription = {
  id: 'sub-1',
  invoiceId: 'inv-1',
  interval: 'monthly' as const,
  seatsUsed: 3,
  productKey: 'Pro',
};

test('a paid invoice carries the amount and what was paid for', () => {
  const event = invoicePaid({ ucc: UCC, user, at, price: 100, currency: 'eur', subscription });
  expect(event.payload).toEqual({ ucc: UCC, newUserId: 'user-1', price: 100, currency: 'EUR' });
  expect(event.context.subscription).toEqual(subscription);
  expect(event.context.event.trigger).toBe('invoice-paid');
});

test('a refund needs no subscription', () => {
  const event = chargeRefunded({ ucc: UCC, user, at, price: 1000, currency: 'EUR' });
  expect(event.payload.price).toBe(1000);
  expect('subscription' in event.context).toBe(false);
  expect(findMistake(event)).toBeNull();
});

test("newUserId is the user's own id unless the site says otherwise", () => {
  expect(newSignup({ ucc: UCC, user }).payload.newUserId).toBe('user-1');
  expect(newSignup({ ucc: UCC, user, newUserId: '' }).payload.newUserId).toBe('user-1');
});

test('the time is now unless the site says otherwise', () => {
  const beforeMs = Date.now();
  const sentMs = Date.parse(newSignup({ ucc: UCC, user }).context.event.timestamp);
  expect(sentMs).toBeGreaterThanOrEqual(beforeMs);
  expect(sentMs).toBeLessThanOrEqual(Date.now());
});

test('what is left out is absent, however the site spells "none"', () => {
  for (const none of [undefined, null, '', ' ']) {
    const person = { id: 'user-1', email: none, name: none, organizationId: none };
    const { newUser } = newSignup({ ucc: UCC, user: person, newUserId: none }).context;
    expect(newUser).toStrictEqual({ id: 'user-1' });
  }
});

/** What no store and no message can keep as it is: NUL, which PostgreSQL refuses, and half an emoji. */
const UNKEEPABLE = ['a\0b', '\0', 'a\ud83d', '\udc00\ud83d'];

test('an id that no store can keep is refused, in every place', () => {
  for (const id of UNKEEPABLE) {
    const expected = /must be a string without NUL characters and lone surrogates, got a string$/;
    expect(() => newSignup({ ucc: UCC, user: { id } })).toThrow(expected);
    expect(() => newSignup({ ucc: UCC, user, newUserId: id })).toThrow(expected);
    expect(() => newSignup({ ucc: UCC, user: { ...user, organizationId: id } })).toThrow(expected);
    expect(() => newSignup({ ucc: UCC, user: { ...user, email: `${id}@example.com` } })).toThrow(expected);
    expect(() => newSignup({ ucc: id, user })).toThrow('"ucc" must be');
    const money = { price: 1, currency: 'EUR', subscription: { ...subscription, invoiceId: id } };
    expect(() => invoicePaid({ ucc: UCC, user, ...money })).toThrow(expected);
  }
  expect(newSignup({ ucc: UCC, user: { id: '👩🏽 名' } }).payload.newUserId).toBe('👩🏽 名');
});

test('a name is kept without what no store can keep: one that was cut in half costs no sign-up', () => {
  const nameOf = (name: string) => newSignup({ ucc: UCC, user: { ...user, name } }).context.newUser?.name;
  expect(nameOf('Ada 👩'.slice(0, 5))).toBe('Ada ');
  expect(nameOf('A\0da')).toBe('Ada');
  expect(nameOf('Ada 👩')).toBe('Ada 👩');
  expect(nameOf('\ud83d')).toBeUndefined();
});

test('an id of a database, a whole number or a bigint, is taken as its digits', () => {
  const { payload, context } = newSignup({ ucc: UCC, user: { id: 42, organizationId: 7n }, newUserId: 2n ** 64n });
  expect(payload.newUserId).toBe('18446744073709551616');
  expect(context.newUser).toStrictEqual({ id: '42', organizationId: '7' });
  expect(newSignup({ ucc: UCC, user: { id: 42 } }).payload.newUserId).toBe('42');
});

test('a time is a Date, a text of RFC 3339 or milliseconds, and goes out in UTC', () => {
  const spellings = [
    new Date('2026-11-23T14:14:34.000Z'),
    '2026-11-23T14:14:34Z',
    '2026-11-23t16:14:34.000000+02:00',
    '2026-11-23 14:14:34z',
    1_795_443_274_000,
  ];
  for (const at of spellings)
    expect(newSignup({ ucc: UCC, user, at }).context.event.timestamp).toBe('2026-11-23T14:14:34.000Z');
});

/** A sign-up with one field replaced, as JavaScript would let it pass. */
const withField = (path: string, value: unknown): SignupInput => {
  const input: Record<string, unknown> = { ucc: UCC, user: { ...user }, at };
  const [first = '', second] = path.split('.');
  const target: unknown = second ? input[first] : input;
  Reflect.set(Object(target), second ?? first, value);
  return JSON.parse('{}') && Object.assign({ ucc: UCC, user }, input);
};

const MISTAKES: readonly (readonly [string, unknown, RegExp])[] = [
  ['ucc', null, /"ucc" must be a referral code/],
  ['ucc', 'two words', /"ucc" must be a referral code/],
  ['ucc', 42, /"ucc" .* got a number/],
  ['user', undefined, /"user" must be an object, got undefined/],
  ['user.id', 4.2, /"user\.id" must be a string or a whole number that JavaScript can hold exactly, got a number/],
  ['user.id', 2 ** 53, /"user\.id" must be a string or a whole number/],
  ['user.id', {}, /"user\.id" must be a string that is not empty, got an object/],
  ['user.id', '', /"user\.id" .* got an empty string/],
  ['newUserId', Number.NaN, /"newUserId" must be a string or a whole number/],
  ['user.organizationId', true, /"user\.organizationId" must be a string/],
  ['user.email', 'ada', /"user\.email" must be an e-mail address/],
  ['user.email', 5, /"user\.email" must be a string/],
  ['user.name', 5, /"user\.name" must be a string/],
  ['at', 'yesterday', /"at" must be a valid Date, .* got a string/],
  ['at', new Date(Number.NaN), /"at" must be a valid Date, .* got an invalid Date/],
  ['at', new Date(8.64e15), /"at" must be a valid Date/],
  ['at', '2022-10-05 14:14:34', /"at" must be a valid Date/],
  ['at', '2026-02-30T14:14:34Z', /"at" must be a valid Date/],
  ['at', '2026-11-23T24:00:00Z', /"at" must be a valid Date/],
  ['at', '2026-11-23T14:14:34.0000000000Z', /"at" must be a valid Date/],
  ['at', Number.NaN, /"at" must be a valid Date/],
  ['at', true, /"at" must be a valid Date/],
];

for (const [path, value, message] of MISTAKES)
  test(`names "${path}" when it is ${JSON.stringify(value) ?? 'undefined'} (${message.source.slice(0, 30)})`, () => {
    expect(() => newSignup(withField(path, value))).toThrow(TypeError);
    expect(() => newSignup(withField(path, value))).toThrow(message);
    expect(() => demoCallAttended(withField(path, value))).toThrow(/^\[cello-companion\] demoCallAttended: /);
  });

test('never prints what came: it may be a person', () => {
  expect(() => newSignup(withField('user.email', 'ada lovelace'))).not.toThrow(/lovelace/);
});

test('an invoice without its number, its interval or its product is refused by name', () => {
  const input: InvoiceInput = { ucc: UCC, user, price: 1, currency: 'EUR', subscription };
  for (const name of ['invoiceId', 'interval', 'productKey']) {
    const broken = { ...input, subscription: Object.assign({ ...subscription }, { [name]: undefined }) };
    expect(() => invoicePaid(broken)).toThrow(`"subscription.${name}"`);
  }
  expect(() => invoicePaid({ ...input, price: Number.NaN })).toThrow('"price"');
  expect(() => invoicePaid({ ...input, price: -1 })).toThrow('"price"');
  expect(() => invoicePaid({ ...input, currency: '€' })).toThrow('"currency"');
  expect(() => invoicePaid({ ...input, subscription: { ...subscription, seatsUsed: 1.5 } })).toThrow('seatsUsed');
});

const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => value.trim() !== '');
const none = fc.constantFrom(undefined, null, '');
const signups = fc.record({
  ucc: fc.stringMatching(/^[A-Za-z0-9]{1,255}$/),
  newUserId: fc.oneof(none, text),
  user: fc.record({
    id: text,
    email: fc.stringMatching(/^[a-z]{1,9}@[a-z]{1,9}\.[a-z]{2,9}$/),
    name: fc.oneof(none, text),
    organizationId: fc.oneof(none, text),
  }),
  at: fc.oneof(
    none.filter((value) => value !== ''),
    fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
  ),
});

test('whatever a site hands in, the event is one that Cello takes, with every value as it came', () => {
  fc.assert(
    fc.property(signups, ({ at: time, ...rest }) => {
      const event = newSignup({ ...rest, at: time instanceof Date ? time : null });
      expect(findMistake(JSON.parse(JSON.stringify(event)))).toBeNull();
      expect(JSON.parse(JSON.stringify(event))).toEqual(event);
      expect(event.context.newUser.id).toBe(rest.user.id);
      expect(event.payload).toEqual({ ucc: rest.ucc, newUserId: rest.newUserId || rest.user.id });
      if (time instanceof Date) expect(new Date(event.context.event.timestamp)).toEqual(time);
    }),
  );
});

test('whatever else is handed in, the answer is a TypeError with our name', () => {
  fc.assert(
    fc.property(fc.anything(), (input) => {
      try {
        newSignup(Object.assign({ ucc: UCC, user }, { user: input }));
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect(String(error)).toContain('[cello-companion] newSignup: "user');
      }
    }),
  );
});
