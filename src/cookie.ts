/**
 * The cookies: our own one's format, Cello's names, and who wins between the two. One file for both sides: the
 * browser writes what the server reads, and the other way round.
 */
import { hashUcc, parseUcc } from './ucc.js';

/** The name of our own cookie. */
export const COOKIE = 'cello-companion';

/** The name of Cello's cookie. https://docs.cello.so/landing-pages/manage-cookies */
export const CELLO_COOKIE = 'cello-referral';

/** How long our cookie lives, in days, where nobody says otherwise: as long as Cello's own (3 months). */
export const COOKIE_DAYS = 90;

/** How long `productId` and `celloN` of a link may be: a longer one would make the browser refuse the whole cookie. */
export const DETAIL_MAX = 255;

/** What a link says besides the code, where it says it at a length that a cookie carries; `null` where it does not. */
export const parseDetail = (value: string | null | undefined): string | null =>
  value && value.length <= DETAIL_MAX ? value : null;

/** How many forgotten codes are remembered as such: enough for every link one person follows in three months. */
const FORGOTTEN_MAX = 4;

/** What our cookie holds. */
export interface Remembered {
  /** The referral code; `null` in a cookie that only remembers what to forget. */
  readonly ucc: string | null;
  /** The product of the link, Cello's `productId`. */
  readonly productId: string | null;
  /** When the code was found, or the last one forgotten: RFC 3339, UTC, e.g. `2026-11-23T15:04:05.000Z`. */
  readonly at: string;
  /** What Cello's cookie said at that moment. As long as it says the same, ours is the newer of the two. */
  readonly cello: string | null;
  /** Whether somebody set it by hand: then it outranks what Cello said before. */
  readonly manual?: boolean;
  /** Hashes of the codes that were forgotten, oldest first. */
  readonly forgotten: readonly string[];
}

const write = (pairs: readonly (readonly [string, string | null])[]): string =>
  pairs.flatMap(([key, value]) => (value ? [`${key}=${encodeURIComponent(value)}`] : [])).join('&');

/**
 * Writes the value of our cookie: a percent-encoded query string, e.g.
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
 * Reads the value of our cookie.
 *
 * @param value - The raw value, percent-encoded once, or twice as some proxies and frameworks leave it.
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

/** Our cookie as it is after a code was forgotten: it keeps the code's hash, and the hashes it already had. */
export const forget = (ucc: string | null, at: string, before: Remembered | null): Remembered => ({
  ucc: null,
  productId: null,
  at,
  cello: null,
  forgotten: [...new Set([...(before?.forgotten ?? []), ...(ucc ? [hashUcc(ucc)] : [])])].slice(-FORGOTTEN_MAX),
});

/** Whether a code is one that this browser was told to forget. */
export const isForgotten = (ucc: string, remembered: Remembered | null): boolean =>
  !!remembered?.forgotten.includes(hashUcc(ucc));

/**
 * Who wins between what we keep and what Cello's cookie says: ours, if Cello's cookie still says what it said when
 * we stored it (or says nothing any more); else Cello's, which is then the newer one. A forgotten code never wins.
 */
export function chooseStored(remembered: Remembered | null, celloCookie: string | null): 'memory' | 'cookie' | null {
  const cello = celloCookie && !isForgotten(celloCookie, remembered) ? celloCookie : null;
  if (remembered?.ucc && (remembered.cello === celloCookie || !cello)) return 'memory';
  return cello ? 'cookie' : null;
}

/**
 * Finds every value of a name in a `Cookie` header or in `document.cookie`, raw, in their order. A browser sends the
 * host's and the domain's cookie of one name side by side. Malformed neighbours are passed over (RFC 6265, 5.4).
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
 * The newest of several variants of our cookie, with the forgotten codes of all of them. A time to come, by another
 * clock or of somebody who wants to be the newest for ever, counts as now.
 */
export function newestRemembered(values: readonly string[], nowMs: number = Date.now()): Remembered | null {
  const now = new Date(nowMs).toISOString();
  const ageOf = ({ at }: Remembered) => (at < now ? at : now);
  const all = values.flatMap((value) => parseRemembered(value) ?? []).sort((a, b) => (ageOf(a) < ageOf(b) ? 1 : -1));
  const [newest] = all;
  return newest ? { ...newest, forgotten: [...new Set(all.flatMap((one) => one.forgotten))] } : null;
}

/** Undoes percent-encoding; what is not validly encoded comes back as it is. */
export function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // URIError: a lone "%", left there by somebody else
  }
}
