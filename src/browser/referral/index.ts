/**
 * The first half of the walk: the places of a code, asked in their order, and what is kept of the winner.
 */
import type { Found, Source } from '../../message.js';
import { hasDocumentedShape, isAbsent, parseUcc } from '../../ucc.js';
import type { Notes } from '../console.js';
import { decodeName, type Link, readLink } from './address.js';
import { createCello } from './cello.js';
import type { Jar } from './cookie-jar.js';
import { createSources } from './precedence.js';
import type { Memory } from './stored.js';

export { openJar } from './cookie-jar.js';
export { openMemory } from './stored.js';

/** A code with what is known of its link. */
export interface Referral {
  readonly ucc: string;
  readonly source: Source;
  /** Cello's `productId`, where the link or a cookie has it. */
  readonly productId: string | null;
  /** The referrer's name out of the link's `celloN`. Never stored. */
  readonly referrerName: string | null;
}

/** Cello writes the first; its page on consent names the second. https://docs.cello.so/landing-pages/manage-cookies */
const PRODUCT_COOKIES = ['cello-product-id', 'cello-productId'];

/** What the search for a code needs of the rest. */
export interface Search {
  readonly jar: Jar;
  readonly memory: Memory;
  /** The name of Cello's cookie. */
  readonly cookie: string;
  /** How long Cello's script is waited for, in milliseconds from now on. */
  readonly timeoutMs: number;
  readonly notes: Notes;
  /** Whether our memory may be read and written. */
  readonly mayRemember: () => boolean;
  /** Called when Cello has answered. */
  readonly onAnswer: () => void;
}

export interface Finder {
  /** Looks in every place anew. */
  readonly look: () => Found | null;
  /** Asks Cello's script, or asks again where it has come since. */
  readonly ask: () => void;
  /** Settles when Cello has answered or its time is over. */
  readonly settled: () => Promise<void>;
  /** Takes a code from elsewhere. */
  readonly set: (ucc: string) => void;
  /** Everything that is known of a code. */
  readonly describe: (found: Found) => Referral;
  /** The link's `celloN` as it stands in the address, if the code is the link's. */
  readonly celloNOf: (ucc: string) => string | null;
  /** Keeps a code. Gives whether it was new to this browser. */
  readonly keep: (found: Found, at: string) => boolean;
  /** Forgets every code in sight. */
  readonly forget: (at: string) => void;
}

/** A promise that settles when it is told to, or when its time is over. No timer runs before somebody waits. */
function createDeadline(ms: number): { readonly reach: () => void; readonly wait: () => Promise<void> } {
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

/**
 * Opens the search. Touches nothing before its first `look` or `ask`.
 */
export function createFinder({ jar, memory, cookie, timeoutMs, notes, mayRemember, onAnswer }: Search): Finder {
  const parse = (value: unknown): string | null => {
    const ucc = parseUcc(value);
    if (!ucc && !isAbsent(value)) notes.warn('left out a malformed code: 1 to 255 characters without spaces');
    if (ucc && !hasDocumentedShape(ucc))
      notes.debug('an unusual code: not 11 letters and digits, as Cello documents; kept');
    return ucc;
  };
  const readLinkHere = (): Link | null => readLink(parse);
  const remembered = () => (mayRemember() ? memory.read() : null);
  const celloCookie = () => jar.get(cookie).map(parse).find(Boolean) ?? null;
  const deadline = createDeadline(timeoutMs);
  const cello = createCello((answer) => {
    parse(answer);
    sources.hear(answer);
    deadline.reach();
    onAnswer();
  });
  const sources = createSources({ link: readLinkHere, celloCookie, remembered }, () => {
    cello.reset();
    cello.ask();
  });
  const linkOf = (ucc: string) => {
    const link = readLinkHere();
    return link?.ucc === ucc ? link : null;
  };
  const productOf = ({ ucc, source }: Found): string | null => {
    const before = remembered();
    const isCellos = source === 'cello' || source === 'cookie';
    const kept = before?.ucc === ucc ? before.productId : null;
    return linkOf(ucc)?.productId ?? kept ?? (isCellos ? (PRODUCT_COOKIES.flatMap(jar.get)[0] ?? null) : null);
  };
  return {
    look: sources.look,
    ask: cello.ask,
    settled: deadline.wait,
    set: sources.set,
    celloNOf: (ucc) => linkOf(ucc)?.celloN ?? null,
    describe: (found) => ({
      ...found,
      productId: productOf(found),
      referrerName: decodeName(linkOf(found.ucc)?.celloN ?? null),
    }),
    keep(found, at) {
      if (remembered()?.ucc === found.ucc) return false;
      const manual = found.source === 'manual';
      memory.store({ ucc: found.ucc, productId: productOf(found), at, cello: celloCookie(), manual });
      return true;
    },
    forget(at) {
      const uccs = sources.forget();
      if (uccs.length && mayRemember()) memory.forget(uccs, at);
    },
  };
}
