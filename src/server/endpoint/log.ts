/**
 * The endpoint's log: structured, without personal data, without line breaks.
 */
import { describeError } from '../input/index.js';

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
  /** Where a page of the site's own was refused, and with every 403: what to do about it, in one sentence. */
  readonly remedy?: string;
  /** Where the site's own code failed: the class of the error and the place. Its text may name a person, so it is left out. */
  readonly error?: string;
}

/** What is refused a thousand times is said once a minute. */
const SILENCE_MS = 60_000;

/**
 * Makes the log of a site that has none: it says what somebody must mend, and each refusal with its remedy once a minute
 * and reason.
 */
export function createConsoleLog(): (entry: LogEntry) => void {
  const saidMs = new Map<string, number>(); // the reasons are ours, and few
  return (entry) => {
    if (entry.status >= 500 && entry.reason !== 'busy') console.error('[cello-companion]', JSON.stringify(entry));
    else if (entry.remedy !== undefined) {
      const nowMs = performance.now();
      if (nowMs - (saidMs.get(entry.reason) ?? Number.NEGATIVE_INFINITY) < SILENCE_MS) return;
      saidMs.set(entry.reason, nowMs);
      console.warn('[cello-companion]', JSON.stringify(entry));
    }
  };
}

/** Hands an entry to the site's log. What the log throws, at once or later, does not reach the visitor. */
export async function writeLog(log: (entry: LogEntry) => unknown, entry: LogEntry): Promise<void> {
  try {
    await log(entry);
  } catch (error) {
    console.error(`[cello-companion] "log" threw: ${describeError(error)}`);
  }
}
