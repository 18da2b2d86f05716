/**
 * Cello's health as the outbox sees it, shared by all processes on one store as a JSON string.
 */
import { isFields } from '../input/index.js';
import type { Failure } from './failure.js';

/** Why nothing is being sent: Cello rejects the keys, or cannot be reached. */
export type Blocked = 'denied' | 'unreachable';

/** The latest failure of `send`. */
export interface LastError {
  readonly at: Date;
  /** The error's `reason`, e.g. `'denied'`; `'unknown'` if it has none. */
  readonly reason: string;
  /** The status of Cello's response; `null` if there was none. */
  readonly status: number | null;
  readonly message: string;
}

/** A wait, by the clock of the process that started it. */
export interface Wait {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Cello's health. */
export interface Health {
  readonly blocked: Blocked | null;
  /** How many attempts failed in a row. */
  readonly failures: number;
  /** How many probes failed in a row. */
  readonly probes: number;
  /** How long no process may send, or probe; `null`: no wait. */
  readonly wait: Wait | null;
  readonly lastError: LastError | null;
}

export const HEALTHY: Health = { blocked: null, failures: 0, probes: 0, wait: null, lastError: null };

/** How far the clocks of two machines may differ. */
const SKEW_MS = 60_000;

/** Whether a wait is over. One that starts in the future was written before a clock was set back. */
export const isOver = (wait: Wait | null, nowMs: number): boolean =>
  !wait || nowMs >= wait.untilMs || nowMs < wait.fromMs - SKEW_MS;

/** The record of a failure. */
export const noteError = ({ reason, status, message }: Failure, nowMs: number): LastError => ({
  at: new Date(nowMs),
  reason,
  status,
  message,
});

/** Serializes the health. */
export const printHealth = ({ lastError, ...health }: Health): string =>
  JSON.stringify({ ...health, lastError: lastError && { ...lastError, at: lastError.at.getTime() } });

const readNumber = (value: unknown): number => (typeof value === 'number' ? value : 0);

const readWait = (value: unknown): Wait | null =>
  isFields(value) ? { fromMs: readNumber(value['fromMs']), untilMs: readNumber(value['untilMs']) } : null;

function readLastError(value: unknown): LastError | null {
  if (!isFields(value)) return null;
  const { at, reason, status, message } = value;
  return {
    at: new Date(readNumber(at)),
    reason: String(reason),
    status: typeof status === 'number' ? status : null,
    message: String(message),
  };
}

/** Parses it. Anything unreadable counts as healthy: the next failures will correct that. */
export function readHealth(text: string | null): Health {
  if (text === null) return HEALTHY;
  try {
    const value: unknown = JSON.parse(text);
    if (!isFields(value)) return HEALTHY;
    const { blocked, failures, probes, wait, lastError } = value;
    return {
      blocked: blocked === 'denied' || blocked === 'unreachable' ? blocked : null,
      failures: readNumber(failures),
      probes: readNumber(probes),
      wait: readWait(wait),
      lastError: readLastError(lastError),
    };
  } catch {
    return HEALTHY; // SyntaxError
  }
}
