/**
 * The outbox's worker: takes what is due in hand, has it sent, records what came of it, until it is told to stop.
 */

import { type Fate, type Lease, type ParkedEntry, type Queue, StoreBusyError } from '../store/index.js';
import { chooseFate, type Send, tryToSend } from './attempt.js';
import type { Probe } from './probe.js';
import { createWakeup } from './wakeup.js';

/** What a worker is told. */
export interface WorkerOptions {
  readonly queue: Queue;
  readonly probe: Probe;
  readonly send: Send;
  readonly onAmbiguous: 'repeat' | 'park';
  readonly concurrency: number;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly onParked: (entry: ParkedEntry) => void;
  readonly onError: (error: unknown) => void;
  /** For durations: never goes back. */
  readonly steadyClock: () => number;
  readonly random: () => number;
}

/** Sends a queue's events. */
export interface Worker {
  /** Begins to send. Does nothing if it has begun. */
  start(): void;
  /** Sends what is due for at most so many ms, and resolves when nothing is on its way any more. */
  stop(drainMs: number): Promise<void>;
  /**
   * Sends what is due for at most so many ms. What is on its way then is not waited for.
   *
   * @returns How many were sent.
   */
  flush(maxMs: number): Promise<number>;
  /** Says that something may be due that was not. */
  look(): void;
}

/** Of its lease an attempt may use so much; the rest is for recording what came of it. */
const TRY_SHARE = 0.75;

/** By then an attempt has ended, or nobody waits for it any more. */
const CUT_OFF_SHARE = 0.85;

/** What failed to be recorded is recorded again after this, doubling. */
const RECORD_AGAIN_MS = 100;

/** One stretch of sending, from `start` to `stop`. */
interface Run {
  /** Nothing is taken in hand from here on. */
  untilMs: number;
  done: Promise<void>;
}

/** What is in hand. Its lease is replaced when the store gives it to us again, because a clock jumped. */
interface Hand {
  lease: Lease;
  readonly fromMs: number;
  done: Promise<void>;
}

const isEndless = ({ untilMs }: Run): boolean => untilMs === Number.POSITIVE_INFINITY;

/** Makes a worker. */
export function createWorker(options: WorkerOptions): Worker {
  const { queue, probe, concurrency, pollMs, leaseMs, onParked, steadyClock } = options;
  const wakeup = createWakeup();
  const inHand = new Map<string, Hand>();
  let current: Run | null = null;
  let claiming: Promise<boolean> | null = null;
  let freedMs = Number.NEGATIVE_INFINITY;
  let sent = 0;

  /** Somebody else in the store's way is no failure: it is asked again at the next look. */
  const tell = (error: unknown): void => {
    if (!(error instanceof StoreBusyError)) options.onError(error);
  };

  /** Records what came of an attempt, also through a failure of the store that passes while the lease lasts. */
  const record = async (hand: Hand, fate: Fate): Promise<boolean> => {
    for (let waitMs = RECORD_AGAIN_MS; ; waitMs *= 2) {
      try {
        return await queue.settle(hand.lease, fate);
      } catch (error) {
        if (steadyClock() + waitMs >= hand.fromMs + leaseMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  };

  const deliver = async (hand: Hand): Promise<void> => {
    const passedMs = steadyClock() - hand.fromMs;
    const limits = { timeoutMs: leaseMs * TRY_SHARE - passedMs, cutOffMs: leaseMs * CUT_OFF_SHARE - passedMs };
    if (limits.timeoutMs <= 0) return; // this process stood still for so long that others take the event for abandoned
    const mark = probe.begin();
    const attempt = await tryToSend(hand.lease, options.send, options.onAmbiguous, limits);
    await probe.note(attempt, mark).catch(tell);
    const fate = chooseFate(attempt, hand.lease, { ...options, isOutage: probe.isBlocked() });
    if (!(await record(hand, fate))) return;
    if (fate.state === 'sent') sent += 1;
    if (fate.state === 'parked') onParked({ ...hand.lease, ...fate, attempts: hand.lease.attempts + 1 });
  };

  const take = (lease: Lease, fromMs: number): void => {
    const held = inHand.get(lease.key);
    if (held) {
      held.lease = lease;
      return;
    }
    const hand: Hand = { lease, fromMs, done: Promise.resolve() };
    inHand.set(lease.key, hand);
    hand.done = deliver(hand)
      .catch(tell)
      .finally(() => {
        inHand.delete(lease.key);
        wakeup.ring();
      });
  };

  /** Another process was quicker to probe. */
  const giveBack = async (leases: readonly Lease[]): Promise<boolean> => {
    const fate: Fate = { state: 'waiting', delayMs: 0, reason: '', isAmbiguous: false };
    for (const lease of leases) await queue.settle(lease, fate);
    return false;
  };

  /** Frees what dead processes held, now and then. */
  const free = async (): Promise<void> => {
    const nowMs = steadyClock();
    if (nowMs - freedMs < leaseMs) return;
    freedMs = nowMs;
    await queue.free?.();
  };

  const claimOnce = async (untilMs: number): Promise<boolean> => {
    const fromMs = steadyClock();
    if (fromMs >= untilMs || inHand.size >= concurrency) return false;
    await free();
    const room = await probe.admit(concurrency - inHand.size);
    if (!room) return false;
    const leases = await queue.claim(room, leaseMs);
    if (!leases.length) return false;
    if (!(await probe.reserve())) return giveBack(leases);
    for (const lease of leases) take(lease, fromMs);
    return true;
  };

  /** Takes what is due in hand, one at a time. Gives back whether there was any. */
  const claim = async (untilMs: number): Promise<boolean> => {
    await claiming;
    claiming ??= claimOnce(untilMs)
      .catch((error: unknown) => {
        tell(error);
        return false;
      })
      .finally(() => {
        claiming = null;
      });
    return claiming;
  };

  const work = async (run: Run, before: Promise<void> | undefined): Promise<void> => {
    await before;
    for (;;) {
      const mark = wakeup.mark();
      const wasIdle = !inHand.size; // asked first: what ends during the claim may make more due, and the claim miss it
      if (await claim(run.untilMs)) continue;
      if (!isEndless(run) && wasIdle) return;
      await wakeup.wait(pollMs, mark);
    }
  };

  const flush = async (maxMs: number): Promise<number> => {
    const before = sent;
    const untilMs = steadyClock() + maxMs;
    freedMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      const mark = wakeup.mark();
      const wasIdle = !inHand.size;
      if (await claim(untilMs)) continue;
      const leftMs = untilMs - steadyClock();
      if (wasIdle || leftMs <= 0) return sent - before;
      await wakeup.wait(Math.min(pollMs, leftMs), mark);
    }
  };

  return {
    start() {
      if (current && isEndless(current)) return;
      const run: Run = { untilMs: Number.POSITIVE_INFINITY, done: Promise.resolve() };
      run.done = work(run, current?.done);
      current = run;
    },
    async stop(drainMs) {
      const run = current;
      if (!run) return;
      run.untilMs = Math.min(run.untilMs, steadyClock() + drainMs);
      wakeup.ring();
      await run.done;
      if (current === run) current = null;
    },
    flush,
    look: wakeup.ring,
  };
}
