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
import { type Blocked, HEALTHY, type Health, isOver, noteError, printHealth, readHealth } from './health.js';
import { createBlockedError, createResumedError } from './outbox-error.js';

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
}

/** So many failures in a row are no accident. */
const FAILURES_MAX = 5;

/** So often a change is tried when other processes change it at the same moment. */
const SWAPS_MAX = 10;

const blockedBy = ({ kind }: Failure): Blocked => (kind === 'denied' ? 'denied' : 'unreachable');

/** Keeps health in this process, for a store that cannot. */
function createLocalHealth(): Required<Pick<Queue, 'readHealth' | 'swapHealth'>> {
  let text: string | null = null;
  return {
    readHealth: async () => text,
    async swapHealth(before, after) {
      if (text !== before) return false;
      text = after;
      return true;
    },
  };
}

/** Makes a probe. */
export function createProbe(options: ProbeOptions): Probe {
  const { leaseMs, pollMs, clock, steadyClock, random, onError } = options;
  const local = createLocalHealth();
  const load = options.queue.readHealth ?? local.readHealth;
  const swap = options.queue.swapHealth ?? local.swapHealth;
  let text: string | null = null;
  let health = HEALTHY;
  let readMs = Number.NEGATIVE_INFINITY;
  let openings = 0;

  const learn = (newer: string | null): void => {
    const wasBlocked = health.blocked !== null;
    text = newer;
    health = readHealth(newer);
    if (health.blocked && !wasBlocked) openings += 1;
  };

  const refresh = async (): Promise<void> => {
    const nowMs = steadyClock();
    if (nowMs - readMs < pollMs && !health.blocked && !health.wait) return;
    learn(await load());
    readMs = nowMs;
  };

  /** Changes what all know. Gives back what was there before; `null` if nothing was to be changed. */
  const change = async (compute: (health: Health) => Health | null): Promise<Health | null> => {
    for (let swaps = 0; swaps < SWAPS_MAX; swaps += 1) {
      const before = health;
      const after = compute(before);
      if (!after) return null;
      const newer = printHealth(after);
      if (await swap(text, newer)) {
        learn(newer);
        return before;
      }
      learn(await load());
    }
    return null; // others are faster: they know as much as we do
  };

  const waitFor = (delayMs: number) => ({ fromMs: clock(), untilMs: clock() + delayMs });

  const fail = (failure: Failure, isProbe: boolean, now: Health): Health => {
    const lastError = noteError(failure, clock());
    if (now.blocked && !isProbe) return { ...now, lastError };
    const failures = now.failures + 1;
    const isOpening = !now.blocked && (failure.kind === 'denied' || failures >= FAILURES_MAX);
    const { retryAfterMs } = failure;
    if (!now.blocked && !isOpening) {
      const pauseMs = retryAfterMs === null ? null : chooseDelay(0, retryAfterMs, random);
      return { ...now, failures, lastError, wait: pauseMs === null ? now.wait : waitFor(pauseMs) };
    }
    const probes = now.blocked ? now.probes + 1 : 0;
    const wait = waitFor(chooseDelay(probes, retryAfterMs, random));
    return { blocked: blockedBy(failure), failures, probes, wait, lastError };
  };

  const noteFailure = async (failure: Failure, mark: number): Promise<void> => {
    const before = await change((now) => fail(failure, mark === openings, now));
    if (before && health.blocked && health.blocked !== before.blocked)
      onError(createBlockedError(health.blocked, failure));
  };

  /** Cello took an event, or said what is wrong with one: either way it is there, and the keys are right. */
  const noteAnswer = async (mark: number, refusal: Failure | null): Promise<void> => {
    const before = await change((now) => {
      const lastError = refusal ? noteError(refusal, clock()) : now.lastError;
      if (now.blocked ? mark === openings : now.failures)
        return { ...HEALTHY, lastError, wait: now.blocked ? null : now.wait };
      return refusal ? { ...now, lastError } : null;
    });
    if (before?.blocked && !health.blocked) onError(createResumedError());
  };

  /** Nothing was sent after all: the next one may probe at once. */
  const release = async (): Promise<void> => {
    await change((now) => (now.blocked ? { ...now, wait: waitFor(0) } : null));
  };

  const isTimeToProbe = (now: Health): boolean => now.blocked !== null && isOver(now.wait, clock());

  return {
    async admit(room) {
      await refresh();
      if (!isOver(health.wait, clock())) return 0;
      return health.blocked ? Math.min(1, room) : room;
    },
    async reserve() {
      if (!health.blocked) return true;
      return (await change((now) => (isTimeToProbe(now) ? { ...now, wait: waitFor(leaseMs) } : null))) !== null;
    },
    begin: () => openings,
    async note(attempt, mark) {
      if (attempt.state === 'sent') return noteAnswer(mark, null);
      if (attempt.state === 'barred') return mark === openings ? release() : undefined;
      const { failure } = attempt;
      return failure.kind === 'refused' ? noteAnswer(mark, failure) : noteFailure(failure, mark);
    },
    isBlocked: () => health.blocked !== null,
    async read() {
      learn(await load());
      return health;
    },
  };
}
