/**
 * The circuit breaker between the outbox and Cello. While it is closed, every process sends. When Cello rejects the
 * keys, or nothing gets through, it opens: all processes wait, while one attempt at a time finds out whether Cello
 * accepts events again.
 *
 * Its state lives in the store and is changed by compare-and-swap. So two processes never probe at once, one that dies
 * while probing blocks nothing, and one that starts during an outage waits like the rest.
 */
import type { Queue } from '../store/index.js';
import type { Attempt } from './attempt.js';
import { chooseDelay } from './backoff.js';
import type { Failure } from './failure.js';
import { type Blocked, HEALTHY, type Health, isOver, noteError } from './health.js';
import { createBlockedError, createResumedError } from './outbox-error.js';
import { createSharedHealth } from './shared-health.js';

/** The options of a probe. */
export interface ProbeOptions {
  readonly queue: Pick<Queue, 'readHealth' | 'swapHealth'>;
  /** How long to wait for a probe. */
  readonly leaseMs: number;
  /** How soon to pick up what other processes found out, at the latest. */
  readonly pollMs: number;
  readonly clock: () => number;
  /** For durations: monotonic. */
  readonly steadyClock: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

/** Decides how many events may be sent. */
export interface Probe {
  /** How many events may be claimed now, up to `room`. While the circuit is open: one, if a probe is due. */
  admit(room: number): Promise<number>;
  /** Makes the claimed event the probe, while the circuit is open. Returns `false` if another process is probing. */
  reserve(): Promise<boolean>;
  /** Marks the start of an attempt: one that started before the circuit opened cannot close it. */
  begin(): number;
  /** Records the outcome of an attempt that started at `mark`. */
  note(attempt: Attempt, mark: number): Promise<void>;
  isBlocked(): boolean;
  /** Why nothing is being sent, as this process last saw it. */
  peek(): Blocked | null;
  /** The current health, across all processes. */
  read(): Promise<Health>;
  /** Removes Cello's last error message, which may name a person. */
  forgetError(): Promise<void>;
}

/** After this many failures in a row, the circuit opens. */
const FAILURES_MAX = 5;

const blockedBy = ({ kind }: Failure): Blocked => (kind === 'denied' ? 'denied' : 'unreachable');

/** A wait that starts now. */
const waitFor = (delayMs: number, nowMs: number) => ({ fromMs: nowMs, untilMs: nowMs + delayMs });

/** The health after a failed attempt: whether the circuit opens, and how long all processes wait. */
function fail(now: Health, failure: Failure, isProbe: boolean, nowMs: number, random: () => number): Health {
  const lastError = noteError(failure, nowMs);
  if (now.blocked && !isProbe) return { ...now, lastError };
  const failures = now.failures + 1;
  const { kind, retryAfterMs } = failure;
  if (!now.blocked && kind !== 'denied' && failures < FAILURES_MAX) {
    // A rate limit applies to the account, not to the event: no process sends until it is over.
    const wait = retryAfterMs === null ? now.wait : waitFor(chooseDelay(0, retryAfterMs, random), nowMs);
    return { ...now, failures, lastError, wait };
  }
  const probes = now.blocked ? now.probes + 1 : 0;
  const wait = waitFor(chooseDelay(probes, retryAfterMs, random), nowMs);
  return { blocked: blockedBy(failure), failures, probes, wait, lastError };
}

/**
 * The health after Cello accepted or rejected an event: either way it is reachable, and the keys are right. `null`:
 * nothing new.
 */
function succeed(now: Health, refusal: Failure | null, isProbe: boolean, nowMs: number): Health | null {
  const lastError = refusal ? noteError(refusal, nowMs) : now.lastError;
  const wait = now.blocked || isOver(now.wait, nowMs) ? null : now.wait;
  if (now.blocked ? isProbe : now.failures) return { ...HEALTHY, lastError, wait };
  return refusal ? { ...now, lastError } : null;
}

/** Creates a probe. */
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

  /** Nothing was sent after all: the next process may probe at once. */
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
    peek: () => health.get().blocked,
    read: health.load,
    async forgetError() {
      await health.change((now) => now.lastError && { ...now, lastError: null });
    },
  };
}
