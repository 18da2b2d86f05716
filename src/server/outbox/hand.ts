/**
 * The events that this process is sending to Cello, and the outcome of each.
 */
import { type Fate, type Lease, type ParkedEntry, type Queue, StoreBusyError } from '../store/index.js';
import { chooseFate, type Send, tryToSend } from './attempt.js';
import { EmailLeftOutError } from './outbox-error.js';
import type { Probe } from './probe.js';

/** What delivering an event requires. */
export interface HandOptions {
  readonly queue: Queue;
  readonly probe: Probe;
  readonly send: Send;
  readonly onAmbiguous: 'repeat' | 'park';
  readonly leaseMs: number;
  readonly onParked: (entry: ParkedEntry) => void;
  readonly onError: (error: unknown) => void;
  /** For durations: monotonic. */
  readonly steadyClock: () => number;
  readonly random: () => number;
}

/** The events being sent. */
export interface Hands {
  /** Sends an event and records the outcome. Whatever happens, it is finished before the lease expires. */
  take(lease: Lease, fromMs: number): void;
  count(): number;
  /** How many outcomes are being recorded: their hands are free in a moment. */
  countRecording(): number;
  /** How many this process has sent. */
  countSent(): number;
}

/** One event being sent. If the store leases it to us again because a clock jumped, the lease is replaced. */
interface Hand {
  lease: Lease;
  readonly fromMs: number;
}

/** The share of a lease that an attempt may use; the rest is for recording the outcome. */
const TRY_SHARE = 0.75;

/** The share of a lease after which we stop waiting for an attempt. */
const CUT_OFF_SHARE = 0.85;

/** How long to wait before recording an outcome again, doubling each time. */
const RECORD_AGAIN_MS = 100;

/** Reports an error, except a busy store: that is not a failure, and the next poll tries again. */
export function tellUnlessBusy(error: unknown, onError: (error: unknown) => void): void {
  if (!(error instanceof StoreBusyError)) onError(error);
}

/** Records the outcome of an attempt. */
type Settle = (lease: Lease, fate: Fate) => Promise<boolean>;

/** Records the outcome of an attempt, retrying while the lease lasts if the store fails. */
async function record(hand: Hand, fate: Fate, settle: Settle, { leaseMs, steadyClock }: HandOptions): Promise<boolean> {
  for (let waitMs = RECORD_AGAIN_MS; ; waitMs *= 2) {
    try {
      return await settle(hand.lease, fate);
    } catch (error) {
      if (steadyClock() + waitMs >= hand.fromMs + leaseMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** Sends one event. Returns its fate; `null` if another worker has it by now. */
async function deliver(hand: Hand, settle: Settle, options: HandOptions): Promise<Fate | null> {
  const { probe, leaseMs, onError, steadyClock } = options;
  const passedMs = steadyClock() - hand.fromMs;
  const limits = { timeoutMs: leaseMs * TRY_SHARE - passedMs, cutOffMs: leaseMs * CUT_OFF_SHARE - passedMs };
  if (limits.timeoutMs <= 0) return null; // the process was suspended so long that the event counts as abandoned
  const mark = probe.begin();
  const attempt = await tryToSend(hand.lease, options.send, options.onAmbiguous, limits);
  await probe.note(attempt, mark).catch((error: unknown) => tellUnlessBusy(error, onError));
  if (attempt.state === 'sent' && attempt.isEmailLeftOut)
    onError(new EmailLeftOutError(attempt.event.context.event.trigger));
  const fate = chooseFate(attempt, hand.lease, { ...options, isOutage: probe.isBlocked() });
  return (await record(hand, fate, settle, options)) ? fate : null;
}

/**
 * Creates an empty set of events being sent.
 *
 * @param onDone - Called whenever one is finished.
 */
export function createHands(options: HandOptions, onDone: () => void): Hands {
  const inHand = new Map<string, Hand>();
  let sent = 0;
  let recording = 0;

  const settle: Settle = async (lease, fate) => {
    recording += 1;
    try {
      return await options.queue.settle(lease, fate);
    } finally {
      recording -= 1;
    }
  };

  const finish = ({ lease }: Hand, fate: Fate | null): void => {
    if (fate?.state === 'sent') sent += 1;
    if (fate?.state === 'parked') options.onParked({ ...lease, ...fate, attempts: lease.attempts + 1 });
  };

  const work = async (hand: Hand): Promise<void> => {
    try {
      finish(hand, await deliver(hand, settle, options));
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
    countRecording: () => recording,
    countSent: () => sent,
  };
}
