/**
 * The walk: code found → fields and messages → endpoint. The only file that knows the rooms and their order.
 */
import type { Found } from '../message.js';
import { parseUcc } from '../ucc.js';
import type { Companion } from './api.js';
import { createNotes, type Notes, PREFIX } from './console.js';
import { isForm, listen, read } from './dom.js';
import { createForms, isRoot } from './forms/index.js';
import { claimGlobal, findRunning } from './global.js';
import { createLinks } from './links.js';
import { createMessenger, createReporter, parseKind, parseReport } from './messages/index.js';
import { type Consent, isConsent, type Options, parseOptions, type Settings } from './options.js';
import { announce, isPrerendering, whenShown } from './page.js';
import { createFinder, openJar, openMemory } from './referral/index.js';

/**
 * Starts the companion of this page: from here on every sign-up and demo form carries the referral code.
 *
 * @returns The companion; if one runs already, by whichever door, that one. Without a DOM an inert one.
 * @throws {TypeError} On an unknown option or a bad value.
 * @example const companion = start({ endpoint: '/api/cello' });
 */
export function start(options: Options = {}): Companion {
  if (typeof document === 'undefined') return createInert();
  return startWith(parseOptions(options));
}

/** Starts with options that were parsed already. The script tag's door. */
export function startWith(settings: Settings): Companion {
  const notes = createNotes(settings.debug || /[?&]cello-companion=debug(&|$)/.test(location.search));
  const running = findRunning();
  if (running) notes.warn('runs on this page already: this start gets that one');
  return running ?? createCompanion(settings, notes);
}

/** A companion for a server: it has every verb, knows no code and does nothing. */
const createInert = (): Companion => ({
  getUcc: async () => null,
  getReferral: async () => null,
  attach: () => () => undefined,
  async report(input = {}) {
    parseReport(input);
    return { ok: false, reason: 'no-code' };
  },
  setUcc: async (ucc) => ({ ucc: demandUcc(ucc), source: 'manual', productId: null, referrerName: null }),
  setConsent: demandConsent,
  forget: () => undefined,
  stop: () => undefined,
});

function demandUcc(ucc: unknown): string {
  const parsed = parseUcc(ucc);
  if (parsed) return parsed;
  throw new TypeError(`${PREFIX} a code must be 1 to 255 characters without spaces, got ${typeof ucc}`);
}

function demandConsent(state: unknown): asserts state is Consent {
  if (!isConsent(state)) throw new TypeError(`${PREFIX} consent must be "granted", "pending" or "denied"`);
}

