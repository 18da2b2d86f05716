/**
 * The code in the page's address: `?ucc=`, or `#/route?ucc=` if a router uses the hash.
 */
import { parseDetail } from '../../cookie.js';
import { parseUcc } from '../../ucc.js';

type Parse = (value: unknown) => string | null;

/** What a referral link carries. */
export interface Link {
  readonly ucc: string;
  readonly productId: string | null;
  /** `celloN` as it is in the address: a person's name in base64. */
  readonly celloN: string | null;
  /** When a link opened the page with it, in ms since 1970; 0 after a reload, a back navigation or a route change. */
  readonly openedMs: number;
}

const isNavigation = (entry: PerformanceEntry | undefined): entry is PerformanceNavigationTiming =>
  !!entry && 'type' in entry;

/** How the page was opened, if the browser says so (https://www.w3.org/TR/navigation-timing-2/). */
function readOpening(): Opening {
  const [entry] = performance.getEntriesByType?.('navigation') ?? []; // simulated DOMs lack it
  const url = entry?.name ?? location.href;
  return { url, openedMs: isNavigation(entry) && entry.type !== 'navigate' ? 0 : performance.timeOrigin };
}

/** The query of an address, and the query inside its hash, which is newer if a router writes it. */
const queriesOf = (url: string): string[] => {
  const [beforeHash = '', hash = ''] = url.split(/#(.*)/s);
  return [hash, beforeHash].map((part) => part.split(/\?(.*)/s)[1] ?? '');
};

function readUrl(url: string, openedMs: number, parse: Parse): Link | null {
  for (const query of queriesOf(url)) {
    const params = new URLSearchParams(query);
    const ucc = params.getAll('ucc').map(parse).find(Boolean);
    if (!ucc) continue;
    const [productId, celloN] = ['productId', 'celloN'].map((name) => parseDetail(params.get(name)));
    return { ucc, productId: productId ?? null, celloN: celloN ?? null, openedMs };
  }
  return null;
}

/** How a page was opened, according to its navigation timing. */
export interface Opening {
  readonly url: string;
  /** In ms since 1970; 0 after a reload or a back navigation. */
  readonly openedMs: number;
}

/**
 * Finds the link that brought the visitor: in the current address, or else in the one the page was opened with, because a
 * router may have changed it before we ran.
 *
 * @param href - The current address.
 * @param parse - The parser for a code; callers that warn about malformed codes pass their own.
 */
export function findLink(href: string, { url, openedMs }: Opening, parse: Parse = parseUcc): Link | null {
  const opened = readUrl(url, openedMs, parse);
  const current = readUrl(href, 0, parse);
  return current && current.ucc !== opened?.ucc ? current : opened;
}

/** Finds the link of this page. Does not touch cookies or storage. */
export const readLink = (parse: Parse): Link | null => findLink(location.href, readOpening(), parse);

/**
 * Decodes `celloN`: UTF-8 in unpadded base64, in either alphabet.
 *
 * @returns The referrer's name, or `null` if it is not one.
 */
export function decodeName(celloN: string | null): string | null {
  try {
    const binary = atob((celloN ?? '').replace(/[-_ ]/g, (sign) => (sign === '_' ? '/' : '+')));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim() || null;
  } catch {
    return null; // InvalidCharacterError, TypeError: not base64, not UTF-8
  }
}
