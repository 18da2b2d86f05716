/**
 * The walk: code found → fields and messages → endpoint. The only file that knows the rooms and their order.
 */
import { COOKIE } from '../cookie.js';
import { fitMessage, type Message } from '../message.js';
import { parseUcc } from '../ucc.js';
import { claimGlobal, findRunning } from './commands.js';
import { deliver, deliverBlindly } from './delivery.js';
import { createForms, type Submitted } from './forms.js';
import { makeId, makeIdOf } from './identity.js';
import { openJar } from './jar.js';
import { createLinks } from './links.js';
import { openMemory } from './memory.js';
import { isForm, listen, read } from './natives.js';
import { createNotes, type Notes, PREFIX } from './notes.js';
import { type Consent, isConsent, type Options, parseOptions, type Settings } from './options.js';
import { type Outbox, openOutbox } from './outbox.js';
import { announce, isPrerendering, runExclusively } from './page.js';
import { createFinder } from './referral.js';
import { parseKind, parseReport, type ReportResult } from './report.js';
import { isRoot } from './roots.js';
import type { Found } from './source.js';
import type { Companion } from './verbs.js';

/** Longer paths and form ids would crowd out the fields. */
const PATH_MAX = 500;
const NAME_MAX = 200;

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
  if (running) notes.warn('A companion runs on this page already; this start gets that one, and its options stay.');
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
  throw new TypeError(`${PREFIX} a code must be 1 to 255 characters without white space, got a ${typeof ucc}`);
}

function demandConsent(state: unknown): asserts state is Consent {
  if (!isConsent(state)) throw new TypeError(`${PREFIX} consent must be "granted", "pending" or "denied"`);
}

const waitFor = (ms: number): Promise<ReportResult> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, { ok: false, reason: 'kept' });
  });

