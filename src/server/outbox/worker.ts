/**
 * The outbox's worker: takes what is due in hand, has it sent, records what came of it, until it is told to stop.
 */

import type { Fate, Lease, ParkedEntry, Queue } from '../store/index.js';
import { type TrialOptions, tryToSend } from './attempt.js';
import { createBell } from './wakeup.js';

/** What a worker is told. */
export interface WorkerOptions extends Omit<TrialOptions, 'timeoutMs'> {
  readonly queue: Queue;
  readonly concurrency: number;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly onParked: (entry: ParkedEntry) => void;
  readonly onError: (error: unknown) => void;
  readonly clock: () => number;
}

/** Sends a queue's events. */
export interface Worker {
  /** Begins to send. Does nothing if it has begun. */
  start(): void;
  /** Sends what is due for at most so many ms, and resolves when nothing is on its way any more. */
  stop(drainMs: number): Promise<void>;
  /** Says that something may be due that was not. */
  look(): void;
}

/** Of its lease a try may use so much; the rest is for recording what came of it. */
const TRY_SHARE = 0.75;

/** What failed to be recorded is recorded again after this, doubling. */
const RECORD_AGAIN_MS = 100;

/** One stretch of sending, from `start` to `stop`. */
interface Run {
  /** Nothing is taken in hand from here on. */
  stopClaimingMs: number;
  done: Promise<void>;
}

const isEndless = (run: Run): boolean => run.stopClaimingMs === Number.POSITIVE_INFINITY;

/** Makes a worker. */
export function createWorker(options: WorkerOptions): Worker {
  const { queue, concurrency, pollMs, leaseMs, onParked, onError, clock } = options;
  const bell = createBell();
  const inHand = new Set<Promise<void>>();
  let current: Run | null = null;
  let pauseUntilMs = 0;

  const tell = (error: unknown): void => {
    try {
      onError(error);
    } catch {
      // The site's own handler failed. The sending goes on, and there is nobody left to tell.
    }
  };

  /** Records what came of a try, also through a failure of the store that passes while the lease lasts. */
  const record = async (lease: Lease, fate: Fate, untilMs: number): Promise<boolean> => {
    for (let waitMs = RECORD_AGAIN_MS; ; waitMs *= 2) {
      try {
        return await queue.settle(lease, fate);
      } catch (error) {
        if (clock() + waitMs >= untilMs) throw error;
        await createBell().wait(waitMs);
      }
    }
  };

  const deliver = async (lease: Lease, untilMs: number): Promise<void> => {
    const timeoutMs = untilMs - leaseMs * (1 - TRY_SHARE) - clock();
    if (timeoutMs <= 0) return; // this process stood still for so long that others take the event for abandoned
    try {
      const { fate, pauseMs } = await tryToSend(lease, { ...options, timeoutMs });
      if (pauseMs) pauseUntilMs = Math.max(pauseUntilMs, clock() + pauseMs);
      const isRecorded = await record(lease, fate, untilMs);
      if (!isRecorded || fate.state !== 'parked') return;
      onParked({ ...lease, ...fate, attempts: lease.attempts + 1 });
    } catch (error) {
      tell(error);
    }
  };

  /** Takes what is due in hand. Gives back whether there was any. */
  const claim = async ({ stopClaimingMs }: Run): Promise<boolean> => {
    const nowMs = clock();
    const room = concurrency - inHand.size;
    if (room <= 0 || nowMs < pauseUntilMs || nowMs >= stopClaimingMs) return false;
    const leases = await queue.claim(room, leaseMs);
    for (const lease of leases) {
      const delivery = deliver(lease, nowMs + leaseMs).finally(() => {
        inHand.delete(delivery);
        bell.ring();
      });
      inHand.add(delivery);
    }
    return leases.length > 0;
  };

  const work = async (run: Run, before: Promise<void> | undefined): Promise<void> => {
    await before;
    for (;;) {
      const wasIdle = !inHand.size; // asked first: what ends during the claim may make more due, and the claim miss it
      const isBusy = await claim(run).catch((error: unknown) => {
        tell(error);
        return false;
      });
      if (isBusy) continue;
      if (!isEndless(run) && wasIdle) return;
      await bell.wait(pollMs);
    }
  };

  return {
    start() {
      if (current && isEndless(current)) return;
      const run: Run = { stopClaimingMs: Number.POSITIVE_INFINITY, done: Promise.resolve() };
      run.done = work(run, current?.done);
      current = run;
    },
    async stop(drainMs) {
      const run = current;
      if (!run) return;
      run.stopClaimingMs = Math.min(run.stopClaimingMs, clock() + drainMs);
      bell.ring();
      await run.done;
      if (current === run) current = null;
    },
    look: bell.ring,
  };
}
