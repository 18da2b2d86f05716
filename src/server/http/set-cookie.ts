/**
 * Our own cookie, set by the server. Safari ends a cookie that a script wrote after 7 days; one that a server set lives
 * as long as it says. https://webkit.org/tracking-prevention/#intelligent-tracking-prevention-itp
 */
import {
  COOKIE,
  COOKIE_DAYS,
  findCookies,
  forget,
  isForgotten,
  newestRemembered,
  writeRemembered,
} from '../../cookie.js';
import type { Message } from '../../message.js';
import { parseUcc } from '../../ucc.js';
import {
  optional,
  parseBoolean,
  parsePositive,
  parseText,
  readOptions,
  required,
  type Values,
} from '../input/index.js';
import { readCelloCookie } from './read-ucc/index.js';

/** How our cookie is set. */
export interface CookieOptions {
  /** The domain whose hosts share it, e.g. `'example.com'`: the same as the script's `data-cookie-domain`. Default: this host only. */
  readonly domain?: string | undefined;
  /** How long it lives, in days. Default: 90. */
  readonly days?: number | undefined;
  /** Whether it goes over https only. Default: true; `false` for a development server on plain http. */
  readonly secure?: boolean | undefined;
}

/** RFC 6265 leaves it to the browser; this is what a host name can be, so that no attribute slips in. */
const DOMAIN = /^\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i;

/** The table of the cookie's options. */
const OPTIONS = {
  domain: optional(null, 'a domain such as "example.com"', parseText(DOMAIN)),
  days: optional(COOKIE_DAYS, 'a number of days above 0', parsePositive),
  secure: optional(true, 'true or false', parseBoolean),
};

/** Cookie options, read and complete. */
export type CookieSettings = Values<typeof OPTIONS>;

/**
 * Reads cookie options.
 *
 * @param caller - Who asks: it stands in the error.
 * @throws {TypeError} That names the option.
 */
export const readCookieOptions = (caller: string, options: unknown): CookieSettings =>
  readOptions(caller, options, OPTIONS);

/** Not HttpOnly: the script reads it. Lax: it comes along when a link leads to the site. */
const writeCookie = (value: string, { domain, days, secure }: CookieSettings): string =>
  [
    `${COOKIE}=${value}`,
    'Path=/',
    ...(domain ? [`Domain=${domain}`] : []),
    `Max-Age=${Math.round(days * 86_400)}`,
    'SameSite=Lax',
    ...(secure ? ['Secure'] : []),
  ].join('; ');

/**
 * Writes the `Set-Cookie` value with which a captured code is kept. What the browser's own cookie of the same code says
 * besides stays, and so do the codes it was told to forget.
 *
 * @param cookies - The request's `Cookie` header.
 * @returns `null` if the browser was told to forget this code.
 */
export function rememberCapture(message: Message, cookies: string, settings: CookieSettings): string | null {
  const before = newestRemembered(findCookies(cookies, COOKIE));
  const isSame = before?.ucc === message.ucc;
  // A copy that was under way when the site said "forget". A link opened anew stands in the cookie before it is sent.
  if (!isSame && isForgotten(message.ucc, before)) return null;
  const remembered = {
    ucc: message.ucc,
    productId: isSame ? before.productId : null,
    at: message.at,
    cello: isSame ? before.cello : readCelloCookie(cookies),
    forgotten: before?.forgotten ?? [],
  };
  return writeCookie(writeRemembered(remembered), settings);
}

/** Writes the `Set-Cookie` value with which a code is forgotten, on top of those forgotten before. */
export const forgetCapture = (ucc: string, cookies: string, settings: CookieSettings): string =>
  writeCookie(
    writeRemembered(forget(ucc, new Date().toISOString(), newestRemembered(findCookies(cookies, COOKIE)))),
    settings,
  );

const FORGET_OPTIONS = {
  ...OPTIONS,
  ucc: required('the code to forget', (value) => parseUcc(value) ?? undefined),
};

/** What `forgetCookie` is told. */
export interface ForgetOptions extends CookieOptions {
  /** The code that has done its work. */
  readonly ucc: string;
}

/**
 * Writes a `Set-Cookie` value with which the answer to a sign-up makes the browser forget the code: this visitor has
 * converted, and their next form carries none. Give it the `domain` that the cookie has. Cello's cookie is not touched.
 *
 * @returns e.g. `cello-companion=at=…&forgotten=1k2j3h; Path=/; Domain=example.com; Max-Age=7776000; SameSite=Lax; Secure`.
 * @throws {TypeError} If an option is malformed.
 */
export function forgetCookie(options: ForgetOptions): string {
  const { ucc, ...settings } = readOptions('forgetCookie', options, FORGET_OPTIONS);
  return forgetCapture(ucc, '', settings);
}
