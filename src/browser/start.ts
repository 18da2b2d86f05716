/**
 * How a companion begins: one a page, whichever door asks.
 */
import { type Companion, createInertApi } from './api.js';
import { createCompanion } from './companion.js';
import { createLog } from './console.js';
import { findRunning } from './global.js';
import { type Options, parseOptions, type Settings } from './options.js';

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

/** Starts with options that were parsed already. The script tag's door. */
export function startWith(settings: Settings): Companion {
  const log = createLog(settings.debug || /[?&]cello-companion=debug(&|$)/.test(location.search));
  const running = findRunning();
  if (running) log.warn('runs on this page already: this start gets that one');
  return running ?? createCompanion(settings, log);
}
