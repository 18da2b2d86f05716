/**
 * How a programmer's mistake is said: what was expected, what came.
 */
import { isFields } from './input.js';

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/**
 * Makes the error for an option or argument that is wrong.
 *
 * @param name - What the programmer wrote, e.g. `'maxBytes'`.
 * @param expected - The rest of the sentence "must be …".
 * @param got - What came. It is printed: not for secrets.
 * @returns e.g. `[cello-companion] "maxBytes" must be a whole number above 0, got "4kb"`.
 */
export const createMistake = (name: string, expected: string, got: unknown): TypeError =>
  new TypeError(`[cello-companion] "${name}" must be ${expected}, got ${show(got)}`);

/**
 * Checks that there are options, and none that does not exist: a misspelt one would be silently without effect.
 *
 * @throws {TypeError} That names the caller or the unknown option.
 */
export function checkOptionNames(caller: string, options: unknown, names: readonly string[]): void {
  if (!isFields(options)) throw createMistake(caller, 'given an object of options', options);
  refuseOtherOptions(caller, options, names);
}

/**
 * Checks that there is no option besides these. For callers whose options hold secrets: nothing but the name is printed.
 *
 * @throws {TypeError} e.g. `[cello-companion] "timeout" is no option of createCello. It knows "baseUrl", …`.
 */
export function refuseOtherOptions(caller: string, options: object, names: readonly string[]): void {
  const other = Object.keys(options).find((name) => !names.includes(name));
  if (other !== undefined)
    throw new TypeError(
      `[cello-companion] "${other}" is no option of ${caller}. It knows ${names.map((name) => `"${name}"`).join(', ')}`,
    );
}
