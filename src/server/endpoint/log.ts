/**
 * The endpoint's log: structured, without personal data, without line breaks.
 */
import { describeError } from '../printable.js';

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
