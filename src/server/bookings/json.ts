/**
 * Reads untrusted JSON: a value that is missing or has the wrong type becomes `null`.
 */
import { parseUcc } from '../../ucc.js';
import { isKeepable } from '../input/index.js';

/** Longer than any id, name or address from a booking tool, and shorter than the limit of an event. */
const TEXT_MAX = 400;

/** The value at a path, e.g. `at(body, 'payload', 'tracking')`. Only own properties count. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? Reflect.get(inner, key) : undefined,
    value,
  );

/** The array at a path; an empty one if there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list : [];
}

/**
 * The string at a path, trimmed. A number is converted, because ids come as both. What no store can keep counts as
 * missing: a tool that is asked to send it again would do so until it gives up on us.
 */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = at(value, ...path);
  const text = typeof found === 'number' && Number.isSafeInteger(found) ? String(found) : found;
  const isUsable = typeof text === 'string' && text.trim() && text.length <= TEXT_MAX && isKeepable(text);
  return isUsable ? text.trim() : null;
}

/** The referral code at a path. */
export const uccAt = (value: unknown, ...path: readonly (string | number)[]): string | null =>
  parseUcc(at(value, ...path));

/** The time at a path: RFC 3339, or ms since 1970 as a number or its digits. */
export function timeAt(value: unknown, ...path: readonly (string | number)[]): Date | null {
  const found = at(value, ...path);
  const isDigits = typeof found === 'string' && /^\d{10,16}$/.test(found);
  const time = typeof found === 'number' || isDigits ? new Date(Number(found)) : new Date(`${textOf(found)}`);
  return Number.isNaN(time.getTime()) ? null : time;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whether a text has the shape of an e-mail address. */
const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text);

/** The e-mail address at a path. */
export function emailAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const text = textAt(value, ...path);
  return text && isEmail(text) ? text : null;
}
