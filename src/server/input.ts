/**
 * Reads what a programmer hands in, at the border: the right value, or a `TypeError` that names the field. What came is
 * named by its kind and never printed: it may be a person's address, or a secret.
 */
import { parseUcc } from '../ucc.js';

type Fields = Readonly<Record<string, unknown>>;

/** Where a value stands: the function that got it, and its path there. */
export interface Place {
  /** The function, e.g. `'newSignup'`. */
  readonly caller: string;
  /** The path, e.g. `'user.id'`. */
  readonly path: string;
}

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return Number.isNaN(+value) ? 'an invalid Date' : 'a Date';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

/** Makes the error for a field: `[cello-companion] newSignup: "user.id" must be a string, got a number`. */
export const createFieldError = ({ caller, path }: Place, expected: string, value: unknown): TypeError =>
  new TypeError(`[cello-companion] ${caller}: "${path}" must be ${expected}, got ${describe(value)}`);

/** Whether a value is an object with named fields. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Reads an object. */
export function readFields(value: unknown, place: Place): Fields {
  if (!isFields(value)) throw createFieldError(place, 'an object', value);
  return value;
}

/** Reads a text that must be there and say something. */
export function readText(value: unknown, place: Place): string {
  if (typeof value !== 'string' || !value.trim()) throw createFieldError(place, 'a string that is not empty', value);
  return value;
}

/**
 * Reads an id. A number is refused: Cello's widget answers "User is not authorized" to numeric ids, and an id that is
 * text here and a number there is two users. https://docs.cello.so/.well-known/agent-skills/cello/skill.md
 */
export function readId(value: unknown, place: Place): string {
  if (typeof value === 'number' || typeof value === 'bigint')
    throw createFieldError(place, 'a string (ids are strings: write String(id))', value);
  return readText(value, place);
}

/** Reads a referral code. */
export function readCode(value: unknown, place: Place): string {
  const ucc = parseUcc(value);
  if (!ucc) throw createFieldError(place, 'a referral code: 1 to 255 characters without white space', value);
  return ucc;
}

/** Whether an optional text says nothing: databases and forms spell "none" in all these ways. */
const isNone = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && !value.trim());

/** Reads what may be left out: `null` where it is. */
export const readOptional = <T>(value: unknown, place: Place, read: (value: unknown, place: Place) => T): T | null =>
  isNone(value) ? null : read(value, place);
