/**
 * The wiring: code found → fields and messages → endpoint. The only file that knows the rooms and their order.
 */
import type { Found } from '../message.js';
import { type Companion, createApi } from './api.js';
import { type ConsentState, createConsent, defaultConsent } from './consent.js';
import type { Embeds } from './embeds/index.js';
import { createForms, describe, type Forms } from './forms/index.js';
import { claimGlobal } from './global.js';
import { createLinks } from './links.js';
import { createMessenger, createReporter, type Messenger } from './messages/index.js';
import { explainSettings, type Settings } from './options.js';
import { isOwnHost } from './own-hosts.js';
import {
  announce,
  createGuard,
  type Guard,
  isPrerendering,
  type Log,
  type Moments,
  outdateCookies,
  read,
  watchPage,
  whenShown,
} from './page/index.js';
import { createFinder, type Finder } from './referral/index.js';
import { createStoring, type Storing } from './storing.js';

/** What every part of the wiring may need. */
export interface Core {
  readonly settings: Settings;
  readonly log: Log;
  readonly guard: Guard;
  readonly consent: ConsentState;
  readonly finder: Finder;
  readonly messenger: Messenger;
  readonly storing: Storing;
  /** Looks for a code everywhere, and updates everything that depends on it. The code is stored when the page is idle. */
  readonly look: () => Found | null;
  /** The same, and stores the code now, unless we are just starting. */
  readonly update: () => Found | null;
}

const createWiredEmbeds = ({ settings, log, guard, finder, messenger, update }: Core): Embeds | undefined =>
  settings.embeds[0]?.watch(settings.embeds, {
    include: settings.include,
    log,
    guard,
    getUcc: () => finder.current()?.ucc ?? null,
    tell({ via, id, ...content }) {
      const found = settings.send.includes('submit') ? update() : null;
      if (found) void messenger.submit(found, content, via, id);
      return !!found;
    },
  });

const createWiredForms = (
  { settings, log, guard, finder, messenger, storing, look }: Core,
  embeds: Embeds | undefined,
): Forms =>
  createForms({
    names: settings.field,
    forms: settings.forms,
    include: settings.include,
    getUcc(isToLook, isReadOnly = false) {
      if (!isToLook) return finder.current()?.ucc ?? null;
      outdateCookies();
      const found = look();
      if (!isReadOnly) storing.finish(); // the page's own request may come next, and our cookie goes with it
      return found?.ucc ?? null;
    },
    isOwnHost: (host) =>
      isOwnHost(host, {
        hostname: location.hostname,
        links: settings.links,
        get domain() {
          return finder.domain(storing.mayWrite() && !!finder.current());
        },
      }),
    onFilled: (form, kind) => announce('filled', { form, kind }),
    onSubmitted(submitted, form) {
      const found = finder.current();
      if (found && settings.send.includes('submit') && !embeds?.takes(form))
        void messenger.submit(found, submitted, 'form');
    },
    onJudged: log.isDebugging ? (form, eligibility) => log.debug(describe(eligibility), form) : null,
    log,
    guard,
  });

const createWiredLinks = ({ settings, guard, finder, update }: Core) =>
  createLinks(
    settings.links,
    () => {
      const found = update();
      return (
        found && { ucc: found.ucc, productId: finder.describe(found).productId, celloN: finder.celloNOf(found.ucc) }
      );
    },
    guard,
  );

const createWiredReporter = ({ settings, consent, finder, messenger, update }: Core) =>
  createReporter({
    timeoutMs: settings.timeout,
    async find() {
      await whenShown();
      if (!update()) await finder.settled();
      return update();
    },
    mayReport: consent.maySend,
    mayKeep: consent.mayStore,
    send: (found, content, id) => messenger.submit(found, content, 'report', id),
    salt: finder.storedAt,
  });

