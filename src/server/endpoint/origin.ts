/**
 * Where a request comes from, and whether that is a page of the site.
 */
import { createMistake } from '../mistake.js';

/** The sender of a request. */
export interface Sender {
  /** Its site: `'own'` for the endpoint's origin, else an origin of the list; `null` if its messages are refused. */
  readonly site: string | null;
  /** Whether it is a page of the endpoint's own origin. Only then is anything done with cookies. */
  readonly isOwn: boolean;
  /** The origin to allow by CORS; `null` if it is on no list. */
  readonly listed: string | null;
}

/**
 * Finds out who sends, by `Sec-Fetch-Site` and `Origin`. A page cannot set either. `Sec-Fetch-Mode` is not looked at:
 * a beacon says `no-cors`.
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 *
 * @param allowed - Origins besides the endpoint's own, compared exactly: `example.org.attacker.com` is not `example.org`.
 */
export function findSender(request: Request, allowed: ReadonlySet<string>): Sender {
  const origin = request.headers.get('origin');
  const listed = origin !== null && allowed.has(origin) ? origin : null;
  const own: Sender = { site: 'own', isOwn: true, listed };
  const other: Sender = { site: listed, isOwn: false, listed };
  switch (request.headers.get('sec-fetch-site')) {
    case 'same-origin':
      return own;
    case 'same-site':
    case 'cross-site':
      return other;
    case null: // an old browser (before Chrome 76, Firefox 90, Safari 16.4), or plain http; without `Origin` too: none
      return origin !== null && origin !== 'null' && origin === new URL(request.url).origin ? own : other;
    default: // 'none': no message of ours is typed into an address bar. Anything else: no browser says it
      return { site: null, isOwn: false, listed: null };
  }
}

/**
 * Checks a list of origins.
 *
 * @param value - e.g. `['https://www.example.com']`; nothing at all is an empty list.
 * @throws {TypeError} If it is no list, or an entry is not exactly an origin as browsers write it.
 */
export function parseOrigins(value: unknown): ReadonlySet<string> {
  if (value === undefined) return new Set();
  if (!Array.isArray(value))
    throw createMistake('allowOrigins', 'a list of origins such as ["https://www.example.com"]', value);
  return new Set(value.map(parseOrigin));
}

function parseOrigin(value: unknown): string {
  if (value === '*' || value === 'null')
    throw new TypeError(
      `[cello-companion] "allowOrigins" must name each origin, got "${value}": it would let pages of strangers report referrals. List the sites that may, e.g. "https://www.example.com"`,
    );
  if (typeof value === 'string' && readOrigin(value) === value) return value;
  throw createMistake(
    'allowOrigins',
    `a list of exact origins such as "https://www.example.com" (scheme, host, port if it is not the usual one; no path, no slash at the end)`,
    value,
  );
}

function readOrigin(value: string): string | null {
  try {
    return new URL(value).origin;
  } catch {
    return null; // TypeError: no address at all
  }
}
