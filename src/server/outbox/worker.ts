/**
 * The outbox's worker: sends what is due until it is told to stop, or until there is nothing left.
 */
import { createClaimer } from './claimer.js';
import { createHands, type HandOptions } from './hand.js';
import { createWakeup } from './wakeup.js';

/** What a worker is told. */
export interface WorkerOptions extends HandOptions {
  readonly concurrency: number;
  readonly pollMs: number;
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

/** One stretch of sending, from `start` to `stop`. */
interface Run {
  /** Nothing is taken in hand from here on. */
  untilMs: number;
  done: Promise<void>;
}

const isEndless = ({ untilMs }: Run): boolean => untilMs === Number.POSITIVE_INFINITY;

/** Makes a worker. */
export function createWorker(options: WorkerOptions): Worker {
  const { pollMs, steadyClock } = options;
  const wakeup = createWakeup();
  const hands = createHands(options, wakeup.ring);
  const { claim, freeSoon } = createClaimer(options, hands);
  let current: Run | null = null;

  const work = async (run: Run, before: Promise<void> | undefined): Promise<void> => {
    await before;
    for (;;) {
      const mark = wakeup.mark();
      const wasIdle = !hands.count(); // asked first: what ends during the claim may make more due, and the claim miss it
      if (await claim(run.untilMs)) continue;
      if (!isEndless(run) && wasIdle) return;
      await wakeup.wait(pollMs, mark);
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
    async flush(maxMs) {
      const before = hands.countSent();
      const untilMs = steadyClock() + maxMs;
      freeSoon();
      for (;;) {
        const mark = wakeup.mark();
        const wasIdle = !hands.count();
        if (await claim(untilMs)) continue;
        const leftMs = untilMs - steadyClock();
        if (wasIdle || leftMs <= 0) return hands.countSent() - before;
        await wakeup.wait(Math.min(pollMs, leftMs), mark);
      }
    },
    look: wakeup.ring,
  };
}