/** Finds, stores and captures the code: everything except forms and links. */
function createCore(settings: Settings, log: Log, guard: Guard, onChange: (found: Found | null) => void): Core {
  const consent = createConsent(settings.consent ?? defaultConsent(navigator));
  const finder: Finder = createFinder({
    cookie: settings.cookie,
    cookieDomain: settings.cookieDomain,
    remember: settings.remember,
    timeoutMs: settings.timeout,
    log,
    mayFind: consent.mayFind,
    mayStore: consent.mayStore,
    onAnswer: () => guard(look)(null),
    onChange,
  });
  const messenger = createMessenger({
    endpoint: settings.endpoint,
    log,
    mayKeep: consent.mayStore,
    onForget: () => forget({ finder, messenger, update }),
  });
  const storing = createStoring({ settings, guard, consent, finder, messenger });
  const look = () => {
    storing.outdate();
    const found = finder.look();
    storing.keepLater();
    return found;
  };
  const update = () => {
    const found = look();
    storing.keep();
    return found;
  };
  return { settings, log, guard, consent, finder, messenger, storing, look, update };
}

/** What to do at each moment of the page's lifecycle. */
function createMoments({ settings, log, consent, finder, messenger, storing, look }: Core, forms: Forms): Moments {
  let isExplained = false;
  const explain = () => {
    if (!isExplained) explainSettings(settings, log);
    isExplained = true;
  };
  return {
    ask() {
      if (consent.mayFind()) finder.ask();
    },
    look() {
      if (look() || log.isDebugging) forms.refresh();
      if (log.isDebugging && read(document, 'readyState') === 'complete') explain();
    },
    send: storing.flush,
    hide: storing.finish,
    leave() {
      storing.finish(true);
      if (storing.mayWrite()) messenger.flushBlindly();
      else if (consent.mayFind() && finder.current() && !isPrerendering())
        log.warn(
          'consent was never granted on this page: its code is lost, unless the next page has it in its address',
        );
    },
  };
}

function forget({ finder, messenger, update }: Pick<Core, 'finder' | 'messenger' | 'update'>): void {
  finder.forget(new Date().toISOString());
  messenger.clear();
  update();
}

/** Runs every undo function, even if one of them throws. */
const undoAll = (undos: readonly (() => void)[], guard: Guard): void => {
  for (const undo of [...undos].reverse()) guard(undo)(null);
};

/**
 * Creates this page's companion and starts it.
 *
 * @param settings - The parsed options.
 * @throws Whatever the page's environment throws; everything done so far is undone first.
 */
export function createCompanion(settings: Settings, log: Log): Companion {
  const undos: (() => void)[] = [];
  const guard = createGuard(log);
  try {
    return build(settings, log, guard, undos);
  } catch (error) {
    undoAll(undos, guard);
    throw error;
  }
}

function build(settings: Settings, log: Log, guard: Guard, undos: (() => void)[]): Companion {
  const core = createCore(settings, log, guard, (found) => {
    links.restore();
    embeds?.refresh();
    if (!found) {
      announce('cleared', {});
      return forms.empty();
    }
    announce('referral', { ucc: found.ucc, source: found.source });
    forms.refresh();
  });
  const { consent, finder, messenger, storing, update } = core;
  undos.push(messenger.stop, finder.stop, storing.stop);
  const embeds = createWiredEmbeds(core);
  if (embeds) undos.push(embeds.stop);
  const forms = createWiredForms(core, embeds);
  undos.push(forms.stop);
  const links = createWiredLinks(core);
  undos.push(links.stop);

  const moments = createMoments(core, forms);
  const begin = () => {
    moments.ask();
    update();
    moments.send();
  };
  undos.push(watchPage(moments, guard));
  const api = createApi({
    internals: { ...core, forms, embeds },
    finder,
    forms,
    update,
    mayFind: consent.mayFind,
    changeConsent(choice) {
      if (consent.change(choice)) storing.erase();
      begin();
    },
    report: createWiredReporter(core),
    forget: () => forget(core),
    stop() {
      storing.finish();
      undoAll(undos, guard);
    },
  });
  const { answer, release } = claimGlobal(api);
  undos.push(release);
  // Calls made before we loaded come first, so that denied consent takes effect before anything is stored.
  answer();
  if (!consent.mayFind()) storing.erase();
  begin();
  return api;
}
