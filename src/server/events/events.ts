/**
 * The events that Cello accepts: exactly the body of `POST /events` in its API v1, as a typed value.
 * https://docs.cello.so/api-reference/openapi.json
 *
 * Cello's guide for sign-ups shows `context.user` and `2022-10-05 14:14:34`. The schema only has `context.newUser` and
 * RFC 3339, so we follow the schema. https://docs.cello.so/attribution/tracking-signups
 */
import {
  createMistake,
  dropUnkeepable,
  isFields,
  type Place,
  readCode,
  readFields,
  readId,
  readOptional,
  readString,
  readTime,
} from '../input/index.js';

/** What happened. */
export type Trigger = 'new-signup' | 'demo-call-attended' | 'invoice-paid' | 'charge-refunded';

/** How often a subscription is paid. */
export type Interval =
  | 'one-time'
  | 'weekly'
  | 'bi-weekly'
  | 'monthly'
  | 'quarterly'
  | 'semi-annual'
  | 'yearly'
  | 'biennial'
  | 'triennial'
  | 'lifetime';

/** The person, as sent to Cello. */
export interface NewUser {
  readonly id: string;
  readonly email?: string;
  readonly name?: string;
  readonly organizationId?: string;
}

/** What was paid for, as sent to Cello. */
export interface Subscription {
  readonly id?: string;
  readonly invoiceId?: string;
  readonly interval?: Interval;
  readonly seatsUsed?: number;
  readonly productKey?: string;
}

/** The body of `POST /events`. */
export interface CelloEvent<T extends Trigger = Trigger> {
  readonly eventName: 'ReferralUpdated';
  readonly payload: {
    /** The referral code. */
    readonly ucc: string;
    /** The new user, or the new organization if rewards are per organization. */
    readonly newUserId: string;
    readonly price?: number;
    readonly currency?: string;
  };
  readonly context: {
    /** The person, never the organization. */
    readonly newUser: NewUser;
    /** `timestamp` is RFC 3339, UTC, e.g. `2026-11-23T14:14:34.000Z`. */
    readonly event: { readonly trigger: T; readonly timestamp: string };
    readonly subscription?: Subscription;
  };
}

/** A value that may be omitted: `null` and `''` mean the same. */
type Optional<T> = T | null | undefined;

/** An id. Cello's ids are strings: a safe integer or a bigint is converted. */
export type Id = string | number | bigint;

/** A point in time: a `Date`, an RFC 3339 string with a time zone, or ms since 1970. */
export type Time = Date | string | number;

/** The person, as identified by the site's own login. */
export interface UserInput {
  /** The id in the site's own product: the one passed to Cello's widget. */
  readonly id: Id;
  readonly email?: Optional<string>;
  readonly name?: Optional<string>;
  readonly organizationId?: Optional<Id>;
}

/** The input for a sign-up or an attended demo. */
export interface SignupInput {
  /** The referral code. */
  readonly ucc: string;
  /** Default: `user.id`. If rewards are per organization, always the organization's id. */
  readonly newUserId?: Optional<Id>;
  readonly user: UserInput;
  /** When it happened. Default: now. */
  readonly at?: Optional<Time>;
}

/** The input for a refund. */
export interface RefundInput extends SignupInput {
  /** The amount, positive for a refund too, in the unit that your Cello account uses for invoices. */
  readonly price: number;
  /** Three letters, e.g. `'EUR'`. Sent in upper case. */
  readonly currency: string;
  readonly subscription?: Optional<{ readonly id?: Optional<Id>; readonly invoiceId?: Optional<Id> }>;
}

/** The input for a paid invoice. https://docs.cello.so/attribution/tracking-purchase */
export interface InvoiceInput extends SignupInput {
  /** The amount on the invoice. */
  readonly price: number;
  /** Three letters, e.g. `'EUR'`. Sent in upper case. */
  readonly currency: string;
  readonly subscription: {
    readonly id?: Optional<Id>;
    readonly invoiceId: Id;
    readonly interval: Interval;
    readonly seatsUsed?: Optional<number>;
    /** The name of the product or plan. */
    readonly productKey: string;
  };
}

const TRIGGERS = ['new-signup', 'demo-call-attended', 'invoice-paid', 'charge-refunded'] as const satisfies Trigger[];

const INTERVALS = [
  'one-time',
  'weekly',
  'bi-weekly',
  'monthly',
  'quarterly',
  'semi-annual',
  'yearly',
  'biennial',
  'triennial',
  'lifetime',
] as const satisfies Interval[];

