/**
 * The person in a fact. Real data is messy: an address may be missing, an id may be a number. None of that may cost a
 * sign-up, so an unusable value counts as absent; only what no data could explain is a programmer's mistake.
 */
import type { Id } from '../events/index.js';
import { createMistake, isFields, isKeepable, type Place, readFields } from '../input/index.js';

/** The person who signed up, as the site passes it in. */
export interface AttributedUser {
  /** The id in the site's own product: the one passed to Cello's widget. */
  readonly id: Id;
  readonly email?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly organizationId?: Id | null | undefined;
}

/** A person whose data has been parsed. */
export interface KnownUser {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly organizationId: string | null;
}

/** The longest text sent to Cello: anything longer is not an id, an address or a name. */
const TEXT_MAX = 500;

/** Parses an id; `null` if it cannot be one. */
export function parseId(value: unknown): string | null {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  return parseLine(value);
}

/** Parses a non-empty line of text that every store can keep; `null` for anything else. */
export function parseLine(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text && text.length <= TEXT_MAX && isKeepable(text) ? text : null;
}

/** Parses an e-mail address: one `@` with something on both sides; `null` for anything else. */
export function parseEmail(value: unknown): string | null {
  const email = parseLine(value);
  return email && /^[^\s@]+@[^\s@]+$/.test(email) ? email : null;
}

/**
 * Parses a point in time into ms since 1970; `null` if it is not one, or lies before Cello existed: a number of
 * seconds, taken for milliseconds, lies in 1970.
 */
export function parseTime(value: unknown): number | null {
  if (!(value instanceof Date) && typeof value !== 'number' && typeof value !== 'string') return null;
  const timeMs = new Date(value).getTime();
  return timeMs >= TIME_BEGIN_MS && timeMs < TIME_END_MS ? timeMs : null;
}

const TIME_BEGIN_MS = Date.UTC(2015, 0, 1);
const TIME_END_MS = Date.UTC(9999, 11, 31);

const ID_TYPES: readonly string[] = ['string', 'number', 'bigint'];

/**
 * Checks that there is a person with a plausible id.
 *
 * @throws {TypeError} If no real data could explain it: no `user`, no `id`, or an object as the id.
 */
export function checkUser(value: unknown, caller: string): void {
  const place = (path: string): Place => ({ caller, path });
  const { id } = readFields(value, place('user'));
  if (!ID_TYPES.includes(typeof id)) throw createMistake(place('user.id'), 'a string or a whole number', id);
}

/** Parses a person; `null` without an id that can be sent. */
export function parseUser(value: unknown): KnownUser | null {
  if (!isFields(value)) return null;
  const id = parseId(value['id']);
  if (id === null) return null;
  return {
    id,
    email: parseEmail(value['email']),
    name: parseLine(value['name']),
    organizationId: parseId(value['organizationId']),
  };
}

/** The person in the shape that events use: absent values are left out. */
export const showUser = ({ id, email, name, organizationId }: KnownUser) => ({
  id,
  ...(email === null ? {} : { email }),
  ...(name === null ? {} : { name }),
  ...(organizationId === null ? {} : { organizationId }),
});
