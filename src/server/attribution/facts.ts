/**
 * What the site hands in, read at the border. Its data is as it is: what is of no use counts as absent, and only what no
 * data explains is a programmer's mistake.
 */

import type { UccSource } from '../http/index.js';
import { createMistake, type Fields, isFields, readFields } from '../input/index.js';
import type { Guest } from './booking.js';
import {
  type AttributedUser,
  checkUser,
  type Id,
  parseEmail,
  parseId,
  parseLine,
  parseTime,
  parseUser,
} from './person.js';
import { nameSignupEvent, type Signup } from './waiting.js';

/** A moment: a `Date`, an RFC 3339 text, or ms since 1970. */
export type Time = Date | string | number;

type Optional<T> = T | null | undefined;

/** A new user stands. */
export interface SignupFact {
  /** Who. */
  readonly user: AttributedUser;
  /** Default: `user.id`. The organization's id, always, where rewards are per organization. */
  readonly newUserId?: Optional<Id>;
  /** The code, where the site knows it. */
  readonly ucc?: Optional<string>;
  /** The request, form or cookies of this person: whatever `readUcc` takes. */
  readonly from?: Optional<UccSource>;
  /** What an auth provider keeps of the site's browser call: its `ucc` or `cello_ucc`. */
  readonly metadata?: unknown;
  /** When it happened. Default: now. */
  readonly at?: Optional<Time>;
  /** The site's own transaction: the event commits or vanishes with it. */
  readonly db?: unknown;
}

/** A demo was booked. */
export interface BookedFact {
  /** The tool's id. */
  readonly id: Id;
  readonly email?: Optional<string>;
  readonly name?: Optional<string>;
  /** The code that was booked with. */
  readonly ucc?: Optional<string>;
  /** The request, form or cookies of this person: whatever `readUcc` takes. */
  readonly from?: Optional<UccSource>;
  readonly startsAt?: Optional<Time>;
  readonly endsAt?: Optional<Time>;
  /** The guest's id in the site's own product, where there is one. Default: the first booking's id. */
  readonly userId?: Optional<Id>;
  /** As the option of `createAttribution`, for this booking. */
  readonly assumeAttendedAfterHours?: Optional<number>;
}

/** A demo has another time, and often another id. */
export interface MovedFact {
  readonly id: Id;
  /** The id that it had before. */
  readonly previousId?: Optional<Id>;
  readonly startsAt?: Optional<Time>;
  readonly endsAt?: Optional<Time>;
}

/** A demo was cancelled. */
export interface CancelledFact {
  readonly id: Id;
}

/** Nobody came, or that was a mistake. */
export interface MissedFact {
  readonly id: Id;
  /** `false`: the no-show is undone. Default: `true`. */
  readonly is?: Optional<boolean>;
}

/** A demo was attended: somebody says so, or a recording. By `id`, `email` or `user`, one of which must be there. */
export interface AttendedFact {
  readonly id?: Optional<Id>;
  readonly email?: Optional<string>;
  readonly name?: Optional<string>;
  readonly user?: Optional<AttributedUser>;
  /** The code, where the site knows it. */
  readonly ucc?: Optional<string>;
  /** When. Default: now. */
  readonly at?: Optional<Time>;
}

/**
 * Refuses names that do not exist: a misspelt `from` would be silently without effect.
 *
 * @throws {TypeError} That names it.
 */
function readNamed(caller: string, value: unknown, names: readonly string[]): Fields {
  const fields = readFields(value, { caller, path: 'input' });
  const other = Object.keys(fields).find((name) => !names.includes(name));
  if (other !== undefined)
    throw new TypeError(
      `[cello-companion] ${caller}: there is no "${other}". It knows ${names.map((name) => `"${name}"`).join(', ')}`,
    );
  return fields;
}

const SIGNUP_NAMES = ['user', 'newUserId', 'ucc', 'from', 'metadata', 'at', 'db'];

/** What the data says: the fact, or the key of one that is of no use. */
export type Read<T> = { readonly fact: T } | { readonly fact: null; readonly key: string; readonly reason: string };

/**
 * Reads a sign-up.
 *
 * @throws {TypeError} Where there is no `user`, no `user.id`, an object for an id, or a name that does not exist.
 */
export function readSignup(input: unknown, nowMs: number): Read<Signup> {
  const fields = readNamed('signup', input, SIGNUP_NAMES);
  checkUser(fields['user'], 'signup');
  const user = parseUser(fields['user']);
  const newUserId = parseId(fields['newUserId']) ?? user?.id ?? null;
  if (!user || newUserId === null)
    return {
      fact: null,
      key: nameSignupEvent(''),
      reason: '"user.id" is no id that Cello takes: it is empty, too long, or no whole number',
    };
  return { fact: { user, newUserId, atMs: parseTime(fields['at']) ?? nowMs } };
}

const BOOKING_NAMES = {
  booked: ['id', 'email', 'name', 'ucc', 'from', 'startsAt', 'endsAt', 'userId', 'assumeAttendedAfterHours'],
  moved: ['id', 'previousId', 'startsAt', 'endsAt'],
  cancelled: ['id'],
  missed: ['id', 'is'],
  attended: ['id', 'email', 'name', 'user', 'ucc', 'at'],
} as const;

/** A verb about a demo. */
export type DemoVerb = keyof typeof BOOKING_NAMES;

/** What is said of a demo. */
export interface DemoFact {
  readonly id: string | null;
  readonly previousId: string | null;
  readonly guest: Partial<Guest>;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  readonly atMs: number | null;
  readonly is: boolean;
  readonly assumeAfterHours: number | null;
}

/** The key of an event about a demo of which only a useless id came. */
const NO_KEY = 'demo-call-attended:';

/**
 * Reads what is said of a demo.
 *
 * @throws {TypeError} Where there is nothing to know the demo by, an object for an id, or a name that does not exist.
 */
export function readDemo(verb: DemoVerb, input: unknown): Read<DemoFact> {
  const fields = readNamed(verb, input, BOOKING_NAMES[verb]);
  checkDemo(verb, fields);
  const user = parseUser(fields['user']);
  const hours = fields['assumeAttendedAfterHours'];
  const fact: DemoFact = {
    id: parseId(fields['id']),
    previousId: parseId(fields['previousId']),
    guest: {
      userId: parseId(fields['userId']) ?? user?.id ?? null,
      email: parseEmail(fields['email']) ?? user?.email ?? null,
      name: parseLine(fields['name']) ?? user?.name ?? null,
      organizationId: user?.organizationId ?? null,
    },
    startsAtMs: parseTime(fields['startsAt']),
    endsAtMs: parseTime(fields['endsAt']),
    atMs: parseTime(fields['at']),
    is: fields['is'] !== false,
    assumeAfterHours: typeof hours === 'number' ? hours : null,
  };
  const isKnown = fact.id ?? (verb === 'attended' ? (fact.guest.email ?? fact.guest.userId) : null);
  return isKnown === null
    ? { fact: null, key: NO_KEY, reason: 'there is nothing in it to know the demo by' }
    : { fact };
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