function createCompanion(settings: Settings, notes: Notes): Companion {
  const { links: hosts, send: sends, timeout: timeoutMs } = settings;
  const isOptedOut = Reflect.get(navigator, 'globalPrivacyControl') === true;
  let consent: Consent = settings.consent ?? (isOptedOut ? 'pending' : 'granted');
  let isStopped = false;
  let current: Found | null = null;
  let captured: string | null = null;
  /** Where others call us: whatever goes wrong of ours, they go on. */
  const guard =
    <T>(work: (value: T) => void) =>
    (value: T) => {
      try {
        work(value);
      } catch (error) {
        notes.warn(`failed: ${error}`);
      }
    };

  const jar = openJar(settings.cookieDomain);
  const memory = openMemory(jar, settings.remember);
  const mayRemember = () => consent === 'granted';
  const finder = createFinder({
    jar,
    memory,
    cookie: settings.cookie,
    timeoutMs,
    notes,
    mayRemember,
    onAnswer: () => guard(update)(null),
  });
  const messenger = createMessenger({
    endpoint: settings.endpoint,
    notes,
    mayKeep: mayRemember,
    onForget: () => companion.forget(),
  });

  const keep = (found: Found) => {
    if (!mayRemember() || isPrerendering() || captured === found.ucc) return;
    captured = found.ucc;
    const at = new Date().toISOString();
    if (finder.keep(found, at) && sends.includes('capture')) messenger.capture(found, at);
  };
  /** Looks everywhere, and lets everything follow what was found. */
  const update = (): string | null => {
    if (isStopped) return null;
    const found = consent === 'denied' ? null : finder.look();
    const isChanged = found?.ucc !== current?.ucc;
    // What we have kept a moment ago is no new place: the code stays where it was found.
    if (isChanged || found?.source !== 'memory') current = found;
    if (isChanged) {
      links.restore();
      if (!found) forms.empty();
      else {
        announce('referral', { ucc: found.ucc, source: found.source });
        forms.refresh();
      }
    }
    if (found) keep(found);
    return found?.ucc ?? null;
  };
  /** Hosts ignore ports where cookies do. Before a code is kept no domain is probed: the last two labels stand in. */
  const isOwnHost = (host: string): boolean => {
    if (host === location.host || hosts.includes(host)) return true;
    const domain = (mayRemember() && current && jar.domain()) || location.hostname.split('.').slice(-2).join('.');
    return `.${host.replace(/:\d+$/, '')}`.endsWith(`.${domain}`);
  };
  const forms = createForms({
    name: settings.field,
    forms: settings.forms,
    include: settings.include,
    getUcc: (isToLook) => (isToLook ? update() : (current?.ucc ?? null)),
    isOwnHost,
    onFilled: (form, kind) => announce('filled', { form, kind }),
    onSubmitted(submitted) {
      if (current && sends.includes('submit')) void messenger.submit(current, submitted, 'form');
    },
    onChosen: notes.isDebugging ? (form, reason) => notes.debug(reason, form) : null,
    guard,
  });
  const links = createLinks(
    hosts,
    () => {
      const ucc = update();
      const productId = current && finder.describe(current).productId;
      return ucc === null ? null : { ucc, productId, celloN: finder.celloNOf(ucc) };
    },
    guard,
  );
  const maySend = () => mayRemember() && !isPrerendering();
  const flush = () => {
    if (maySend()) messenger.flush();
  };
  /** What the page's life brings: each of these may bring Cello's script, a code, a connection, or the end. */
  const live = (event: Event) => {
    const { type, target } = event;
    if (type === 'pagehide') return maySend() ? messenger.flushBlindly() : undefined;
    // Another tab of the site may have been closed meanwhile, and left something.
    if (type === 'visibilitychange') return read(document, 'hidden') ? undefined : flush();
    if (consent !== 'denied') finder.ask();
    if (type === 'load' && target !== document) return;
    if (update() || notes.isDebugging) forms.refresh();
    if (['online', 'prerenderingchange'].includes(type) || Reflect.get(event, 'persisted') === true) flush();
  };
  const unlisten = listen(
    window,
    ['DOMContentLoaded', 'load', 'pageshow', 'pagehide', 'online', 'prerenderingchange', 'visibilitychange'],
    guard(live),
  );
  const apply = (state: Consent) => {
    consent = state;
    if (state !== 'granted') {
      captured = null;
      memory.erase();
      messenger.clear();
    }
    if (state !== 'denied') finder.ask();
    update();
    flush();
  };
  const settleOn = async <T>(known: (found: Found) => T): Promise<T | null> => {
    if (consent !== 'denied') {
      finder.ask();
      update();
      if (current?.source !== 'manual') await finder.settled();
    }
    update();
    return current && known(current);
  };
  const reporter = createReporter({
    timeoutMs,
    async find() {
      await whenShown();
      if (update() === null) await finder.settled();
      update();
      return current;
    },
    mayReport: () => consent !== 'denied',
    mayKeep: mayRemember,
    send: (found, content, id) => messenger.submit(found, content, 'report', id),
    salt: () => memory.read()?.at ?? null,
  });

  const companion: Companion = {
    getUcc: () => settleOn(({ ucc }) => ucc),
    getReferral: () => settleOn(finder.describe),
    attach(target, handling = {}) {
      if (!isForm(target) && !isRoot(target))
        throw new TypeError(`${PREFIX} attach expects a form, shadow root or document, got ${typeof target}`);
      return forms.attach(target, { kind: parseKind(handling.kind), send: handling.send !== false });
    },
    report: reporter,
    async setUcc(ucc) {
      const parsed = demandUcc(ucc);
      finder.set(parsed);
      update();
      return finder.describe({ ucc: parsed, source: 'manual' });
    },
    setConsent(state) {
      demandConsent(state);
      apply(state);
    },
    forget() {
      finder.forget(new Date().toISOString());
      captured = null;
      messenger.clear();
      update();
    },
    stop() {
      isStopped = true;
      current = null;
      unlisten();
      links.stop();
      forms.stop();
      messenger.stop();
      release();
    },
  };
  const release = claimGlobal(companion);
  if (consent === 'denied') apply(consent);
  else {
    finder.ask();
    update();
    flush();
  }
  return companion;
}
