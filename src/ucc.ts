/**
 * The referral code. Cello calls it the ucc, and so do we: one value, unchanged from the link to the event.
 */

/**
 * What Cello accepts in its v2 events: 1 to 255 characters. White space, control characters and lone surrogates are
 * rejected, because a cookie, a header or a form cannot carry them unchanged.
 */
const UCC = /^[^\s\p{Cc}\p{Cs}]{1,255}$/u;

/** How scripts and templates spell "none" when they print a missing value. */
const NONE: readonly unknown[] = [undefined, null, '', 'undefined', 'null'];

/** https://docs.cello.so/key-concepts: "a unique set of 11 alphanumeric characters". Its own smoke test is `ucc=test`. */
const DOCUMENTED_SHAPE = /^[A-Za-z0-9]{11}$/;

/** Whether a value means "there is no code", as opposed to "there is a code, but it is malformed". */
export const isAbsent = (value: unknown): boolean => NONE.includes(typeof value === 'string' ? value.trim() : value);

/**
 * Parses a referral code from anything: the only parser for it, in the browser and on the server.
 *
 * @param value - Whatever a cookie, an address, a form or Cello's script returned.
 * @returns The code, trimmed and otherwise unchanged, e.g. `'pNRB1aYqArN'`; `null` if there is none or it is malformed.
 *   Never throws.
 */
export function parseUcc(value: unknown): string | null {
  if (typeof value !== 'string' || isAbsent(value)) return null;
  const ucc = value.trim();
  return UCC.test(ucc) ? ucc : null;
}

/** Whether a code has the shape that Cello documents. We keep codes of any other shape too, but log a note. */
export const hasDocumentedShape = (ucc: string): boolean => DOCUMENTED_SHAPE.test(ucc);

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/): short, fast, and the same on both sides. Not a secret. */
export function hash(text: string, seed = 0x811c9dc5): number {
  let sum = seed;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum >>> 0;
}

/** A fingerprint of a code, used to recognize a forgotten code without storing it. */
export const hashUcc = (ucc: string): string => hash(ucc).toString(36);
