/**
 * Parses a programmer's input at the border: returns a valid value, or throws a `TypeError` that names the field. An
 * invalid value is described by its type and never printed, because it may be personal data or a secret.
 */
import { parseUcc } from '../../ucc.js';
import { createMistake, type Place } from './mistake.js';

/** An object whose fields have not been checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is an object with named fields. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Parses an object. */
export function readFields(value: unknown, place: Place): Fields {
  if (!isFields(value)) throw createMistake(place, 'an object', value);
  return value;
}

/**
 * Rejects unknown names: if misspelled, one would silently have no effect.
 *
 * @param noun - What the names are, for the error message.
 * @throws {TypeError} Names the first one, and those that exist.
 */
export function checkNames(caller: string, fields: Fields, names: readonly string[], noun: 'option' | 'input'): void {
  const other = Object.keys(fields).find((name) => !names.includes(name));
  if (other === undefined) return;
  const known = names.map((name) => `"${name}"`).join(', ');
  throw new TypeError(`[cello-companion] ${caller} has no ${noun} "${other}". Its ${noun}s are ${known}`);
}

/**
 * NUL, which PostgreSQL rejects, and lone surrogates, which UTF-8 cannot encode: a store that accepts them returns a
 * different text. https://www.postgresql.org/docs/current/datatype-character.html
 */
const UNKEEPABLE = /\0|\p{Cs}/gu;

/** Removes the characters that not every store can keep. */
export const dropUnkeepable = (text: string): string => text.replace(UNKEEPABLE, '');

/** Whether every store can keep a text unchanged. */
export const isKeepable = (text: string): boolean => dropUnkeepable(text) === text;

/** Parses a required, non-empty string. */
export function readString(value: unknown, place: Place): string {
  if (typeof value !== 'string' || !value.trim()) throw createMistake(place, 'a string that is not empty', value);
  if (!isKeepable(value)) throw createMistake(place, 'a string without NUL characters and lone surrogates', value);
  return value;
}

/**
 * Parses an id. A database's integers are converted to strings, as Cello's ids are: its widget answers "User is not
 * authorized" to numbers. https://docs.cello.so/.well-known/agent-skills/cello/skill.md
 */
export function readId(value: unknown, place: Place): string {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'number')
    throw createMistake(place, 'a string or a whole number that JavaScript can hold exactly', value);
  return readString(value, place);
}

/** Parses a referral code. */
export function readCode(value: unknown, place: Place): string {
  const ucc = parseUcc(value);
  if (!ucc) throw createMistake(place, 'a referral code: 1 to 255 characters without white space', value);
  return ucc;
}

/** Whether an optional value is absent: databases and forms express "none" in all these ways. */
const isNone = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && !value.trim());

/** Parses an optional value; `null` if it is absent. */
export const readOptional = <T>(value: unknown, place: Place, read: (value: unknown, place: Place) => T): T | null =>
  isNone(value) ? null : read(value, place);

/** RFC 3339, section 5.6: always with a time zone, because a local time is a different moment on another machine. */
const RFC_3339 = /^(\d{4}-\d\d-(\d\d))[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** JavaScript reads February 30 as March 2. */
const isDayThere = (date: string, day: string): boolean => new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day);

/** The years that RFC 3339 can write. */
const isWritable = (date: Date): boolean => date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999;

function parseTime(value: unknown): Date | null {
  if (value instanceof Date || typeof value === 'number') return new Date(value);
  const [, date, day] = (typeof value === 'string' && RFC_3339.exec(value)) || [];
  return date && day && isDayThere(date, day) ? new Date(String(value)) : null;
}

/** Parses a point in time: a `Date`, an RFC 3339 string with a time zone, or ms since 1970. */
export function readTime(value: unknown, place: Place): Date {
  const time = parseTime(value);
  if (!time || !isWritable(time))
    throw createMistake(place, 'a valid Date, a time such as "2026-11-23T14:14:34Z", or milliseconds', value);
  return time;
}
