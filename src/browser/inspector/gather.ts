/**
 * Reads a page and its companion into a snapshot. It changes neither.
 */
import { CELLO_COOKIE, COOKIE, findCookies, isForgotten, newestRemembered, type Remembered } from '../../cookie.js';
import { parseUcc } from '../../ucc.js';
import { defaultConsent } from '../consent.js';
import { findAll, fits, read } from '../page/index.js';
import { type Evidence, findLink } from '../referral/index.js';
import type { CelloWatch } from './cello.js';
import { countLooseFields, readClosed, readForms, readFrames } from './forms.js';
import { type Internals, type Known, readInternals } from './internals.js';
import type { Journal } from './journal.js';
import type { ProbeState, Snapshot, SourceState } from './snapshot.js';
import { readTags } from './tag.js';
import { VERSION } from './version.js';

/** What the inspector has found out by itself. */
export interface Watched {
  readonly cello: CelloWatch;
  readonly journal: Journal;
  readonly probe: ProbeState | null;
}

const readCookies = (): string => {
  try {
    return read(document, 'cookie');
  } catch {
    return ''; // SecurityError: a sandboxed frame
  }
};

function readPage(parts: Internals | undefined): Snapshot['page'] {
  const forms = parts?.settings.forms ?? 'auto';
  const links = findAll(document, 'a[href],area[href]').map((link) => String(Reflect.get(link, 'host')));
  return {
    host: location.hostname,
    path: location.pathname,
    isComplete: read(document, 'readyState') === 'complete',
    ageMs: Math.round(performance.now()),
    isPrivacyAsked: Reflect.get(navigator, 'globalPrivacyControl') === true,
    closed: readClosed(),
    looseFields: countLooseFields(parts?.settings.field ?? ['ucc']),
    linkHosts: [...new Set(links)].filter(Boolean),
    selected: /^(auto|marked)$/.test(forms)
      ? null
      : (parts?.forms.list().filter((form) => fits(form, forms)).length ?? null),
  };
}

/** What each source says, strongest first. */
function readSources(evidence: Evidence | null, memory: Remembered | null, isDenied: boolean): SourceState[] {
  const note = (ucc: string | null, otherwise: string | null): string | null =>
    isDenied ? 'not read: consent is denied' : ucc && isForgotten(ucc, memory) ? 'forgotten' : otherwise;
  const { manual = null, answer = null, outdated = null, link = null, cookie = null } = evidence ?? {};
  const remembered = evidence?.remembered ?? null;
  const isOutdated = answer !== null && answer === outdated;
  return [
    { source: 'manual', ucc: manual, note: null },
    { source: 'cello', ucc: answer, note: note(answer, isOutdated ? 'from before a newer link' : null) },
    { source: 'address', ucc: link?.ucc ?? null, note: note(link?.ucc ?? null, null) },
    {
      source: 'memory',
      ucc: remembered?.ucc ?? null,
      note: note(remembered?.ucc ?? null, memory && !remembered ? 'not read without consent' : null),
    },
    { source: 'cookie', ucc: cookie, note: note(cookie, null) },
  ];
}

/** The sources of a page without a companion, as one would find them. */
const readWithout = (cookies: string): SourceState[] => [
  {
    source: 'address',
    ucc: findLink(location.href, { url: location.href, openedMs: 0 })?.ucc ?? null,
    note: null,
  },
  { source: 'cookie', ucc: findCookies(cookies, CELLO_COOKIE).map(parseUcc).find(Boolean) ?? null, note: null },
];

function readConsent(parts: Internals | undefined): Snapshot['consent'] {
  const state = parts?.consent.current() ?? defaultConsent(navigator);
  if (parts?.consent.isSet()) return { state, by: 'setConsent' };
  if (parts?.settings.consent) return { state, by: 'option' };
  return { state, by: state === 'pending' ? 'privacy control' : 'default' };
}

function readCookie(cookies: string, memory: Remembered | null, parts: Internals | undefined): Snapshot['cookie'] {
  return {
    isEnabled: navigator.cookieEnabled,
    count: findCookies(cookies, COOKIE).length,
    ucc: memory?.ucc ?? null,
    at: memory?.at ?? null,
    domain: parts?.finder.domain(false) ?? null,
    forgotten: memory?.forgotten.length ?? 0,
  };
}

/** The widgets that carry the code: nobody needs to see into their frames. */
const findServed = (parts: Internals | undefined): Element[] =>
  (parts?.embeds?.list() ?? []).flatMap(({ element, isCarried }) => (isCarried && element ? element : []));

const readEmbedStates = (parts: Internals | undefined): Snapshot['embeds'] =>
  (parts?.embeds?.list() ?? []).map(({ embed, isCarried, reason }) => ({ embed, isCarried, reason }));

/** The part of a snapshot that only a running companion has. */
function readRunning({ is, parts }: Known, { journal }: Watched) {
  return {
    companion: is,
    settings: parts?.settings ?? null,
    code: parts?.finder.current() ?? null,
    forms: parts ? readForms(parts) : [],
    messages: parts ? journal.readMessages(parts) : [],
    warnings: parts ? [...parts.log.warnings] : [],
  };
}

/**
 * Takes a snapshot.
 *
 * @param companion - What `start()` gave; anything else is told as what it is.
 */
export function takeSnapshot(companion: unknown, watched: Watched): Snapshot {
  const known = readInternals(companion);
  const { parts } = known;
  const cookies = readCookies();
  const memory = newestRemembered(findCookies(cookies, COOKIE));
  return {
    version: VERSION,
    page: readPage(parts),
    tags: readTags(),
    sources: parts ? readSources(parts.finder.evidence(), memory, !parts.consent.mayFind()) : readWithout(cookies),
    consent: readConsent(parts),
    cello: watched.cello.read(),
    cookie: readCookie(cookies, memory, parts),
    frames: readFrames(findServed(parts)),
    embeds: readEmbedStates(parts),
    probe: watched.probe,
    ...readRunning(known, watched),
  };
}
