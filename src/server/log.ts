/**
 * The endpoint's log: structured, without personal data, without line breaks.
 */

/** One request, as the site's log may keep it. No code, no field, no address of a visitor is in it. */
export interface LogEntry {
  /** The answer's status. */
  readonly status: number;
  /** `recorded`, `duplicate`, `ignored`, `preflight`, or the `error` of the answer. */
  readonly reason: string;
  /** The message's id, once it is known. */
  readonly id: string | null;
  readonly type: 'capture' | 'submission' | null;
  /** What the sender's `Origin` header said. */
  readonly origin: string | null;
  /** Where the site's own code failed: the class of the error and the place. Its text may name a person, so it is left out. */
  readonly error?: string;
}

/** Longest text in an entry, in characters. */
const TEXT_MAX = 200;

/** Control and format characters, lone surrogates, and what some viewers take for a line break. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Makes a text from outside fit for a log line: https://owasp.org/www-community/attacks/Log_Injection */
export const cleanText = (text: string): string => text.slice(0, TEXT_MAX).replace(UNPRINTABLE, '');

/** Says what was thrown and where, without its message: e.g. `TypeError at save (file:///app/referrals.js:12:5)`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = '' } = error;
  const frames = message && stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : stack;
  const place = /\n\s+(at .+)/.exec(frames)?.[1] ?? '';
  return cleanText(`${name} ${place}`.trim());
}

/** Without a `log` of the site only what somebody must mend is said. */
export function logToConsole(entry: LogEntry): void {
  if (entry.status >= 500 && entry.reason !== 'busy') console.error('[cello-companion]', JSON.stringify(entry));
}

/** Hands an entry to the site's log. What the log throws, at once or later, does not reach the visitor. */
export async function writeLog(log: (entry: LogEntry) => unknown, entry: LogEntry): Promise<void> {
  try {
    await log(entry);
  } catch (error) {
    console.error(`[cello-companion] "log" threw: ${describeError(error)}`);
  }
}
