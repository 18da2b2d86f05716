/**
 * The circuit between the outbox and Cello. Closed, everybody sends. When Cello refuses the keys, or nothing gets through,
 * it opens: the whole outbox waits, however many processes send from it, while one try after the other finds out whether
 * Cello takes events again.
 *
 * What is known stands in the store, and is changed only by one who knows the newest of it. So two processes never probe at
 * once, one that dies while it probes holds nothing up, and one that starts in the middle of an outage waits like the rest.
 */
import type { Queue } from '../store/index.js';
import type { Attempt } from './attempt.js';
import { chooseDelay } from './backoff.js';
import type { Failure } from './failure.js';
import { type Blocked, HEALTHY, type Health, isOver, noteError } from './health.js';
import { createBlockedError, createResumedError } from './outbox-error.js';
import { createSharedHealth } from './shared-health.js';

/** What a probe is told. */
export interface ProbeOptions {
  readonly queue: Pick<Queue, 'readHealth' | 'swapHealth'>;
  /** How long a probe is waited for. */
  readonly leaseMs: number;
  /** What other processes found out is looked up after so long at the latest. */
  readonly pollMs: number;
  readonly clock: () => number;
  /** For durations: never goes back. */
  readonly steadyClock: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

/** Decides how much may be sent. */
export interface Probe {
  /** How many may be taken in hand now, of at most so many. While the circuit is open: one, if it is time for a probe. */
  admit(room: number): Promise<number>;
  /** Makes what was taken in hand the probe, while the circuit is open. Gives back `false` if another process probes. */
  reserve(): Promise<boolean>;
  /** Marks the beginning of an attempt: what began before the circuit opened says nothing of whether it may close. */
  begin(): number;
  /** Says what came of an attempt that began at that mark. */
  note(attempt: Attempt, mark: number): Promise<void>;
  isBlocked(): boolean;
  /** What is known now, of all processes. */
  read(): Promise<Health>;
  /** Forgets Cello's last words, which may name a person. */
  forgetError(): Promise<void>;
}

/** So many failures in a row are no accident. */
const FAILURES_MAX = 5;

const blockedBy = ({ kind }: Failure): Blocked => (kind === 'denied' ? 'denied' : 'unreachable');

/** A wait that begins now. */
const waitFor = (delayMs: number, nowMs: number) => ({ fromMs: nowMs, untilMs: nowMs + delayMs });

/** What is known after a try failed: whether the circuit opens, and how long everybody waits. */
function fail(now: Health, failure: Failure, isProbe: boolean, nowMs: number, random: () => number): Health {
  const lastError = noteError(failure, nowMs);
  if (now.blocked && !isProbe) return { ...now, lastError };
  const failures = now.failures + 1;
  const { kind, retryAfterMs } = failure;
  if (!now.blocked && kind !== 'denied' && failures < FAILURES_MAX) {
    // A limit is the account's, not the event's: nobody sends until it is over.
    const wait = retryAfterMs === null ? now.wait : waitFor(chooseDelay(0, retryAfterMs, random), nowMs);
    return { ...now, failures, lastError, wait };
  }
  const probes = now.blocked ? now.probes + 1 : 0;
  const wait = waitFor(chooseDelay(probes, retryAfterMs, random), nowMs);
  return { blocked: blockedBy(failure), failures, probes, wait, lastError };
}

/**
 * What is known after Cello took an event, or said what is wrong with one: either way it is there, and the keys are right.
 * `null`: nothing new.
 */
function succeed(now: Health, refusal: Failure | null, isProbe: boolean, nowMs: number): Health | null {
  const lastError = refusal ? noteError(refusal, nowMs) : now.lastError;
  const wait = now.blocked || isOver(now.wait, nowMs) ? null : now.wait;
  if (now.blocked ? isProbe : now.failures) return { ...HEALTHY, lastError, wait };
  return refusal ? { ...now, lastError } : null;
}

/** Makes a probe. */
export function createProbe({ queue, leaseMs, pollMs, clock, steadyClock, random, onError }: ProbeOptions): Probe {
  const health = createSharedHealth(queue, pollMs, steadyClock);
  const isProbe = (mark: number): boolean => mark === health.countOpenings();

  const noteFailure = async (failure: Failure, mark: number): Promise<void> => {
    const before = await health.change((now) => fail(now, failure, isProbe(mark), clock(), random));
    const { blocked } = health.get();
    if (before && blocked && blocked !== before.blocked) onError(createBlockedError(blocked, failure));
  };

  const noteAnswer = async (refusal: Failure | null, mark: number): Promise<void> => {
    const before = await health.change((now) => succeed(now, refusal, isProbe(mark), clock()));
    if (before?.blocked && !health.get().blocked) onError(createResumedError());
  };

  /** Nothing was sent after all: the next one may probe at once. */
  const release = async (mark: number): Promise<void> => {
    if (isProbe(mark)) await health.change((now) => (now.blocked ? { ...now, wait: waitFor(0, clock()) } : null));
  };

  const reserveProbe = (now: Health): Health | null =>
    now.blocked && isOver(now.wait, clock()) ? { ...now, wait: waitFor(leaseMs, clock()) } : null;

  return {
    async admit(room) {
      await health.refresh();
      const { wait, blocked } = health.get();
      if (!isOver(wait, clock())) return 0;
      return blocked ? Math.min(1, room) : room;
    },
    reserve: async () => !health.get().blocked || (await health.change(reserveProbe)) !== null,
    begin: health.countOpenings,
    async note(attempt, mark) {
      if (attempt.state === 'sent') return noteAnswer(null, mark);
      if (attempt.state === 'barred') return release(mark);
      const { failure } = attempt;
      return failure.kind === 'refused' ? noteAnswer(failure, mark) : noteFailure(failure, mark);
    },
    isBlocked: () => health.get().blocked !== null,
    read: health.load,
    async forgetError() {
      await health.change((now) => now.lastError && { ...now, lastError: null });
    },
  };
}
