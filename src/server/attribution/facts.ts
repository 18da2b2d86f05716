/**
 * The site's input, parsed at the border. Real data is messy: an unusable value counts as absent, and only what no data
 * could explain is a programmer's mistake.
 */

import { isAbsent } from '../../ucc.js';
import type { Id, Time } from '../events/index.js';
import type { UccSource } from '../http/index.js';
import { checkNames, createMistake, type Fields, isFields, readFields } from '../input/index.js';
import type { Guest } from './booking.js';
import { type Intake, readSafely, readTaken, type Tell, takeIn } from './intake.js';
import { type AttributedUser, checkUser, parseEmail, parseId, parseLine, parseTime, parseUser } from './person.js';
import { nameSignupEvent, type Signup } from './waiting.js';

type Optional<T> = T | null | undefined;

/** A new user was created. */
export interface SignupFact {
  /** The new user. */
  readonly user: AttributedUser;
  /** Default: `user.id`. If rewards are per organization, always the organization's id. */
  readonly newUserId?: Optional<Id>;
  /** The code, if the site knows it. */
  readonly ucc?: Optional<string>;
  /** The person's request, form or cookies: anything that `readUcc` accepts. */
  readonly from?: Optional<UccSource>;
  /** The auth provider's metadata, where the site's browser code stored the code as `ucc` or `cello_ucc`. */
  readonly metadata?: unknown;
  /** When it happened. Default: now. */
  readonly at?: Optional<Time>;
  /** The site's own transaction: the event is committed or rolled back with it. */
  readonly db?: unknown;
}

/** A demo was booked. */
export interface BookedFact {
  /** The scheduling tool's id for the booking. */
  readonly id: Id;
  readonly email?: Optional<string>;
  readonly name?: Optional<string>;
  /** The code that came with the booking. */
  readonly ucc?: Optional<string>;
  /**
   * The name of the field that the code came in. In a `utm_…` parameter there may be a campaign's name instead, so a
   * different code that the browser reported for this booking outweighs it.
   */
  readonly carrier?: Optional<string>;
  /**
   * The guest's seat, if several people book one event under one `id`: the seat's id, or `true` if it has none. Each
   * guest then has a booking of their own, recognized by seat and e-mail address.
   */
  readonly seat?: Optional<string | true>;
  /** The id of the recurring booking that this is part of. All its appointments are one demo. */
  readonly seriesId?: Optional<Id>;
  /** The person's request, form or cookies: anything that `readUcc` accepts. */
  readonly from?: Optional<UccSource>;
  readonly startsAt?: Optional<Time>;
  readonly endsAt?: Optional<Time>;
  /** The guest's id in the site's own product, if there is one. Default: the first booking's id. */
  readonly userId?: Optional<Id>;
  /** Overrides the option of `createAttribution` for this booking. */
  readonly assumeAttendedAfterHours?: Optional<number>;
}

/** A demo was rescheduled, and often got a new id. */
export interface MovedFact {
  readonly id: Id;
  /** Its previous id. */
  readonly previousId?: Optional<Id>;
  /** The one guest who moved, if the event has several. Default: all of them. */
  readonly email?: Optional<string>;
  /** That guest's seat: its id, or `true` if it has none. */
  readonly seat?: Optional<string | true>;
  readonly startsAt?: Optional<Time>;
  readonly endsAt?: Optional<Time>;
}

/** A demo was cancelled. */
export interface CancelledFact {
  readonly id: Id;
  /** The one guest who cancelled, if the event has several. Default: all of them. */
  readonly email?: Optional<string>;
  /** That guest's seat: its id, or `true` if it has none. */
  readonly seat?: Optional<string | true>;
  /** If it recurs: the later appointments are cancelled, too. */
  readonly isRest?: Optional<boolean>;
}

