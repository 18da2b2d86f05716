/**
 * Cello's health as the outbox sees it, and as all processes over one store share it: a text in the store.
 */
import { isFields } from '../input/index.js';
import type { Failure } from './failure.js';

/** Why nothing is sent: Cello refuses the keys, or answers nobody. */
export type Blocked = 'denied' | 'unreachable';

/** The newest failure of `send`. */
export interface LastError {
  readonly at: Date;
  /** The error's own word, e.g. `'denied'`; `'unknown'` if it has none. */
  readonly reason: string;
  /** The status of Cello's answer; `null` if none came. */
  readonly status: number | null;
  readonly message: string;
}

/** A wait, by the clock of the one who began it. */
export interface Wait {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Cello's health. */
export interface Health {
  readonly blocked: Blocked | null;
  /** How many tries failed in a row. */
  readonly failures: number;
  /** How many probes failed in a row. */
  readonly probes: number;
  /** Until when nobody sends, or nobody probes; `null`: no wait. */
  readonly wait: Wait | null;
  readonly lastError: LastError | null;
}

export const HEALTHY: Health = { blocked: null, failures: 0, probes: 0, wait: null, lastError: null };

/** By so much the clocks of two machines may differ. */
const SKEW_MS = 60_000;

/** Whether a wait is over. One that begins in the future was begun by a clock that has been set back since. */
export const isOver = (wait: Wait | null, nowMs: number): boolean =>
  !wait || nowMs >= wait.untilMs || nowMs < wait.fromMs - SKEW_MS;

/** What a failure leaves behind. */
export const noteError = ({ reason, status, message }: Failure, nowMs: number): LastError => ({
  at: new Date(nowMs),
  reason,
  status,
  message,
});

/** Writes it down. */
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

/** Reads it again. What is no health of ours is taken for a good one: the next failures will tell. */
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
