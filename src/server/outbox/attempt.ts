/**
 * One attempt to send an event: what came of it, and what becomes of the event.
 */

import { type CelloEvent, parseEvent } from '../events/index.js';
import { isFields } from '../input/index.js';
import type { Fate, Lease } from '../store/index.js';
import { chooseDelay } from './backoff.js';
import { createCutOff, type Failure, readFailure } from './failure.js';

/** Sends one event. */
export type Send = (event: CelloEvent, options: { readonly signal: AbortSignal }) => Promise<unknown>;

/** What came of an attempt. */
export type Attempt =
  | { readonly state: 'sent'; readonly requestId: string | null }
  | { readonly state: 'failed'; readonly failure: Failure }
  /** Nothing was sent: it cannot be, or must not be. */
  | { readonly state: 'barred'; readonly reason: string; readonly isAmbiguous: boolean };

/** How long an attempt may take. */
export interface AttemptLimits {
  /** After so many ms its signal tells it to end. */
  readonly timeoutMs: number;
  /** After so many ms nobody waits for it any more. */
  readonly cutOffMs: number;
}

/** What decides on an event that could not be sent. */
export interface Policy {
  readonly onAmbiguous: 'repeat' | 'park';
  readonly random: () => number;
  /** Nothing gets through at all, so that it does not speak against this event that it does not either. */
  readonly isOutage: boolean;
}

/** So many ambiguous tries while others get through, and it is the event that something is wrong with. */
const AMBIGUOUS_MAX = 20;

/** So many while nothing gets through: some 40 hours of probes of one and the same event. */
const AMBIGUOUS_MAX_IN_OUTAGE = 500;

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

const bar = (reason: string, isAmbiguous: boolean): Attempt => ({ state: 'barred', reason, isAmbiguous });

/** Tries once to send an event. Never rejects, and never takes longer than `cutOffMs`. */
export async function tryToSend(
  { body, isAbandoned, ambiguousTries }: Lease,
  send: Send,
  onAmbiguous: 'repeat' | 'park',
  limits: AttemptLimits,
): Promise<Attempt> {
  if (isAbandoned && onAmbiguous === 'park') return bar('A worker had it in hand and never said what came of it', true);
  if (isAbandoned && ambiguousTries >= AMBIGUOUS_MAX)
    return bar(`Cello may have had it ${ambiguousTries} times, and nobody could say so`, true);
  const event = readEvent(body);
  return event ? callSend(send, event, limits) : bar('What the store holds is no event', false);
}

async function callSend(send: Send, event: CelloEvent, { timeoutMs, cutOffMs }: AttemptLimits): Promise<Attempt> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  let cutOff: ReturnType<typeof setTimeout> | undefined;
  const isCutOff = new Promise<Attempt>((resolve) => {
    cutOff = setTimeout(resolve, cutOffMs, { state: 'failed', failure: createCutOff() });
  });
  const ask = async (): Promise<Attempt> => {
    try {
      return { state: 'sent', requestId: readRequestId(await send(event, { signal: controller.signal })) };
    } catch (error) {
      return { state: 'failed', failure: readFailure(error) };
    }
  };
  try {
    return await Promise.race([ask(), isCutOff]);
  } finally {
    clearTimeout(timer);
    clearTimeout(cutOff);
  }
}

/** Says what becomes of an event. */
export function chooseFate(attempt: Attempt, { attempts, ambiguousTries }: Lease, policy: Policy): Fate {
  if (attempt.state === 'sent') return attempt;
  if (attempt.state === 'barred') return { ...attempt, state: 'parked', status: null };
  const { kind, message: reason, status, isAmbiguous, retryAfterMs } = attempt.failure;
  const tries = ambiguousTries + 1;
  const isPoison = isAmbiguous && tries >= (policy.isOutage ? AMBIGUOUS_MAX_IN_OUTAGE : AMBIGUOUS_MAX);
  if (kind === 'refused' || isPoison || (isAmbiguous && policy.onAmbiguous === 'park'))
    return { state: 'parked', reason, status, isAmbiguous };
  const delayMs = chooseDelay(kind === 'denied' ? 0 : attempts, retryAfterMs, policy.random);
  return { state: 'waiting', delayMs, reason, status, isAmbiguous };
}
