/**
 * The cookies: the format of our own, the names of both, and which of the two wins. One file for both sides, because the
 * browser writes what the server reads, and vice versa.
 */
import { hashUcc, parseUcc } from './ucc.js';

/** The name of our own cookie. */
export const COOKIE = 'cello-companion';

/** The name of Cello's cookie. https://docs.cello.so/landing-pages/manage-cookies */
export const CELLO_COOKIE = 'cello-referral';

/** How long our cookie lives by default, in days: as long as Cello's own (3 months). */
export const COOKIE_DAYS = 90;

/** Maximum length of a link's `productId` and `celloN`: a longer one would make the browser reject the whole cookie. */
export const DETAIL_MAX = 255;

/** A value that a link carries besides the code, if it fits into a cookie; otherwise `null`. */
export const parseDetail = (value: string | null | undefined): string | null =>
  value && value.length <= DETAIL_MAX ? value : null;

/** How many forgotten codes we remember: enough for every link that one person follows in three months. */
const FORGOTTEN_MAX = 4;

/** What our cookie holds. */
export interface Remembered {
  /** The referral code; `null` in a cookie that only remembers forgotten codes. */
  readonly ucc: string | null;
  /** The link's product, Cello's `productId`. */
  readonly productId: string | null;
  /** When the code was found, or the last one forgotten: RFC 3339, UTC, e.g. `2026-11-23T15:04:05.000Z`. */
  readonly at: string;
  /** What Cello's cookie said at that moment. While it still says the same, ours is the newer of the two. */
  readonly cello: string | null;
  /** Whether the code was set by hand: it then outranks what Cello said before. */
  readonly manual?: boolean;
  /** Hashes of the forgotten codes, oldest first. */
  readonly forgotten: readonly string[];
}

const write = (pairs: readonly (readonly [string, string | null])[]): string =>
  pairs.flatMap(([key, value]) => (value ? [`${key}=${encodeURIComponent(value)}`] : [])).join('&');

/**
 * Serializes our cookie as a percent-encoded query string, e.g.
 * `ucc=pNRB1aYqArN&productId=site&at=2026-11-23T15%3A04%3A05.000Z`. All its characters are cookie-octets
 * (RFC 6265, 4.1.1), so it needs no further encoding.
 */
export const writeRemembered = ({ ucc, productId, at, cello, manual, forgotten }: Remembered): string =>
  write([
    ['ucc', ucc],
    ['productId', productId],
    ['at', at],
    ['cello', cello],
    ['manual', manual ? '1' : null],
    ['forgotten', forgotten.join('.')],
  ]);

/**
 * Parses the value of our cookie.
 *
 * @param value - The raw value, percent-encoded once, or twice, as some proxies and frameworks leave it.
 * @returns What it holds, or `null` if it holds neither a code nor a forgotten one. Never throws.
 */
export function parseRemembered(value: string | null | undefined): Remembered | null {
  if (!value) return null;
  const query = new URLSearchParams((value.includes('=') ? value : decode(value)).replace(/\+/g, '%2B'));
  const ucc = parseUcc(query.get('ucc'));
  const forgotten = (query.get('forgotten') ?? '').split('.').filter(Boolean).slice(-FORGOTTEN_MAX);
  if (!ucc && !forgotten.length) return null;
  const time = new Date(query.get('at') ?? 0);
  return {
    ucc,
    productId: parseDetail(query.get('productId')),
    at: new Date(Number.isNaN(+time) ? 0 : +time).toISOString(),
    cello: parseUcc(query.get('cello')),
    manual: query.has('manual'),
    forgotten,
  };
}

/** Our cookie after a code is forgotten: it keeps the hash of that code and the hashes it already had. */
export const forget = (ucc: string | null, at: string, before: Remembered | null): Remembered => ({
  ucc: null,
  productId: null,
  at,
  cello: null,
  forgotten: [...new Set([...(before?.forgotten ?? []), ...(ucc ? [hashUcc(ucc)] : [])])].slice(-FORGOTTEN_MAX),
});

/** Whether this browser was told to forget a code. */
export const isForgotten = (ucc: string, remembered: Remembered | null): boolean =>
  !!remembered?.forgotten.includes(hashUcc(ucc));

/**
 * Decides between our stored code and Cello's cookie. Ours wins if Cello's cookie still says what it said when we stored
 * the code (or is gone); otherwise Cello's is newer and wins. A forgotten code never wins.
 */
export function chooseStored(remembered: Remembered | null, celloCookie: string | null): 'memory' | 'cookie' | null {
  const cello = celloCookie && !isForgotten(celloCookie, remembered) ? celloCookie : null;
  if (remembered?.ucc && (remembered.cello === celloCookie || !cello)) return 'memory';
  return cello ? 'cookie' : null;
}

/**
 * Finds every value of a name in a `Cookie` header or in `document.cookie`, raw and in order. If the host and the domain
 * each have a cookie of that name, the browser sends both. Malformed neighbors are skipped (RFC 6265, 5.4).
 */
export const findCookies = (header: string, name: string): string[] =>
  header.split(';').flatMap((pair) => {
    const [key = '', ...rest] = pair.split('=');
    return key.trim() === name && rest.length
      ? [
          rest
            .join('=')
            .trim()
            .replace(/^"(.*)"$/, '$1'),
        ]
      : [];
  });

/**
 * Picks the newest of several variants of our cookie, and merges the forgotten codes of all of them. A time in the future
 * (another clock, or someone who wants to stay the newest forever) counts as now.
 */
export function newestRemembered(values: readonly string[], nowMs: number = Date.now()): Remembered | null {
  const now = new Date(nowMs).toISOString();
  const ageOf = ({ at }: Remembered) => (at < now ? at : now);
  const all = values.flatMap((value) => parseRemembered(value) ?? []).sort((a, b) => (ageOf(a) < ageOf(b) ? 1 : -1));
  const [newest] = all;
  return newest ? { ...newest, forgotten: [...new Set(all.flatMap((one) => one.forgotten))] } : null;
}

/** Undoes percent-encoding; returns an invalidly encoded value unchanged. */
export function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // URIError: a lone "%", written by someone else
  }
}
