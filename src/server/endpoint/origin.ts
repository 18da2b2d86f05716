/**
 * Where a request comes from, and whether that is one of the site's pages.
 */
import { createMistake } from '../input/index.js';

/** The sender of a request. */
export interface Sender {
  /** Its site: `'own'` for the endpoint's origin, otherwise a listed origin; `null` if its messages are refused. */
  readonly site: string | null;
  /** Whether it is a page on the endpoint's own origin. Only then are cookies involved. */
  readonly isOwn: boolean;
  /** The origin to allow by CORS; `null` if it is not listed. */
  readonly listed: string | null;
  /** The value of the `Origin` header. */
  readonly origin: string | null;
  /** Whether it is not a page: it sent neither `Origin` nor `Sec-Fetch-Site`. */
  readonly isAnonymous: boolean;
}

/**
 * Identifies the sender by `Sec-Fetch-Site` and `Origin`, which a page cannot set. `Sec-Fetch-Mode` is ignored: a
 * beacon sends `no-cors`.
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 *
 * @param allowed - Origins besides the endpoint's own, compared exactly: `example.org.attacker.com` is not
 *   `example.org`.
 */
export function findSender(request: Request, allowed: ReadonlySet<string>): Sender {
  const origin = request.headers.get('origin');
  const fetchSite = request.headers.get('sec-fetch-site');
  const listed = origin !== null && allowed.has(origin) ? origin : null;
  const isAnonymous = origin === null && fetchSite === null;
  const own: Sender = { site: 'own', isOwn: true, listed, origin, isAnonymous };
  const other: Sender = { site: listed, isOwn: false, listed, origin, isAnonymous };
  switch (fetchSite) {
    case 'same-origin':
      return own;
    case 'same-site':
    case 'cross-site':
      return other;
    case null: // an old browser (before Chrome 76, Firefox 90, Safari 16.4), or plain http; without `Origin`: no page
      return origin !== null && origin !== 'null' && origin === new URL(request.url).origin ? own : other;
    default: // 'none': our messages are never typed into an address bar. Anything else: no browser sends it
      return { ...other, site: null, listed: null };
  }
}

/**
 * Parses a list of origins, e.g. `['https://www.example.com']`.
 *
 * @param caller - The calling function, for the error message.
 * @returns `undefined` if it is not a list.
 * @throws {TypeError} If an entry is not exactly an origin as browsers write it.
 */
export const parseOrigins = (value: unknown, caller: string): Set<string> | undefined =>
  Array.isArray(value) ? new Set(value.map((one: unknown) => readOrigin(one, caller))) : undefined;

/** The origin that a browser sends for an app's own scheme: `capacitor://localhost`, `chrome-extension://…`. */
const APP_ORIGIN = /^(?!https?:|file:|data:|blob:|javascript:)[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(:\d+)?$/;

function readOrigin(value: unknown, caller: string): string {
  const place = { caller, path: 'allowOrigins', isPublic: true };
  if (value === '*' || value === 'null')
    throw new TypeError(
      `[cello-companion] ${caller}: "allowOrigins" must name each origin, got "${value}": it would let pages of strangers report referrals. List the sites that may, e.g. "https://www.example.com"`,
    );
  const origin = typeof value === 'string' && URL.canParse(value) ? new URL(value).origin : null;
  if (typeof value === 'string' && (origin === value || APP_ORIGIN.test(value))) return value;
  const hint = origin === null || origin === 'null' ? '' : `. It would never match: write "${origin}"`;
  const error = createMistake(
    place,
    'a list of exact origins such as "https://www.example.com" (scheme, host, port if it is not the usual one; no path, no slash at the end)',
    value,
  );
  error.message += hint;
  throw error;
}
