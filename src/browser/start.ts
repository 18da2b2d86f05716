/**
 * Starting a companion: one per page, whichever door asks.
 */
import { type Companion, createInertApi } from './api.js';
import { createCompanion } from './companion.js';
import { type Claim, claimGlobal, findRunning } from './global.js';
import { type Options, parseOptions, type Settings } from './options.js';
import { createLog, isDebuggedTab, isServable, type Log } from './page/index.js';

/**
 * Starts the companion of this page: from now on, every sign-up and demo form carries the referral code.
 *
 * @returns The companion; if one is already running, through either door, that one. Without a DOM, an inert one.
 * @throws {TypeError} On an unknown option or a bad value.
 * @example const companion = start({ endpoint: '/api/cello' });
 */
export function start(options: Options = {}): Companion {
  if (typeof document === 'undefined') return createInertApi();
  return startWith(parseOptions(options), () => import('./inspector/index.js'));
}

/** Loads the inspector's file: only in debug mode. */
export type LoadInspector = () => Promise<{ readonly inspect: (companion: Companion) => unknown }>;

/**
 * Starts with options that are already parsed, for the script-tag door.
 *
 * @param log - Where the door logs.
 */
export function startWith(
  settings: Settings,
  loadInspector: LoadInspector,
  log: Log = createLog(settings.debug || isDebuggedTab()),
): Companion {
  const running = findRunning();
  if (running) log.warn('runs on this page already: this start gets that one');
  const companion = running ?? createCompanionOrNone(settings, log);
  if (log.isDebugging)
    loadInspector()
      .then(({ inspect }) => inspect(companion))
      .catch((error) => log.warn(`the inspector's file must stand beside the script: ${error}`));
  return companion;
}

/** If something in the page's environment fails, that is not the page's fault: it gets a companion that does nothing. */
function createCompanionOrNone(settings: Settings, log: Log): Companion {
  try {
    if (isServable()) return createCompanion(settings, log);
    log.debug('does nothing here: no HTML document, or a browser older than Safari 15, Chrome 90, Firefox 90');
  } catch (error) {
    log.warn(`could not start: ${error}`);
  }
  return createInert();
}

/** It also answers on the page's global, so that calls waiting in the stub settle. */
function createInert(): Companion {
  const claims: Claim[] = [];
  const api = createInertApi(() => {
    for (const { release } of claims) release();
  });
  try {
    const claim = claimGlobal(api);
    claims.push(claim);
    claim.answer();
  } catch {
    // TypeError: the page has made our global read-only. There is nothing we can do about that.
  }
  return api;
}
