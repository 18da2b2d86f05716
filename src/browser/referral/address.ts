/**
 * The code in the page's address: `?ucc=`, or `#/route?ucc=` of a router that lives in the hash.
 */
import { parseDetail } from '../../cookie.js';
import { parseUcc } from '../../ucc.js';

type Parse = (value: unknown) => string | null;

/** What a referral link carries. */
export interface Link {
  readonly ucc: string;
  readonly productId: string | null;
  /** `celloN`, as it stands in the address; a person's name in base64. */
  readonly celloN: string | null;
  /** When the page was opened with it by a link, in ms since 1970; 0 if it was reloaded, gone back to or routed to. */
  readonly openedMs: number;
}

const isNavigation = (entry: PerformanceEntry | undefined): entry is PerformanceNavigationTiming =>
  !!entry && 'type' in entry;

/** How the page was opened, while the browser tells (https://www.w3.org/TR/navigation-timing-2/). */
function readOpening(): Opening {
  const [entry] = performance.getEntriesByType?.('navigation') ?? []; // simulated DOMs have none
  const url = entry?.name ?? location.href;
  return { url, openedMs: isNavigation(entry) && entry.type !== 'navigate' ? 0 : performance.timeOrigin };
}

/** The query of an address, and the one inside its hash, which is the newer of the two where a router writes it. */
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

/** How a page was opened, as its navigation timing says it. */
export interface Opening {
  readonly url: string;
  /** In ms since 1970; 0 if it was reloaded or gone back to. */
  readonly openedMs: number;
}

/**
 * Finds the link that brought the visitor: in the address as it is, else in the one the page was opened with, because
 * a router may have changed it before we ran.
 *
 * @param href - The address as it is.
 * @param parse - The parser of a code; a page that warns of malformed ones hands in its own.
 */
export function findLink(href: string, { url, openedMs }: Opening, parse: Parse = parseUcc): Link | null {
  const opened = readUrl(url, openedMs, parse);
  const current = readUrl(href, 0, parse);
  return current && current.ucc !== opened?.ucc ? current : opened;
}

/** Finds the link of this page. Touches no cookie and no storage. */
export const readLink = (parse: Parse): Link | null => findLink(location.href, readOpening(), parse);

/**
 * Decodes `celloN`: UTF-8 in base64, without padding, of either alphabet.
 *
 * @returns The referrer's name, or `null` where it is none.
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
