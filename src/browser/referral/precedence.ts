/**
 * Where a code may come from, and which one counts: last touch, as far as a browser can tell.
 */
import { chooseStored, isForgotten, type Remembered } from '../../cookie.js';
import { type Found, parseTime, type Source } from '../../message.js';

/** Everything known when a code is chosen. */
export interface Evidence {
  /** Set by hand on this page. */
  readonly manual: string | null;
  /** Cello's answer. */
  readonly answer: string | null;
  /** Cello's answer from before a newer link: only a different answer counts. */
  readonly outdated: string | null;
  /** The link in the page's address, and when a link opened the page with it, in ms since 1970; 0 if none did. */
  readonly link: { readonly ucc: string; readonly openedMs: number } | null;
  /** Whether a router brought that link: it is then newer than a code set by hand on an earlier page. */
  readonly isRouted: boolean;
  /** What Cello's cookie says. */
  readonly cookie: string | null;
  /** What our own cookie says. */
  readonly remembered: Remembered | null;
  /** The codes that were forgotten on this page. */
  readonly forgotten: ReadonlySet<string>;
  /** The current time, in ms since 1970. */
  readonly nowMs: number;
}

/** Whether a link opened the page after our cookie was written. A future time was written by another clock. */
function isNewLink({ link, remembered, nowMs }: Evidence): boolean {
  const writtenMs = parseTime(remembered?.at ?? '') || 0;
  return !!link && link.openedMs > (writtenMs > nowMs ? 0 : writtenMs);
}

/** Whether a code may be used: a forgotten one only on a page that was newly opened with it. */
function isOpen(ucc: string, evidence: Evidence): boolean {
  const { forgotten, remembered, link } = evidence;
  return !forgotten.has(ucc) && (!isForgotten(ucc, remembered) || (isNewLink(evidence) && link?.ucc === ucc));
}

/** A code set by hand on an earlier page counts until there is a newer link, or a different answer from Cello. */
function findSetByHand(evidence: Evidence): string | null {
  const { remembered, answer, cookie, isRouted } = evidence;
  const isCelloAsBefore = [answer, cookie].every((said) => !said || said === remembered?.cello);
  return remembered?.manual && isCelloAsBefore && !isRouted && !isNewLink(evidence) ? remembered.ucc : null;
}

/** The stored code, ours or Cello's: whichever `chooseStored` says is newer. */
function findStored(source: Source, evidence: Evidence): string | null {
  const { remembered, cookie } = evidence;
  const isChosen = chooseStored(remembered, cookie && isOpen(cookie, evidence) ? cookie : null) === source;
  return isChosen ? ((source === 'memory' ? remembered?.ucc : cookie) ?? null) : null;
}

/** The table, strongest first. */
const PRECEDENCE: readonly (readonly [Source, (evidence: Evidence) => string | null])[] = [
  ['manual', ({ manual }) => manual],
  ['memory', findSetByHand],
  ['cello', ({ answer, outdated }) => (answer === outdated ? null : answer)],
  ['address', ({ link }) => link?.ucc ?? null],
  ['memory', (evidence) => findStored('memory', evidence)],
  ['cookie', (evidence) => findStored('cookie', evidence)],
];

/**
 * Chooses the code that counts.
 *
 * @returns The code and where it was found, e.g. `{ ucc: 'pNRB1aYqArN', source: 'address' }`; `null` if there is none.
 */
export function chooseCode(evidence: Evidence): Found | null {
  for (const [source, find] of PRECEDENCE) {
    const ucc = find(evidence);
    if (ucc && (source === 'manual' || isOpen(ucc, evidence))) return { ucc, source };
  }
  return null;
}
