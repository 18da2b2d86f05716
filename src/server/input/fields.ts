/**
 * Reads what a programmer hands in, at the border: the right value, or a `TypeError` that names the field. What came is
 * named by its kind and never printed: it may be a person's address, or a secret.
 */
import { parseUcc } from '../../ucc.js';
import { createMistake, type Place } from './mistake.js';

/** An object whose fields nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is an object with named fields. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Reads an object. */
export function readFields(value: unknown, place: Place): Fields {
  if (!isFields(value)) throw createMistake(place, 'an object', value);
  return value;
}

/** Reads a text that must be there and say something. */
export function readString(value: unknown, place: Place): string {
  if (typeof value !== 'string' || !value.trim()) throw createMistake(place, 'a string that is not empty', value);
  return value;
}

/**
 * Reads an id. A database's whole numbers are taken as their digits, because Cello's ids are strings: its widget answers
 * "User is not authorized" to numbers. https://docs.cello.so/.well-known/agent-skills/cello/skill.md
 */
export function readId(value: unknown, place: Place): string {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'number')
    throw createMistake(place, 'a string or a whole number that JavaScript can hold exactly', value);
  return readString(value, place);
}

/** Reads a referral code. */
export function readCode(value: unknown, place: Place): string {
  const ucc = parseUcc(value);
  if (!ucc) throw createMistake(place, 'a referral code: 1 to 255 characters without white space', value);
  return ucc;
}

/** Whether an optional text says nothing: databases and forms spell "none" in all these ways. */
const isNone = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && !value.trim());

/** Reads what may be left out: `null` where it is. */
export const readOptional = <T>(value: unknown, place: Place, read: (value: unknown, place: Place) => T): T | null =>
  isNone(value) ? null : read(value, place);

/** RFC 3339, section 5.6: always with its zone, since a local time is another moment on another machine. */
const RFC_3339 = /^(\d{4}-\d\d-(\d\d))[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** JavaScript takes the 30th of February for the 2nd of March. */
const isDayThere = (date: string, day: string): boolean => new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day);

/** The years that RFC 3339 can write. */
const isWritable = (date: Date): boolean => date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999;

function parseTime(value: unknown): Date | null {
  if (value instanceof Date || typeof value === 'number') return new Date(value);
  const [, date, day] = (typeof value === 'string' && RFC_3339.exec(value)) || [];
  return date && day && isDayThere(date, day) ? new Date(String(value)) : null;
}

/** Reads a moment: a `Date`, an RFC 3339 text with its zone, or the ms since 1970. */
export function readTime(value: unknown, place: Place): Date {
  const time = parseTime(value);
  if (!time || !isWritable(time))
    throw createMistake(place, 'a valid Date, a time such as "2026-11-23T14:14:34Z", or milliseconds', value);
  return time;
}
