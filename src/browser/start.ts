/**
 * How a companion begins: one a page, whichever door asks.
 */
import { type Companion, createInertApi } from './api.js';
import { createCompanion } from './companion.js';
import { type Claim, claimGlobal, findRunning } from './global.js';
import { type Options, parseOptions, type Settings } from './options.js';
import { createLog, isDebuggedTab, isServable, type Log } from './page/index.js';

/**
 * Starts the companion of this page: from here on every sign-up and demo form carries the referral code.
 *
 * @returns The companion; if one runs already, by whichever door, that one. Without a DOM an inert one.
 * @throws {TypeError} On an unknown option or a bad value.
 * @example const companion = start({ endpoint: '/api/cello' });
 */
export function start(options: Options = {}): Companion {
  if (typeof document === 'undefined') return createInertApi();
  return startWith(parseOptions(options));
}

/**
 * Starts with options that were parsed already. The script tag's door.
 *
 * @param log - Where the door says what it has to say.
 */
export function startWith(settings: Settings, log: Log = createLog(settings.debug || isDebuggedTab())): Companion {
  const running = findRunning();
  if (running) log.warn('runs on this page already: this start gets that one');
  return running ?? createCompanionOrNone(settings, log);
}

/** Whatever fails in this page's world is no error of the page's code: it gets a companion that does nothing. */
function createCompanionOrNone(settings: Settings, log: Log): Companion {
  try {
    if (isServable()) return createCompanion(settings, log);
    log.debug('does nothing here: no HTML document, or a browser older than Safari 15, Chrome 90, Firefox 90');
  } catch (error) {
    log.warn(`could not start: ${error}`);
  }
  return createInert();
}

/** It answers on the page's global as well: calls that wait in the stub settle. */
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
    // TypeError: the page made our global read-only. There is nothing that we could do about it.
  }
  return api;
}
