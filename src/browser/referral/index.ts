/**
 * The first half of the path: where a code can come from, which one counts, and what is stored about it.
 */
import { parseDetail } from '../../cookie.js';
import type { Found, Source } from '../../message.js';
import { hasDocumentedShape, isAbsent, parseUcc } from '../../ucc.js';
import { type Log, outdateCookies } from '../page/index.js';
import { decodeName, type Link, readLink } from './address.js';
import { createCelloScript } from './cello.js';
import { type CookieJar, openCookieJar } from './cookie-jar.js';
import { createCurrent } from './current.js';
import type { Evidence } from './precedence.js';
import { openStored, type Stored } from './stored.js';

export { findLink } from './address.js';
export type { Evidence } from './precedence.js';

/** A code with what is known about its link. */
export interface Referral {
  readonly ucc: string;
  readonly source: Source;
  /** Cello's `productId`, if the link or a cookie has it. */
  readonly productId: string | null;
  /** The referrer's name from the link's `celloN`. Never stored. */
  readonly referrerName: string | null;
}

/** Cello writes the first; its page on consent mentions the second. https://docs.cello.so/landing-pages/manage-cookies */
const PRODUCT_COOKIES = ['cello-product-id', 'cello-productId'];

/** What finding a code needs from the rest. */
export interface FinderOptions {
  /** The name of Cello's cookie. */
  readonly cookie: string;
  /** The options `cookieDomain` and `remember` of our own cookie. */
  readonly cookieDomain: string;
  readonly remember: number;
  /** How long to wait for Cello's script, in milliseconds from now. */
  readonly timeoutMs: number;
  readonly log: Log;
  readonly mayFind: () => boolean;
  /** Whether our own cookie may be read and written. */
  readonly mayStore: () => boolean;
  /** Called when Cello has answered. */
  readonly onAnswer: () => void;
  /** Called when a different code counts; `null`: none any more. */
  readonly onChange: (found: Found | null) => void;
}

export interface Finder {
  /** The code as of the last look. */
  readonly current: () => Found | null;
  /** What the last look saw, everywhere; `null` before the first. */
  readonly evidence: () => Evidence | null;
  /** Looks everywhere again; at the cookies only if they are outdated. */
  readonly look: () => Found | null;
  /** Asks Cello's script, or asks again if it has loaded since. */
  readonly ask: () => void;
  /** Resolves when Cello has answered or its time is up. */
  readonly settled: () => Promise<void>;
  /** Sets a code from elsewhere. */
  readonly set: (ucc: string) => void;
  /** Everything known about a code. */
  readonly describe: (found: Found) => Referral;
  /** The link's `celloN` as it is in the address, if the code came from the link. */
  readonly celloNOf: (ucc: string) => string | null;
  /** Stores a code. Returns whether it was new to this browser. */
  readonly store: (found: Found, at: string) => boolean;
  /** When the stored code was found; `null` if none is stored. */
  readonly storedAt: () => string | null;
  /**
   * The domain of our cookie, as far as it is known; `undefined`: this host alone.
   *
   * @param mayProbe - Whether cookies may be written to find out.
   */
  readonly domain: (mayProbe: boolean) => string | undefined;
  /** Forgets every code in sight. */
  readonly forget: (at: string) => void;
  /** Deletes everything that is stored. */
  readonly erase: () => void;
  /** From now on no code is found. */
  readonly stop: () => void;
}

/** A promise that resolves when told to, or when its time is up. No timer runs until somebody waits. */
function createTimeLimit(ms: number): { readonly reach: () => void; readonly wait: () => Promise<void> } {
  const endMs = performance.now() + ms;
  let isWaited = false;
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return {
    reach,
    wait() {
      if (!isWaited) setTimeout(reach, Math.max(0, endMs - performance.now()));
      isWaited = true;
      return reached;
    },
  };
}

/** The code parser, which also warns about anything odd. */
const createParser =
  (log: Log) =>
  (value: unknown): string | null => {
    const ucc = parseUcc(value);
    if (!ucc && !isAbsent(value)) log.warn('left out a malformed code: 1 to 255 characters without spaces');
    if (ucc && !hasDocumentedShape(ucc))
      log.debug('an unusual code: not 11 letters and digits, as Cello documents; kept');
    return ucc;
  };

/** What is known about a code, from its link, our own cookie or Cello's. */
function createDescription(jar: CookieJar, remembered: Stored['read'], readLinkHere: () => Link | null) {
  const linkOf = (ucc: string) => {
    const link = readLinkHere();
    return link?.ucc === ucc ? link : null;
  };
  const productOf = ({ ucc, source }: Found): string | null => {
    const before = remembered();
    const isCellos = source === 'cello' || source === 'cookie';
    const stored = before?.ucc === ucc ? before.productId : null;
    return linkOf(ucc)?.productId ?? stored ?? (isCellos ? parseDetail(PRODUCT_COOKIES.flatMap(jar.get)[0]) : null);
  };
  const celloNOf = (ucc: string) => linkOf(ucc)?.celloN ?? null;
  const describe = (found: Found): Referral => ({
    ...found,
    productId: productOf(found),
    referrerName: decodeName(celloNOf(found.ucc)),
  });
  return { productOf, celloNOf, describe };
}

/** Prepares to look for a code. Touches nothing before its first `look` or `ask`. */
export function createFinder(options: FinderOptions): Finder {
  const { log, mayFind, mayStore, onAnswer, onChange } = options;
  const jar = openCookieJar(options.cookieDomain);
  const stored = openStored(jar, options.remember);
  const parse = createParser(log);
  const readLinkHere = () => readLink(parse);
  const remembered = () => (mayStore() ? stored.read() : null);
  const celloCookie = () => jar.get(options.cookie).map(parse).find(Boolean) ?? null;
  const { productOf, celloNOf, describe } = createDescription(jar, remembered, readLinkHere);
  const limit = createTimeLimit(options.timeoutMs);
  /** The code that this page stored: if cookies are blocked, it is new to the browser once, not at every look. */
  let stores: string | null = null;
  const cello = createCelloScript((answer) => {
    parse(answer);
    current.hear(answer);
    limit.reach();
    onAnswer();
  });
  const current = createCurrent({ link: readLinkHere, celloCookie, remembered, nowMs: Date.now }, mayFind, {
    onNewLink: cello.askAgain,
    onChange,
  });
  return {
    current: current.get,
    evidence: current.evidence,
    look: current.look,
    ask: cello.ask,
    settled: limit.wait,
    set: current.set,
    celloNOf,
    describe,
    store(found, at) {
      const { ucc } = found;
      if (stores === ucc) return false;
      stores = ucc;
      outdateCookies(); // another tab, or the server, may have stored it since
      if (remembered()?.ucc === ucc) return false;
      const manual = found.source === 'manual';
      const isKept = stored.write({ ucc, productId: productOf(found), at, cello: celloCookie(), manual });
      if (!isKept) log.warn('the browser refuses our cookie: the code is lost when the visitor leaves this page');
      return true;
    },
    storedAt: () => stored.read()?.at ?? null,
    domain: jar.domain,
    forget(at) {
      outdateCookies();
      const uccs = current.forget();
      stores = null;
      if (uccs.length && mayStore()) stored.forget(uccs, at);
    },
    erase() {
      outdateCookies();
      stores = null;
      stored.erase();
    },
    stop() {
      outdateCookies();
      current.stop();
    },
  };
}