/** The guest did not show up, or that report is withdrawn. */
export interface MissedFact {
  readonly id: Id;
  /** `false`: the no-show is withdrawn. Default: `true`. */
  readonly is?: Optional<boolean>;
  /** The guest who did not show up. About someone other than the person who booked, it changes nothing. */
  readonly email?: Optional<string>;
}

/** A demo was attended, according to a person or a recording. Requires one of `id`, `email` and `user`. */
export interface AttendedFact {
  readonly id?: Optional<Id>;
  readonly email?: Optional<string>;
  readonly name?: Optional<string>;
  readonly user?: Optional<AttributedUser>;
  /** The code, if the site knows it. */
  readonly ucc?: Optional<string>;
  /** When it was attended. Default: now. */
  readonly at?: Optional<Time>;
}

/**
 * Parses a fact's inputs, all of them with names that exist.
 *
 * @throws {TypeError} Names the input.
 */
function readNamed(caller: string, value: unknown, names: readonly string[]): Fields {
  const fields = readFields(value, { caller, path: 'input' });
  checkNames(caller, fields, names, 'input');
  return fields;
}

const SIGNUP_NAMES = ['user', 'newUserId', 'ucc', 'from', 'metadata', 'at', 'db'];

const USER_NAMES = ['id', 'email', 'name', 'organizationId'];

/** The parsed input: a fact and the copied fields, or the event key and the reason why the input is unusable. */
export type Read<T> =
  | { readonly fact: T; readonly fields: Fields }
  | { readonly fact: null; readonly key: string; readonly reason: string };

/** Parses a time. What is not one, and what lies before Cello existed, is reported and counts as absent. */
function readMoment(caller: string, fields: Fields, name: string, tell: Tell): number | null {
  const value = fields[name];
  if (isAbsent(value)) return null;
  const timeMs = readSafely(() => parseTime(value) ?? Number.NaN, tell);
  if (timeMs === null || !Number.isNaN(timeMs)) return timeMs;
  const expected = 'a time since 2015: a Date, RFC 3339 or milliseconds';
  tell(new Error(`[cello-companion] ${caller}: "${name}" is not ${expected}; it counts as absent`));
  return null;
}

/** The person, copied so that reading it cannot throw. */
function readUser(intake: Intake, tell: Tell): Intake {
  return takeIn(readTaken(intake)['user'], USER_NAMES, tell);
}

/** Without these a sign-up cannot be attributed, or not as the site meant it. */
const SIGNUP_ESSENTIALS = ['user', 'newUserId', 'db'];

/**
 * Parses a sign-up.
 *
 * @throws {TypeError} If `user` or `user.id` is missing, an id is an object, or a property is unknown.
 */
export function readSignup(input: unknown, nowMs: number, tell: Tell): Read<Signup> {
  const intake = takeIn(input, SIGNUP_NAMES, tell);
  const fields = readNamed('signup', intake.value, SIGNUP_NAMES);
  const person = readUser(intake, tell);
  const key = nameSignupEvent('');
  const unread = SIGNUP_ESSENTIALS.find((name) => intake.unread.has(name)) ?? (person.unread.has('id') && 'user.id');
  if (unread) return { fact: null, key, reason: `"${unread}" could not be read` };
  checkUser(person.value, 'signup');
  const user = parseUser(person.value);
  const newUserId = parseId(fields['newUserId']) ?? user?.id ?? null;
  if (!user || newUserId === null)
    return {
      fact: null,
      key,
      reason:
        '"user.id" is not an id that Cello accepts: it is empty, too long, not a whole number, or contains NUL or lone surrogates',
    };
  return { fact: { user, newUserId, atMs: readMoment('signup', fields, 'at', tell) ?? nowMs }, fields };
}

