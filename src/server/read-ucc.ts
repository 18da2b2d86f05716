/**
 * The code that a browser claims: in a submitted form, or in its cookies.
 */
import { CELLO_COOKIE, COOKIE, chooseStored, findCookies, newestRemembered } from '../cookie.js';
import { parseUcc } from '../ucc.js';

/** What a code is read from: a submitted form as frameworks hand it over, or a `Cookie` header. */
export type UccSource = FormData | URLSearchParams | object | string | null | undefined;

/**
 * Reads the referral code out of what a browser sent. It is a claim: good for naming the referrer of a user whom your
 * own login knows, not for knowing the user.
 *
 * @param source - A submitted form (`FormData`, `URLSearchParams`, the plain object of a body parser), or the text of a
 *   `Cookie` header. A text without `=` is neither.
 * @param field - The form field's name, if you changed it with `data-field`. Default: `'ucc'`.
 * @returns The code, of a repeated field the first valid one; `null` if there is none. Never throws.
 */
export function readUcc(source: UccSource, field = 'ucc'): string | null {
  if (typeof source === 'string') return readCookies(source);
  for (const value of readField(source, field)) {
    const ucc = parseUcc(value);
    if (ucc) return ucc;
  }
  return null;
}

function readField(source: unknown, field: string): readonly unknown[] {
  if (typeof source !== 'object' || source === null) return [];
  if ('getAll' in source && typeof source.getAll === 'function') return [source.getAll(field)].flat();
  return Object.hasOwn(source, field) ? [Reflect.get(source, field)].flat() : [];
}

function readCookies(header: string): string | null {
  const remembered = newestRemembered(findCookies(header, COOKIE));
  const cello = readCelloCookie(header);
  switch (chooseStored(remembered, cello)) {
    case 'memory':
      return remembered?.ucc ?? null;
    case 'cookie':
      return cello;
    default:
      return null;
  }
}

/**
 * The code in Cello's own cookie; of several the first valid one. It stands there as plain text, so a `%41` in it is a
 * `%41` of the code. https://docs.cello.so/landing-pages/manage-cookies
 */
export function readCelloCookie(header: string): string | null {
  for (const value of findCookies(header, CELLO_COOKIE)) {
    const ucc = parseUcc(value);
    if (ucc) return ucc;
  }
  return null;
}
