/**
 * How a programmer's mistake is said: what was expected, what came.
 */

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

/** Whether a value is an object with named options. */
export const isOptions = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Checks that there are options, and none that does not exist: a misspelt one would be silently without effect.
 *
 * @throws {TypeError} That names the caller or the unknown option.
 */
export function checkOptionNames(caller: string, options: unknown, names: readonly string[]): void {
  if (!isOptions(options)) throw createMistake(caller, 'given an object of options', options);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new TypeError(
      `[cello-companion] "${unknown}" is no option of ${caller}. It knows ${names.map((name) => `"${name}"`).join(', ')}`,
    );
}
