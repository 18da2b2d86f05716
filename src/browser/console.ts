/**
 * What we say on the console: nothing when all is well, one warning a cause, and notes only where debugging is asked
 * for. Never a visitor's code, name or address.
 */

/** The prefix of every word of ours on a page's console. */
export const PREFIX = '[cello-companion]';

export interface Notes {
  readonly isDebugging: boolean;
  /** Says something once, however often it happens. */
  warn(text: string): void;
  /** Says something to a developer who debugs. */
  debug(text: string, ...things: readonly unknown[]): void;
}

/**
 * @param isDebugging - Whether notes are wanted; warnings come all the same.
 * @param console - Where they go. Touches nothing else.
 */
export function createNotes(isDebugging: boolean, { warn, info }: Pick<Console, 'warn' | 'info'> = console): Notes {
  const said = new Set<string>();
  return {
    isDebugging,
    warn(text) {
      if (!said.has(text)) warn(PREFIX, text);
      said.add(text);
    },
    debug(text, ...things) {
      if (isDebugging) info(PREFIX, text, ...things);
    },
  };
}
