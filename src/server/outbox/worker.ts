/**
 * The outbox's worker: sends due events until it is stopped, or until none are left.
 */
import { createClaimer } from './claimer.js';
import { createHands, type HandOptions } from './hand.js';
import { createWakeup } from './wakeup.js';

/** The options of a worker. */
export interface WorkerOptions extends HandOptions {
  readonly concurrency: number;
  readonly pollMs: number;
}

/** Sends the events in a queue. */
export interface Worker {
  /** Starts sending. Does nothing if already started. */
  start(): void;
  /** Sends what is due for at most `drainMs`, and resolves when no attempt is in progress. */
  stop(drainMs: number): Promise<void>;
  /**
   * Sends what is due for at most `maxMs`. Does not wait for attempts still in progress then.
   *
   * @returns How many were sent.
   */
  flush(maxMs: number): Promise<number>;
  /** How many events this process is sending. */
  countInHand(): number;
  /** Announces that more may be due. */
  look(): void;
}

/** One period of sending, from `start` to `stop`. */
interface Run {
  /** No event is claimed after this. */
  untilMs: number;
  done: Promise<void>;
}

const isEndless = ({ untilMs }: Run): boolean => untilMs === Number.POSITIVE_INFINITY;

/** Creates a worker. */
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
      const wasIdle = !hands.count(); // read first: an event that finishes during the claim may make more due
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
    countInHand: hands.count,
    look: wakeup.ring,
  };
}
