/**
 * Makes external text safe for a log line.
 */

/** The longest text in an entry, in characters. */
const TEXT_MAX = 200;

/** Control and format characters, lone surrogates, and what some viewers treat as a line break. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Makes external text safe for a log line: https://owasp.org/www-community/attacks/Log_Injection */
export const cleanText = (text: string): string => text.slice(0, TEXT_MAX).replace(UNPRINTABLE, '');

/**
 * Describes what was thrown and where, without its message: e.g. `TypeError at save (file:///app/referrals.js:12:5)`.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = '' } = error;
  const frames = message && stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : stack;
  const place = /\n\s+(at .+)/.exec(frames)?.[1] ?? '';
  return cleanText(`${name} ${place}`.trim());
}
