/**
 * What one process has in hand: events on their way to Cello, and what becomes of each.
 */
import { type Fate, type Lease, type ParkedEntry, type Queue, StoreBusyError } from '../store/index.js';
import { chooseFate, type Send, tryToSend } from './attempt.js';
import type { Probe } from './probe.js';

/** What is needed to deliver an event. */
export interface HandOptions {
  readonly queue: Queue;
  readonly probe: Probe;
  readonly send: Send;
  readonly onAmbiguous: 'repeat' | 'park';
  readonly leaseMs: number;
  readonly onParked: (entry: ParkedEntry) => void;
  readonly onError: (error: unknown) => void;
  /** For durations: never goes back. */
  readonly steadyClock: () => number;
  readonly random: () => number;
}

/** The events in hand. */
export interface Hands {
  /** Sends an event and records what came of it. Whatever happens, it is out of hand before its lease is over. */
  take(lease: Lease, fromMs: number): void;
  count(): number;
  /** How many were sent from here. */
  countSent(): number;
}

/** One event in hand. Its lease is replaced when the store gives it to us again, because a clock jumped. */
interface Hand {
  lease: Lease;
  readonly fromMs: number;
}

/** Of its lease an attempt may use so much; the rest is for recording what came of it. */
const TRY_SHARE = 0.75;

/** By then an attempt has ended, or nobody waits for it any more. */
const CUT_OFF_SHARE = 0.85;

/** What failed to be recorded is recorded again after this, doubling. */
const RECORD_AGAIN_MS = 100;

/** Somebody else in the store's way is no failure: it is asked again at the next look. */
export function tellUnlessBusy(error: unknown, onError: (error: unknown) => void): void {
  if (!(error instanceof StoreBusyError)) onError(error);
}

/** Records what came of an attempt, also through a failure of the store that passes while the lease lasts. */
async function record(hand: Hand, fate: Fate, { queue, leaseMs, steadyClock }: HandOptions): Promise<boolean> {
  for (let waitMs = RECORD_AGAIN_MS; ; waitMs *= 2) {
    try {
      return await queue.settle(hand.lease, fate);
    } catch (error) {
      if (steadyClock() + waitMs >= hand.fromMs + leaseMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** Sends one event. Gives back what became of it; `null` if others have it by now. */
async function deliver(hand: Hand, options: HandOptions): Promise<Fate | null> {
  const { probe, leaseMs, onError, steadyClock } = options;
  const passedMs = steadyClock() - hand.fromMs;
  const limits = { timeoutMs: leaseMs * TRY_SHARE - passedMs, cutOffMs: leaseMs * CUT_OFF_SHARE - passedMs };
  if (limits.timeoutMs <= 0) return null; // this process stood still for so long that others take the event for abandoned
  const mark = probe.begin();
  const attempt = await tryToSend(hand.lease, options.send, options.onAmbiguous, limits);
  await probe.note(attempt, mark).catch((error: unknown) => tellUnlessBusy(error, onError));
  const fate = chooseFate(attempt, hand.lease, { ...options, isOutage: probe.isBlocked() });
  return (await record(hand, fate, options)) ? fate : null;
}

/**
 * Makes hands, which are empty.
 *
 * @param onDone - Called whenever one is free again.
 */
export function createHands(options: HandOptions, onDone: () => void): Hands {
  const inHand = new Map<string, Hand>();
  let sent = 0;

  const finish = ({ lease }: Hand, fate: Fate | null): void => {
    if (fate?.state === 'sent') sent += 1;
    if (fate?.state === 'parked') options.onParked({ ...lease, ...fate, attempts: lease.attempts + 1 });
  };

  const work = async (hand: Hand): Promise<void> => {
    try {
      finish(hand, await deliver(hand, options));
    } catch (error) {
      tellUnlessBusy(error, options.onError);
    }
    inHand.delete(hand.lease.key);
    onDone();
  };

  return {
    take(lease, fromMs) {
      const held = inHand.get(lease.key);
      if (held) {
        held.lease = lease;
        return;
      }
      const hand: Hand = { lease, fromMs };
      inHand.set(lease.key, hand);
      void work(hand);
    },
    count: () => inHand.size,
    countSent: () => sent,
  };
}
