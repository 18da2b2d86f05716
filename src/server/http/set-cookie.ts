/**
 * Our own cookie, set by the server. Safari caps a cookie written by a script at 7 days; one set by a server lives for
 * its full lifetime. https://webkit.org/tracking-prevention/#intelligent-tracking-prevention-itp
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

/** The options of our cookie. */
export interface CookieOptions {
  /**
   * The domain whose hosts share it, e.g. `'example.com'`: the same as the script's `data-cookie-domain`. Default: this
   * host only.
   */
  readonly domain?: string | undefined;
  /** Its lifetime in days. Default: 90. */
  readonly days?: number | undefined;
  /** Whether it is sent over https only. Default: `true`; use `false` for a development server on plain http. */
  readonly secure?: boolean | undefined;
}

/** RFC 6265 leaves the check to the browser; this admits only host names, so that no attribute slips in. */
const DOMAIN = /^\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i;

/** The table of the cookie's options. */
const OPTIONS = {
  domain: optional(null, 'a domain such as "example.com"', parseText(DOMAIN)),
  days: optional(COOKIE_DAYS, 'a number of days above 0', parsePositive),
  secure: optional(true, 'true or false', parseBoolean),
};

/** The parsed cookie options, with defaults filled in. */
export type CookieSettings = Values<typeof OPTIONS>;

/**
 * Parses cookie options.
 *
 * @param caller - The calling function, for the error message.
 * @throws {TypeError} Names the option.
 */
export const readCookieOptions = (caller: string, options: unknown): CookieSettings =>
  readOptions(caller, options, OPTIONS);

/** Not HttpOnly, because the script reads it. Lax, so that it is sent when a visitor follows a link to the site. */
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
 * Writes the `Set-Cookie` value that stores a captured code. It keeps what the browser's own cookie says about the same
 * code, and the codes that it was told to forget.
 *
 * @param cookies - The request's `Cookie` header.
 * @returns `null` if the browser was told to forget this code.
 */
export function rememberCapture(message: Message, cookies: string, settings: CookieSettings): string | null {
  const before = newestRemembered(findCookies(cookies, COOKIE));
  const isSame = before?.ucc === message.ucc;
  // A copy that was in transit when the site said "forget". If a link is opened again, the cookie has it before it is
  // sent.
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

/** Writes the `Set-Cookie` value that makes the browser forget a code, in addition to earlier ones. */
export const forgetCapture = (ucc: string, cookies: string, settings: CookieSettings): string =>
  writeCookie(
    writeRemembered(forget(ucc, new Date().toISOString(), newestRemembered(findCookies(cookies, COOKIE)))),
    settings,
  );

const FORGET_OPTIONS = {
  ...OPTIONS,
  ucc: required('the code to forget', (value) => parseUcc(value) ?? undefined),
};

/** The options of `forgetCookie`. */
export interface ForgetOptions extends CookieOptions {
  /** The code to forget. */
  readonly ucc: string;
}

/**
 * Writes a `Set-Cookie` value for the response to a sign-up, which makes the browser forget the code: this visitor has
 * converted, and their next form carries none. Pass the same `domain` as the cookie's. Cello's cookie is not touched.
 *
 * @returns e.g. `cello-companion=at=…&forgotten=1k2j3h; Path=/; Domain=example.com; Max-Age=7776000; SameSite=Lax; Secure`.
 * @throws {TypeError} If an option is malformed.
 */
export function forgetCookie(options: ForgetOptions): string {
  const { ucc, ...settings } = readOptions('forgetCookie', options, FORGET_OPTIONS);
  return forgetCapture(ucc, '', settings);
}
