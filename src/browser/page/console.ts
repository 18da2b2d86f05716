/**
 * What we say on the console: nothing when all is well, one warning a cause, and more only where debugging is asked
 * for. Never a visitor's code, name or address.
 */

/** The prefix of every word of ours on a page's console. */
export const PREFIX = '[cello-companion]';

export interface Log {
  readonly isDebugging: boolean;
  /** Says something once, however often it happens. */
  warn(text: string): void;
  /** Says something to a developer who debugs. */
  debug(text: string, ...details: readonly unknown[]): void;
}

/**
 * @param isDebugging - Whether `debug` is heard; warnings come all the same.
 * @param console - Where they go. Touches nothing else.
 */
export function createLog(isDebugging: boolean, { warn, info }: Pick<Console, 'warn' | 'info'> = console): Log {
  const said = new Set<string>();
  return {
    isDebugging,
    warn(text) {
      if (!said.has(text)) warn(PREFIX, text);
      said.add(text);
    },
    debug(text, ...details) {
      if (isDebugging) info(PREFIX, text, ...details);
    },
  };
}

/** Wraps what the page or the browser calls, so that an error of ours is reported once and never reaches them. */
export type Guard = <T>(work: (value: T) => void) => (value: T) => void;

/** @param log - Told of what went wrong. */
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

/** Whether this tab is debugged: once opened with `?cello-companion=debug`, it is from then on. */
export function isDebuggedTab(): boolean {
  try {
    if (isAskedFor()) sessionStorage.setItem(DEBUG_KEY, '1');
    return sessionStorage.getItem(DEBUG_KEY) === '1';
  } catch {
    return isAskedFor(); // SecurityError: no storage in this frame
  }
}