const openOutboxFor = (endpoint: string, onForget: () => void, notes: Notes): Outbox =>
  openOutbox(
    {
      deliver: (body) => deliver(endpoint, body),
      deliverBlindly: (body) => deliverBlindly(endpoint, body),
      storage: () => localStorage,
      now: Date.now,
      random: Math.random,
      later(work, ms) {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
      exclusively: (work) => void runExclusively(COOKIE, work),
    },
    {
      onDelivered({ id, type }, isToForget) {
        announce('delivered', { id, type });
        if (isToForget) onForget();
      },
      onFailed({ id, type }, reason, isFinal) {
        announce('failed', { id, type, reason });
        const fate = `A ${type} did not reach ${endpoint}: ${reason}`;
        if (isFinal) notes.warn(`${fate}. It is given up.`);
        else notes.debug(`${fate}. It will be tried again.`);
      },
    },
  );

function createCompanion(settings: Settings, notes: Notes): Companion {
  const { endpoint, links: hosts, send: sends, timeout: timeoutMs } = settings;
  const isOptedOut = Reflect.get(navigator, 'globalPrivacyControl') === true;
  let consent: Consent = settings.consent ?? (isOptedOut ? 'pending' : 'granted');
  let isStopped = false;
  let current: Found | null = null;
  let captured: string | null = null;
  const reports = new Map<string, Promise<ReportResult>>();
  const onceId = makeId();
  const onError = (error: unknown) => notes.warn(`Something of ours failed, the page is not touched by it: ${error}`);

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
    onAnswer: () => void update(),
  });
  const outbox = endpoint ? openOutboxFor(endpoint, () => companion.forget(), notes) : null;

  const makeMessage = ({ ucc, source }: Found, id: string, at: string) => ({
    v: 1 as const,
    id,
    ucc,
    source,
    at,
    page: location.pathname.slice(0, PATH_MAX),
  });
  const post = async (message: Message): Promise<ReportResult> => {
    if (!outbox) return { ok: false, reason: 'no-endpoint' };
    const { message: fitting, dropped } = fitMessage(message);
    if (dropped.length) notes.warn(`A message was too long, so these fields were left out: ${dropped.join(', ')}`);
    const { is } = await outbox.add(fitting, mayRemember());
    if (is === 'arrived') return { ok: true };
    return { ok: false, reason: is === 'refused' ? is : mayRemember() ? 'kept' : 'consent' };
  };
  const keep = (found: Found) => {
    if (!mayRemember() || isPrerendering() || captured === found.ucc) return;
    captured = found.ucc;
    const at = new Date().toISOString();
    if (finder.keep(found, at) && sends.includes('capture'))
      void post({ ...makeMessage(found, makeId(), at), type: 'capture' });
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
        forms.look();
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
  const onSubmitted = ({ kind, form, fields }: Submitted) => {
    const isToSend = current && sends.includes('submit') && consent !== 'denied';
    if (!current || !isToSend) return;
    const common = makeMessage(current, makeId(), new Date().toISOString());
    void post({ ...common, type: 'submission', kind, form: form?.slice(0, NAME_MAX) ?? null, via: 'form', fields });
  };
  const forms = createForms({
    name: settings.field,
    forms: settings.forms,
    include: settings.include,
    getUcc: (isToLook) => (isToLook ? update() : (current?.ucc ?? null)),
    isOwnHost,
    onFilled: (form, kind) => announce('filled', { form, kind }),
    onSubmitted,
    onChosen: (form, reason) => notes.debug(`A form is ${reason}.`, form),
    onError,
  });
  const links = createLinks(
    hosts,
    () => {
      const ucc = update();
      const productId = current && finder.describe(current).productId;
      return ucc === null ? null : { ucc, productId, celloN: finder.celloNOf(ucc) };
    },
    onError,
  );
  const flush = () => {
    if (mayRemember() && !isPrerendering()) outbox?.flush();
  };
  /** What the page's life brings: each of these may bring Cello's script, a code, a connection, or the end. */
  const live = (event: Event) => {
    const { type, target } = event;
    if (type === 'pagehide') return mayRemember() ? outbox?.flushBlindly() : undefined;
    // Another tab of the site may have been closed meanwhile, and left something.
    if (type === 'visibilitychange') return read(document, 'hidden') ? undefined : flush();
    if (consent !== 'denied') finder.ask();
    if (type === 'load' && target !== document) return;
    if (update()) forms.look();
    if (['online', 'prerenderingchange'].includes(type) || Reflect.get(event, 'persisted') === true) flush();
  };
  const unlisten = listen(
    window,
    ['DOMContentLoaded', 'load', 'pageshow', 'pagehide', 'online', 'prerenderingchange', 'visibilitychange'],
    (event) => {
      try {
        live(event);
      } catch (error) {
        onError(error);
      }
    },
  );
  const apply = (state: Consent) => {
    consent = state;
    if (state !== 'granted') {
      captured = null;
      memory.erase();
      outbox?.clear();
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
  const report = async (input: unknown): Promise<ReportResult> => {
    const { kind, fields, key } = parseReport(input);
    if (consent === 'denied') return { ok: false, reason: 'consent' };
    if (update() === null) await finder.settled();
    if (update() === null || !current) return { ok: false, reason: 'no-code' };
    const at = new Date().toISOString();
    const salt = memory.read()?.at ?? onceId;
    const id = key === null ? makeId() : makeIdOf(key, kind ?? '', current.ucc, salt);
    return post({ ...makeMessage(current, id, at), type: 'submission', kind, form: null, via: 'report', fields });
  };

  const companion: Companion = {
    getUcc: () => settleOn(({ ucc }) => ucc),
    getReferral: () => settleOn(finder.describe),
    attach(target, handling = {}) {
      if (!isForm(target) && !isRoot(target))
        throw new TypeError(`${PREFIX} attach expects a form, a shadow root or a document, got ${typeof target}`);
      return forms.attach(target, { kind: parseKind(handling.kind), send: handling.send !== false });
    },
    async report(input = {}) {
      const key: unknown = Reflect.get(Object(input), 'key');
      const before = typeof key === 'string' ? reports.get(key) : undefined;
      const result = before ?? Promise.race([report(input), waitFor(timeoutMs)]);
      if (typeof key === 'string') reports.set(key, result);
      if (!(await result).ok && typeof key === 'string') reports.delete(key);
      return result;
    },
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
      outbox?.clear();
      update();
    },
    stop() {
      isStopped = true;
      current = null;
      unlisten();
      links.stop();
      forms.stop();
      outbox?.stop();
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
