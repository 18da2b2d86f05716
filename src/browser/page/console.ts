/**
 * What we log to the console: nothing when all is well, one warning per cause, and more only in debug mode. Never a
 * visitor's code, name or address.
 */
import { readCookies } from './cookies.js';
import { write } from './dom.js';

/** The prefix of everything we log to a page's console. */
export const PREFIX = '[cello-companion]';

export interface Log {
  readonly isDebugging: boolean;
  /** What was warned of so far. */
  readonly warnings: ReadonlySet<string>;
  /** Warns once, however often it happens. */
  warn(text: string): void;
  /** Logs only in debug mode. */
  debug(text: string, ...details: readonly unknown[]): void;
}

/**
 * @param isDebugging - Whether `debug` logs anything; warnings are always logged.
 * @param console - Where to log. Nothing else is touched.
 */
export function createLog(isDebugging: boolean, { warn, info }: Pick<Console, 'warn' | 'info'> = console): Log {
  const warnings = new Set<string>();
  return {
    isDebugging,
    warnings,
    warn(text) {
      if (!warnings.has(text)) warn(PREFIX, text);
      warnings.add(text);
    },
    debug(text, ...details) {
      if (isDebugging) info(PREFIX, text, ...details);
    },
  };
}

/** Wraps functions that the page or the browser calls, so that our errors are reported once and never reach them. */
export type Guard = <T>(work: (value: T) => void) => (value: T) => void;

/** @param log - Receives what went wrong. */
export const createGuard =
  (log: Log): Guard =>
  (work) =>
  (value) => {
    try {
      work(value);
    } catch (error) {
      log.warn(`failed: ${error}`);
    }
  };

const DEBUG_KEY = 'cello-companion-debug';
const isAskedFor = () => /[?&]cello-companion=debug(&|$)/.test(location.search);

/**
 * Whether this tab is in debug mode: `?cello-companion=debug` turns it on, and it stays on for that tab. A cookie of the
 * browser's session says that some tab is, so that no other visitor's page has to ask its storage.
 */
export function isDebuggedTab(): boolean {
  try {
    if (isAskedFor()) {
      sessionStorage.setItem(DEBUG_KEY, '1');
      write(document, 'cookie', `${DEBUG_KEY}=1; path=/; samesite=Lax`);
    }
    return isAskedFor() || (readCookies().includes(DEBUG_KEY) && sessionStorage.getItem(DEBUG_KEY) === '1');
  } catch {
    return isAskedFor(); // SecurityError: no storage in this frame
  }
}

/** Ends debug mode in this tab. */
export function endDebugging(): void {
  try {
    sessionStorage.removeItem(DEBUG_KEY);
  } catch {
    // SecurityError: no storage in this frame, so it was not kept either
  }
}
