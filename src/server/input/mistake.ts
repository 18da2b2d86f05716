/**
 * The error for a programmer's mistake, everywhere in the server: where, what was expected, what was given.
 */

/** Where a value was passed: the function, and the path in its input. */
export interface Place {
  /** The function, e.g. `'newSignup'`. */
  readonly caller: string;
  /** The path, e.g. `'user.id'`. */
  readonly path: string;
  /** Whether the value may be printed: yes for a setting, no for personal data and secrets. Default: no. */
  readonly isPublic?: boolean;
}

/** The longest string to print, in characters. */
const SHOWN_MAX = 80;

/** Describes a value's type without revealing its contents, e.g. `an object (Map)`. */
function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return Number.isNaN(+value) ? 'an invalid Date' : 'a Date';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const { name } = Object.getPrototypeOf(value)?.constructor ?? {};
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an object (${name})` : 'an object';
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_MAX));
  return typeof value === 'object' || typeof value === 'function' ? describeKind(value) : String(value);
}

/**
 * Creates the error for an invalid value.
 *
 * @param expected - The rest of the sentence "must be …".
 * @returns e.g. `[cello-companion] createEndpoint: "maxBytes" must be a whole number above 0, got "4kb"`, and for a
 *   value that may not be printed `[cello-companion] newSignup: "user.email" must be an e-mail address, got a string`.
 */
export const createMistake = ({ caller, path, isPublic = false }: Place, expected: string, value: unknown): TypeError =>
  new TypeError(
    `[cello-companion] ${caller}: "${path}" must be ${expected}, got ${isPublic ? show(value) : describeKind(value)}`,
  );
