/**
 * How a programmer's mistake is said, everywhere in the server half: where, what was expected, what came.
 */

/** Where a value stands: the function that got it, and its path there. */
export interface Place {
  /** The function, e.g. `'newSignup'`. */
  readonly caller: string;
  /** The path, e.g. `'user.id'`. */
  readonly path: string;
  /** Whether the value may be printed: a setting may, a person's address and a secret may not. Default: no. */
  readonly isPublic?: boolean;
}

/** The longest text that is printed, in characters. */
const SHOWN_MAX = 80;

/** Names the kind of a value, without a word of what is in it, e.g. `an object (Map)`. */
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
 * Makes the error for a value that is wrong.
 *
 * @param expected - The rest of the sentence "must be …".
 * @returns e.g. `[cello-companion] createEndpoint: "maxBytes" must be a whole number above 0, got "4kb"`, and for what may
 *   not be printed `[cello-companion] newSignup: "user.email" must be an e-mail address, got a string`.
 */
export const createMistake = ({ caller, path, isPublic = false }: Place, expected: string, value: unknown): TypeError =>
  new TypeError(
    `[cello-companion] ${caller}: "${path}" must be ${expected}, got ${isPublic ? show(value) : describeKind(value)}`,
  );