/** RFC 3339 in UTC, section 5.6: what `toISOString` writes for the years 0 to 9999. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** One `@` with something on both sides: Cello validates the rest. */
function readEmail(value: unknown, place: Place): string {
  const email = readString(value, place);
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw createMistake(place, 'an e-mail address', value);
  return email;
}

/** Sites truncate names, sometimes in the middle of an emoji: that is no reason to reject a sign-up. */
const cleanName = (value: unknown): unknown => (typeof value === 'string' ? dropUnkeepable(value) : value);

function readTimestamp(value: unknown, place: Place): string {
  if (typeof value !== 'string' || !TIMESTAMP.test(value) || Number.isNaN(Date.parse(value)))
    throw createMistake(place, 'a time such as "2026-11-23T14:14:34Z"', value);
  return value;
}

function readTrigger(value: unknown, place: Place): Trigger {
  const trigger = TRIGGERS.find((one) => one === value);
  if (!trigger) throw createMistake(place, `one of "${TRIGGERS.join('", "')}"`, value);
  return trigger;
}

function readInterval(value: unknown, place: Place): Interval {
  const interval = INTERVALS.find((one) => one === value);
  if (!interval) throw createMistake(place, `one of "${INTERVALS.join('", "')}"`, value);
  return interval;
}

function readAmount(value: unknown, place: Place): number {
  if (typeof value !== 'number' || !(value >= 0) || !Number.isFinite(value))
    throw createMistake(place, 'a number that is not below 0', value);
  return value;
}

function readSeats(value: unknown, place: Place): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw createMistake(place, 'a whole number that is not below 0', value);
  return value;
}

function readCurrency(value: unknown, place: Place): string {
  const currency = readString(value, place);
  if (!/^[A-Za-z]{3}$/.test(currency)) throw createMistake(place, 'three letters such as "EUR"', value);
  return currency.toUpperCase();
}

/**
 * `{ name: 'Ada' }`, or `{}` if there is no value: an optional field is absent, never `undefined` or `''`. The
 * assertion is needed because TypeScript widens a computed key to `string`.
 */
const keep = <K extends string, T>(key: K, value: T | null): { readonly [P in K]?: T } =>
  value === null ? {} : ({ [key]: value } as { readonly [P in K]?: T });

/** Creates a function that locates a field: `at('user', 'id')` in `newSignup` is `user.id`. */
const createPlaces =
  (caller: string) =>
  (...path: string[]): Place => ({ caller, path: path.join('.') });

type Places = ReturnType<typeof createPlaces>;

function readUser(value: unknown, at: Places, ...path: string[]): NewUser {
  const user = readFields(value, at(...path));
  return {
    id: readId(user['id'], at(...path, 'id')),
    ...keep('email', readOptional(user['email'], at(...path, 'email'), readEmail)),
    ...keep('name', readOptional(cleanName(user['name']), at(...path, 'name'), readString)),
    ...keep('organizationId', readOptional(user['organizationId'], at(...path, 'organizationId'), readId)),
  };
}

function readSubscription(value: unknown, at: Places, ...path: string[]): Subscription {
  const subscription = readFields(value, at(...path));
  const optional = <T>(name: string, read: (value: unknown, place: Place) => T) =>
    readOptional(subscription[name], at(...path, name), read);
  return {
    ...keep('id', optional('id', readId)),
    ...keep('invoiceId', optional('invoiceId', readId)),
    ...keep('interval', optional('interval', readInterval)),
    ...keep('seatsUsed', optional('seatsUsed', readSeats)),
    ...keep('productKey', optional('productKey', readString)),
  };
}

interface Part<T extends Trigger> {
  readonly trigger: T;
  readonly payload?: { readonly price: number; readonly currency: string };
  readonly subscription?: Subscription;
}

function createEvent<T extends Trigger>(
  input: Readonly<Record<string, unknown>>,
  at: Places,
  part: Part<T>,
): CelloEvent<T> {
  const newUser = readUser(input['user'], at, 'user');
  return {
    eventName: 'ReferralUpdated',
    payload: {
      ucc: readCode(input['ucc'], at('ucc')),
      newUserId: readOptional(input['newUserId'], at('newUserId'), readId) ?? newUser.id,
      ...part.payload,
    },
    context: {
      newUser,
      event: { trigger: part.trigger, timestamp: readTime(input['at'] ?? new Date(), at('at')).toISOString() },
      ...(part.subscription && Object.keys(part.subscription).length ? { subscription: part.subscription } : {}),
    },
  };
}

