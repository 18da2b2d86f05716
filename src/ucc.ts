/**
 * The referral code. Cello calls it the ucc, and so do we: one value, the same from the link to the event.
 */

/**
 * What Cello accepts in its v2 events: 1 to 255 characters. White space, control characters and lone surrogates
 * are left out, because a cookie, a header or a form cannot carry them unchanged.
 */
const UCC = /^[^\s\p{Cc}\p{Cs}]{1,255}$/u;

/** How scripts and templates spell "none" when they print an absent value. */
const NONE: readonly unknown[] = [undefined, null, '', 'undefined', 'null'];

/** https://docs.cello.so/key-concepts: "a unique set of 11 alphanumeric characters". Its own smoke test is `ucc=test`. */
const DOCUMENTED_SHAPE = /^[A-Za-z0-9]{11}$/;

/** Whether a value says "there is no code", as opposed to "there is a code, and it is malformed". */
export const isAbsent = (value: unknown): boolean => NONE.includes(typeof value === 'string' ? value.trim() : value);

/**
 * Reads a referral code out of anything: the one parser of it, for browser and server.
 *
 * @param value - Whatever a cookie, an address, a form or Cello's script gave.
 * @returns The code, trimmed and otherwise unchanged, e.g. `'pNRB1aYqArN'`; `null` if there is none or it is malformed.
 *   Never throws.
 */
export function parseUcc(value: unknown): string | null {
  if (typeof value !== 'string' || isAbsent(value)) return null;
  const ucc = value.trim();
  return UCC.test(ucc) ? ucc : null;
}

/** Whether a code has the shape that Cello documents. Another shape is kept all the same; it is worth a note. */
export const hasDocumentedShape = (ucc: string): boolean => DOCUMENTED_SHAPE.test(ucc);

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/): short, quick, the same on both sides. No secret. */
export function hash(text: string, seed = 0x811c9dc5): number {
  let sum = seed;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum >>> 0;
}

/** A fingerprint of a code, with which a forgotten code is recognised without being kept. */
export const hashUcc = (ucc: string): string => hash(ucc).toString(36);
