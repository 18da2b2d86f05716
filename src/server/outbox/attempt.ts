/**
 * One attempt to send an event: its outcome, and what happens to the event next.
 */

import { type CelloEvent, leaveOutEmail, parseEvent } from '../events/index.js';
import { isFields } from '../input/index.js';
import type { Fate, Lease } from '../store/index.js';
import { chooseDelay } from './backoff.js';
import { createCutOff, type Failure, readFailure } from './failure.js';

/** Sends one event. */
export type Send = (event: CelloEvent, options: { readonly signal: AbortSignal }) => Promise<unknown>;

/** The outcome of an attempt. */
export type Attempt =
  | {
      readonly state: 'sent';
      readonly requestId: string | null;
      /** The event that was sent. */
      readonly event: CelloEvent;
      /** It was stored with an e-mail address that Cello would refuse, and sent without it. */
      readonly isEmailLeftOut: boolean;
    }
  | { readonly state: 'failed'; readonly failure: Failure }
  /** Nothing was sent, because it could not or must not be. */
  | { readonly state: 'barred'; readonly reason: string; readonly isAmbiguous: boolean };

/** How long an attempt may take. */
export interface AttemptLimits {
  /** After this many ms, its signal aborts it. */
  readonly timeoutMs: number;
  /** After this many ms, we stop waiting for it. */
  readonly cutOffMs: number;
}

/** What decides the fate of an event that could not be sent. */
export interface Policy {
  readonly onAmbiguous: 'repeat' | 'park';
  readonly random: () => number;
  /** Nothing gets through at all, so this failure says nothing about this event. */
  readonly isOutage: boolean;
}

/** After this many ambiguous attempts while others get through, the event itself is at fault. */
const AMBIGUOUS_MAX = 20;

/** The same while nothing gets through: about 40 hours of probing with one event. */
const AMBIGUOUS_MAX_IN_OUTAGE = 500;

/**
 * Parses a stored event.
 *
 * @returns The event; `null` if the text is not one. Never throws.
 */
export function readEvent(body: string): CelloEvent | null {
  try {
    return parseEvent(JSON.parse(body), 'outbox');
  } catch {
    return null; // SyntaxError or TypeError: not written by us
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
  if (isAbandoned && onAmbiguous === 'park') return bar('A worker was sending it and never recorded the outcome', true);
  if (isAbandoned && ambiguousTries >= AMBIGUOUS_MAX)
    return bar(`Cello may have received it ${ambiguousTries} times, without confirming it`, true);
  const event = readEvent(body);
  if (!event) return bar('The store holds something that is not an event', false);
  const accepted = leaveOutEmail(event);
  return callSend(send, accepted, accepted !== event, limits);
}

async function callSend(
  send: Send,
  event: CelloEvent,
  isEmailLeftOut: boolean,
  { timeoutMs, cutOffMs }: AttemptLimits,
): Promise<Attempt> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  let cutOff: ReturnType<typeof setTimeout> | undefined;
  const isCutOff = new Promise<Attempt>((resolve) => {
    cutOff = setTimeout(resolve, cutOffMs, { state: 'failed', failure: createCutOff() });
  });
  const ask = async (): Promise<Attempt> => {
    try {
      const requestId = readRequestId(await send(event, { signal: controller.signal }));
      return { state: 'sent', requestId, event, isEmailLeftOut };
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

/** Decides what happens to an event. */
export function chooseFate(attempt: Attempt, { attempts, ambiguousTries }: Lease, policy: Policy): Fate {
  if (attempt.state === 'sent') return { state: 'sent', requestId: attempt.requestId };
  if (attempt.state === 'barred') return { ...attempt, state: 'parked', status: null };
  const { kind, message: reason, status, isAmbiguous, retryAfterMs } = attempt.failure;
  const tries = ambiguousTries + 1;
  const isPoison = isAmbiguous && tries >= (policy.isOutage ? AMBIGUOUS_MAX_IN_OUTAGE : AMBIGUOUS_MAX);
  if (kind === 'refused' || isPoison || (isAmbiguous && policy.onAmbiguous === 'park'))
    return { state: 'parked', reason, status, isAmbiguous };
  const delayMs = chooseDelay(kind === 'denied' ? 0 : attempts, retryAfterMs, policy.random);
  return { state: 'waiting', delayMs, reason, status, isAmbiguous };
}
