/**
 * The person of a fact. The site's data is as it is: an address may be missing, an id a number. Nothing of it may cost a
 * sign-up, so what is of no use counts as absent; only what no data could explain is a programmer's mistake.
 */
import { createMistake, isFields, type Place, readFields } from '../input/index.js';

/** An id as sites have it. */
export type Id = string | number | bigint;

/** Who signed up, as the site hands it in. */
export interface AttributedUser {
  /** The id in the site's own product: the one that boots Cello's widget. */
  readonly id: Id;
  readonly email?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly organizationId?: Id | null | undefined;
}

/** A person whose data was looked at. */
export interface KnownUser {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly organizationId: string | null;
}

/** What Cello is sent of a text at most: more is no id, no address and no name. */
const TEXT_MAX = 500;

/** Reads an id; `null` for what cannot be one. */
export function parseId(value: unknown): string | null {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  return parseLine(value);
}

/** Reads a text that says something; `null` for what does not. */
export function parseLine(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text && text.length <= TEXT_MAX ? text : null;
}

/** Reads an e-mail address: one `@` with something on both sides; `null` for anything else. */
export function parseEmail(value: unknown): string | null {
  const email = parseLine(value);
  return email && /^[^\s@]+@[^\s@]+$/.test(email) ? email : null;
}

/** Reads a moment, in ms since 1970; `null` for what is none, or lies outside of the years that can be written. */
export function parseTime(value: unknown): number | null {
  if (!(value instanceof Date) && typeof value !== 'number' && typeof value !== 'string') return null;
  const timeMs = new Date(value).getTime();
  return timeMs > 0 && timeMs < TIME_END_MS ? timeMs : null;
}

const TIME_END_MS = Date.UTC(9999, 11, 31);

const ID_TYPES: readonly string[] = ['string', 'number', 'bigint'];

/**
 * Checks that there is a person, with an id that could be one.
 *
 * @throws {TypeError} Where no data of the site's explains what came: no `user`, no `id`, an object for an id.
 */
export function checkUser(value: unknown, caller: string): void {
  const place = (path: string): Place => ({ caller, path });
  const { id } = readFields(value, place('user'));
  if (!ID_TYPES.includes(typeof id)) throw createMistake(place('user.id'), 'a string or a whole number', id);
}

/** Reads a person; `null` without an id that can be sent. */
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

/** The person as events take it: what is absent is left out. */
export const showUser = ({ id, email, name, organizationId }: KnownUser) => ({
  id,
  ...(email === null ? {} : { email }),
  ...(name === null ? {} : { name }),
  ...(organizationId === null ? {} : { organizationId }),
});
