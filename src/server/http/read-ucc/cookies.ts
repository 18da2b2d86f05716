/**
 * The code in a request's cookies: our own and Cello's.
 */
import { CELLO_COOKIE, COOKIE, chooseStored, findCookies, newestRemembered } from '../../../cookie.js';
import { parseUcc } from '../../../ucc.js';

/** The values of our cookie and Cello's, as they were sent. */
export interface CookieValues {
  readonly ours: readonly string[];
  readonly cello: readonly string[];
}

/** Finds both cookies in a `Cookie` header. */
export const findBoth = (header: string): CookieValues => ({
  ours: findCookies(header, COOKIE),
  cello: findCookies(header, CELLO_COOKIE),
});

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * Finds both cookies by name, in a framework's parsed cookies.
 *
 * @param get - Returns a cookie's value, or an object with it as `value`.
 */
export function getBoth(get: (name: string) => unknown): CookieValues {
  const read = (name: string): readonly string[] => {
    const found = get(name);
    const value: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, 'value') : found;
    return [value].flat().filter(isText);
  };
  return { ours: read(COOKIE).map(encodeAgain), cello: read(CELLO_COOKIE) };
}

/** The start of the next key in our cookie's value. */
const NEXT_KEY = /&(?=(?:productId|at|cello|manual|forgotten)=)/;

/**
 * Frameworks decode the percent-encoding of the whole value, including that of the query string inside ours. The time
 * reveals it: encoded, it contains no colon.
 */
function encodeAgain(value: string): string {
  if (!/(?:^|&)at=[^&%]*:/.test(value)) return value;
  return value
    .split(NEXT_KEY)
    .map((pair) => {
      const equals = pair.indexOf('=');
      return `${pair.slice(0, equals)}=${encodeURIComponent(pair.slice(equals + 1))}`;
    })
    .join('&');
}

/** The first value that is a valid code. */
export function firstUcc(values: readonly unknown[]): string | null {
  for (const value of values) {
    const ucc = parseUcc(value);
    if (ucc) return ucc;
  }
  return null;
}

/** The code that wins between our cookie and Cello's. */
export function chooseCookie({ ours, cello }: CookieValues): string | null {
  const remembered = newestRemembered(ours);
  const ucc = firstUcc(cello);
  switch (chooseStored(remembered, ucc)) {
    case 'memory':
      return remembered?.ucc ?? null;
    case 'cookie':
      return ucc;
    default:
      return null;
  }
}
