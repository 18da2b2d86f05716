/**
 * The id of a message, made once: the idempotency key by which the endpoint counts it once.
 */
import { hash } from '../../ucc.js';

/** Four 32-bit numbers as a UUID of the given version: https://www.rfc-editor.org/rfc/rfc9562 */
const format = (numbers: readonly number[], version: 4 | 8): string =>
  numbers
    .map((number) => number.toString(16).padStart(8, '0'))
    .join('')
    .replace(/(.{8})(.{4}).(.{3}).(.{3})/, `$1-$2-${version}$3-8$4-`);

/** A new id. `crypto.randomUUID` is for secure contexts alone, and some sites still test on plain http. */
export const makeId = (): string => format([...crypto.getRandomValues(new Uint32Array(4))], 4);

/** The id that these words always give: the same ones again are the same message. */
export const makeIdOf = (...words: readonly string[]): string =>
  format(
    [1, 2, 3, 4].map((seed) => hash(words.join('\n'), seed * 0x9e3779b1)),
    8,
  );
