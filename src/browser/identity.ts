/**
 * The id of a message, made once: the idempotency key by which the endpoint counts it once.
 */
import { hash } from '../ucc.js';

/** 32 hexadecimal digits as a UUID of the given version: https://www.rfc-editor.org/rfc/rfc9562 */
const format = (digits: string, version: 4 | 8): string =>
  `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${version}${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;

const hexOf = (numbers: Iterable<number>): string =>
  [...numbers].map((number) => number.toString(16).padStart(8, '0')).join('');

/** A new id. `crypto.randomUUID` is for secure contexts alone, and some sites still test on plain http. */
export const makeId = (): string => format(hexOf(crypto.getRandomValues(new Uint32Array(4))), 4);

/** The id that these words always give: the same ones again are the same message. */
export const makeIdOf = (...words: readonly string[]): string =>
  format(hexOf([1, 2, 3, 4].map((seed) => hash(words.join('\n'), Math.imul(seed, 0x9e3779b1)))), 8);
