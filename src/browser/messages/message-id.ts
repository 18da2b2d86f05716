/**
 * The id of a message, created once: the idempotency key that lets the endpoint count it once.
 */
import { hash } from '../../ucc.js';

/** Formats four 32-bit numbers as a UUID of the given version: https://www.rfc-editor.org/rfc/rfc9562 */
const format = (numbers: readonly number[], version: 4 | 8): string =>
  numbers
    .map((number) => number.toString(16).padStart(8, '0'))
    .join('')
    .replace(/(.{8})(.{4}).(.{3}).(.{3})/, `$1-$2-${version}$3-8$4-`);

/** A new id. `crypto.randomUUID` exists only in secure contexts, and some sites still test on plain http. */
export const makeId = (): string => format([...crypto.getRandomValues(new Uint32Array(4))], 4);

/** The id derived from these words: the same words always give the same message id. */
export const makeIdOf = (...words: readonly string[]): string =>
  format(
    [1, 2, 3, 4].map((seed) => hash(words.join('\n'), seed * 0x9e3779b1)),
    8,
  );
