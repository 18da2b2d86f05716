/**
 * The endpoint's log: structured, without personal data, without line breaks.
 */
import { describeError } from '../input/index.js';

/** One request, safe for the site's log: without codes, fields or a visitor's address. */
export interface LogEntry {
  /** The response status. */
  readonly status: number;
  /** `recorded`, `duplicate`, `ignored`, `preflight`, or the response's `error`. */
  readonly reason: string;
  /** The message's id, once it is known. */
  readonly id: string | null;
  readonly type: 'capture' | 'submission' | null;
  /** The value of the sender's `Origin` header. */
  readonly origin: string | null;
  /** How to fix it, in one sentence: for a refusal of one of the site's own pages, and for every 403. */
  readonly remedy?: string;
  /**
   * If the site's own code failed: the error's class and location. Its message may contain personal data, so it is left
   * out.
   */
  readonly error?: string;
}

/** However often a refusal repeats, it is logged once a minute. */
const SILENCE_MS = 60_000;

/**
 * Creates the default log: it reports what someone must fix, and each refusal with a remedy once a minute per reason.
 */
export function createConsoleLog(): (entry: LogEntry) => void {
  const saidMs = new Map<string, number>(); // reasons are our own, and few
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

/** Passes an entry to the site's log. Whatever the log throws, now or later, does not affect the visitor. */
export async function writeLog(log: (entry: LogEntry) => unknown, entry: LogEntry): Promise<void> {
  try {
    await log(entry);
  } catch (error) {
    console.error(`[cello-companion] "log" threw: ${describeError(error)}`);
  }
}