const BOOKING_NAMES = {
  booked: [
    ...['id', 'email', 'name', 'ucc', 'carrier', 'seat', 'seriesId', 'from', 'startsAt', 'endsAt', 'userId'],
    'assumeAttendedAfterHours',
  ],
  moved: ['id', 'previousId', 'email', 'seat', 'startsAt', 'endsAt'],
  cancelled: ['id', 'email', 'seat', 'isRest'],
  missed: ['id', 'is', 'email'],
  attended: ['id', 'email', 'name', 'user', 'ucc', 'at'],
} satisfies { readonly [verb: string]: readonly string[] };

/** A method that reports on a demo. */
export type DemoVerb = keyof typeof BOOKING_NAMES;

/** A report about a demo. */
export interface DemoFact {
  readonly id: string | null;
  readonly previousId: string | null;
  readonly seriesId: string | null;
  readonly guest: Partial<Guest>;
  /** Whether the guest's booking is one of several of the event. */
  readonly isSeated: boolean;
  readonly seat: string | null;
  readonly isRest: boolean;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  readonly atMs: number | null;
  readonly is: boolean;
  readonly assumeAfterHours: number | null;
}

/** The event key for a demo whose id is unusable. */
const NO_KEY = 'demo-call-attended:';

/**
 * Parses a report about a demo.
 *
 * @throws {TypeError} If nothing identifies the demo, an id is an object, or a property is unknown.
 */
export function readDemo(verb: DemoVerb, input: unknown, tell: Tell): Read<DemoFact> {
  const intake = takeIn(input, BOOKING_NAMES[verb], tell);
  const person = readUser(intake, tell);
  const fields: Fields = { ...readNamed(verb, intake.value, BOOKING_NAMES[verb]), user: person.value };
  const unread = ['id', 'user'].find((name) => intake.unread.has(name)) ?? (person.unread.has('id') && 'user.id');
  if (unread) return { fact: null, key: NO_KEY, reason: `"${unread}" could not be read` };
  checkDemo(verb, fields);
  const user = parseUser(person.value);
  const readTime = (name: string) => readMoment(verb, fields, name, tell);
  const hours = fields['assumeAttendedAfterHours'];
  const fact: DemoFact = {
    id: parseId(fields['id']),
    previousId: parseId(fields['previousId']),
    seriesId: parseId(fields['seriesId']),
    isSeated: fields['seat'] === true || parseId(fields['seat']) !== null,
    seat: parseId(fields['seat']),
    isRest: fields['isRest'] === true,
    guest: {
      userId: parseId(fields['userId']) ?? user?.id ?? null,
      email: parseEmail(fields['email']) ?? user?.email ?? null,
      name: parseLine(fields['name']) ?? user?.name ?? null,
      organizationId: user?.organizationId ?? null,
    },
    startsAtMs: readTime('startsAt'),
    endsAtMs: readTime('endsAt'),
    atMs: readTime('at'),
    is: fields['is'] !== false,
    assumeAfterHours: typeof hours === 'number' ? hours : null,
  };
  const isKnown = fact.id ?? (verb === 'attended' ? (fact.guest.email ?? fact.guest.userId) : null);
  return isKnown === null ? { fact: null, key: NO_KEY, reason: 'nothing in it identifies the demo' } : { fact, fields };
}

function checkDemo(verb: DemoVerb, fields: Fields): void {
  const { id, user, assumeAttendedAfterHours: hours } = fields;
  const place = (path: string) => ({ caller: verb, path });
  if (id === undefined && verb !== 'attended') throw createMistake(place('id'), 'the id of the booking', id);
  if (verb === 'attended' && !['id', 'email', 'user'].some((name) => fields[name] !== undefined))
    throw createMistake(place('input'), 'given with "id", "email" or "user"', fields);
  if (isFields(id) || Array.isArray(id)) throw createMistake(place('id'), 'a string or a whole number', id);
  if (user !== undefined && user !== null) checkUser(user, verb);
  if (hours !== undefined && hours !== null && !(typeof hours === 'number' && hours >= 1))
    throw createMistake(place('assumeAttendedAfterHours'), 'a number of hours, at least 1', hours);
}
