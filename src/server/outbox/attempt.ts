/**
 * One try to send an event: what came of it, and what becomes of the event.
 */

import { type CelloEvent, parseEvent } from '../events.js';
import { isFields } from '../input.js';
import type { Fate, Lease } from '../store/index.js';
import { chooseDelay } from './backoff.js';

/** What a try needs. */
export interface TrialOptions {
  readonly send: (event: CelloEvent, options: { readonly signal: AbortSignal }) => Promise<unknown>;
  readonly onAmbiguous: 'repeat' | 'park';
  /** After so many ms the try is ended. */
  readonly timeoutMs: number;
  readonly random: () => number;
}

/** What came of a try. */
export interface Verdict {
  readonly fate: Fate;
  /** How long Cello asks everybody to wait, in ms. */
  readonly pauseMs: number;
}

interface Failure {
  readonly isRetryable: boolean;
  readonly isAmbiguous: boolean;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly reason: string;
}

const REASON_MAX = 500;

/**
 * Reads what `send` rejected with. What is no error of ours says nothing of what happened: then the event may have been
 * counted, and may go through next time.
 */
function readFailure(error: unknown): Failure {
  const fields: Readonly<Record<string, unknown>> = isFields(error) ? error : {};
  const { retryable, ambiguous, status, retryAfterMs } = fields;
  const isKnown = typeof retryable === 'boolean';
  const name = error instanceof Error ? error.name : typeof error;
  return {
    isRetryable: retryable !== false,
    isAmbiguous: isKnown ? ambiguous === true : true,
    status: typeof status === 'number' ? status : null,
    retryAfterMs: typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : null,
    reason: (isKnown && error instanceof Error ? error.message : `"send" rejected with ${name}`).slice(0, REASON_MAX),
  };
}

const park = (reason: string, isAmbiguous: boolean, status: number | null): Verdict => ({
  fate: { state: 'parked', reason, status, isAmbiguous },
  pauseMs: 0,
});

function judge(failure: Failure, attempts: number, { onAmbiguous, random }: TrialOptions): Verdict {
  const { isRetryable, isAmbiguous, status, retryAfterMs, reason } = failure;
  if (!isRetryable || (isAmbiguous && onAmbiguous === 'park')) return park(reason, isAmbiguous, status);
  const delayMs = chooseDelay(attempts, retryAfterMs, random);
  // A limit is the account's, not the event's: nobody sends until it is over.
  return { fate: { state: 'waiting', delayMs, reason, isAmbiguous }, pauseMs: retryAfterMs === null ? 0 : delayMs };
}

/**
 * Reads an event out of a store.
 *
 * @returns The event; `null` if the text is none. Never throws.
 */
export function readEvent(body: string): CelloEvent | null {
  try {
    return parseEvent(JSON.parse(body), 'outbox');
  } catch {
    return null; // SyntaxError or TypeError: somebody else wrote into the table
  }
}

const readRequestId = (result: unknown): string | null =>
  isFields(result) && typeof result['requestId'] === 'string' ? result['requestId'] : null;

/** Tries once to send an event. Never rejects. */
export async function tryToSend({ body, attempts, isAbandoned }: Lease, options: TrialOptions): Promise<Verdict> {
  if (isAbandoned && options.onAmbiguous === 'park')
    return park('A worker had it in hand and never said what came of it', true, null);
  const event = readEvent(body);
  if (!event) return park('What the store holds is no event', false, null);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), options.timeoutMs);
  try {
    const result = await options.send(event, { signal: controller.signal });
    return { fate: { state: 'sent', requestId: readRequestId(result) }, pauseMs: 0 };
  } catch (error) {
    return judge(readFailure(error), attempts, options);
  } finally {
    clearTimeout(timer);
  }
}