/**
 * Creates the event for a sign-up: the site's own login has just created this user.
 *
 * @returns `{ eventName: 'ReferralUpdated', payload: { ucc, newUserId }, context: { newUser: { id, email }, event:
 *   { trigger: 'new-signup', timestamp: '2026-11-23T14:14:34.000Z' } } }`, for `send` of a client or `add` of an outbox.
 * @throws {TypeError} Names the field, e.g. `"user.id" must be a string`.
 */
export function newSignup(input: SignupInput): CelloEvent<'new-signup'> {
  const at = createPlaces('newSignup');
  return createEvent(readFields(input, at('input')), at, { trigger: 'new-signup' });
}

/**
 * Creates the event for an attended demo. There is none for a demo that was only booked.
 *
 * @throws {TypeError} Names the field.
 */
export function demoCallAttended(input: SignupInput): CelloEvent<'demo-call-attended'> {
  const at = createPlaces('demoCallAttended');
  return createEvent(readFields(input, at('input')), at, { trigger: 'demo-call-attended' });
}

/**
 * Creates the event for a paid invoice, for sites whose payments Cello does not see itself.
 *
 * @throws {TypeError} Names the field.
 */
export function invoicePaid(input: InvoiceInput): CelloEvent<'invoice-paid'> {
  const at = createPlaces('invoicePaid');
  const fields = readFields(input, at('input'));
  const subscription = readFields(fields['subscription'], at('subscription'));
  return createEvent(fields, at, {
    trigger: 'invoice-paid',
    payload: readMoney(fields, at),
    subscription: {
      ...readSubscription(subscription, at, 'subscription'),
      invoiceId: readId(subscription['invoiceId'], at('subscription', 'invoiceId')),
      interval: readInterval(subscription['interval'], at('subscription', 'interval')),
      productKey: readString(subscription['productKey'], at('subscription', 'productKey')),
    },
  });
}

/**
 * Creates the event for a refund.
 *
 * @throws {TypeError} Names the field.
 */
export function chargeRefunded(input: RefundInput): CelloEvent<'charge-refunded'> {
  const at = createPlaces('chargeRefunded');
  const fields = readFields(input, at('input'));
  return createEvent(fields, at, {
    trigger: 'charge-refunded',
    payload: readMoney(fields, at),
    subscription: readSubscription(fields['subscription'] ?? {}, at, 'subscription'),
  });
}

const readMoney = (fields: Readonly<Record<string, unknown>>, at: Places) => ({
  price: readAmount(fields['price'], at('price')),
  currency: readCurrency(fields['currency'], at('currency')),
});

/**
 * Parses an event from any value: a stored one, or one that a person corrected. It accepts the body that the builders
 * create.
 *
 * @param caller - The function to name in the error.
 * @returns The event, without fields that Cello does not know.
 * @throws {TypeError} Names the field, e.g. `"context.newUser.email" must be an e-mail address`.
 */
export function parseEvent(value: unknown, caller = 'send'): CelloEvent {
  const at = createPlaces(caller);
  const { eventName, ...event } = readFields(value, at('event'));
  if (eventName !== 'ReferralUpdated') throw createMistake(at('eventName'), '"ReferralUpdated"', eventName);
  const payload = readFields(event['payload'], at('payload'));
  const context = readFields(event['context'], at('context'));
  const head = readFields(context['event'], at('context', 'event'));
  return {
    eventName,
    payload: {
      ucc: readCode(payload['ucc'], at('payload', 'ucc')),
      newUserId: readId(payload['newUserId'], at('payload', 'newUserId')),
      ...keep('price', readOptional(payload['price'], at('payload', 'price'), readAmount)),
      ...keep('currency', readOptional(payload['currency'], at('payload', 'currency'), readCurrency)),
    },
    context: {
      newUser: readUser(context['newUser'], at, 'context', 'newUser'),
      event: {
        trigger: readTrigger(head['trigger'], at('context', 'event', 'trigger')),
        timestamp: readTimestamp(head['timestamp'], at('context', 'event', 'timestamp')),
      },
      ...(isFields(context['subscription'])
        ? { subscription: readSubscription(context['subscription'], at, 'context', 'subscription') }
        : {}),
    },
  };
}
