/**
 * The options of an outbox.
 */
import type { CelloEvent } from '../events/index.js';
import {
  optional,
  parseAs,
  parseFunction,
  parseWhole,
  parseWord,
  readOptions,
  required,
  type Values,
} from '../input/index.js';
import { isStoreWith, type Queue } from '../store/index.js';

/** The options of an outbox. */
export interface OutboxOptions {
  /**
   * Where events are stored: `memoryStore()`, `sqliteStore(db)`, or `pgBossStore(…)` from
   * `cello-companion/server/pg-boss`.
   */
  readonly store: { readonly events: Queue };
  /**
   * Sends one event, e.g. `cello.send`. It should stop when `signal` aborts, since its result is then ignored. It
   * should reject with an error that has `retryable` and `ambiguous`, as `CelloError` does: any other error counts as
   * both. An error whose `reason` is `'denied'` means that Cello rejects the keys.
   */
  readonly send: (event: CelloEvent, options: { readonly signal: AbortSignal }) => Promise<unknown>;
  /**
   * What to do with an event when it is unknown whether Cello counted it. `'repeat'` (default) sends it again: a lost
   * event costs the referrer the reward, while a repeated one names the same new user. `'park'` keeps it until someone
   * has checked Cello's Event Feed.
   */
  readonly onAmbiguous?: 'repeat' | 'park' | undefined;
  /** How many events are sent concurrently. Default: 4. */
  readonly concurrency?: number | undefined;
  /**
   * How often to poll the store for events that were added by other processes or are due again, in ms. Default: 1,000.
   */
  readonly pollMs?: number | undefined;
  /**
   * How long a worker holds an event, in ms, before it counts as abandoned and another worker may take it. Default:
   * 60,000. An attempt is aborted at three quarters of it, so it must be well above four times the client's
   * `timeoutMs`.
   */
  readonly leaseMs?: number | undefined;
  /**
   * Called when an event is parked. If it throws or rejects, `onError` gets the error. Default: logs a line to the
   * console.
   */
  readonly onParked?: ((event: ParkedEvent) => unknown) | undefined;
  /**
   * Called when the store fails, and with an `OutboxError` when the whole outbox stops sending and when it resumes.
   * Whatever it throws or rejects with is ignored. Default: logs a line to the console, without personal data.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
  /**
   * Returns the time in ms since 1970, for tests; durations then use it too. Default: the system clock, and a monotonic
   * clock for durations.
   */
  readonly clock?: (() => number) | undefined;
  /** Returns a number from 0 up to, but not including, 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** An event that needs a person's attention. */
export interface ParkedEvent {
  readonly key: string;
  /** The stored event; `null` if the store holds something else. */
  readonly event: CelloEvent | null;
  /** What Cello answered, or why the event was parked. */
  readonly reason: string;
  /** The status of Cello's response; `null` if there was none. */
  readonly status: number | null;
  /** Whether Cello may have counted it, in this attempt or an earlier one: check its Event Feed. */
  readonly ambiguous: boolean;
  /** How many attempts there were. */
  readonly attempts: number;
}

const parseCallback = <N extends 'onParked' | 'onError' | 'clock' | 'random'>() =>
  parseFunction<NonNullable<OutboxOptions[N]>>();

/** The table of the options. */
const OPTIONS = {
  store: required('a store such as memoryStore()', parseAs(isStoreWith('events'))),
  send: required('a function such as cello.send', parseFunction<OutboxOptions['send']>()),
  onAmbiguous: optional('repeat' as const, '"repeat" or "park"', parseWord('repeat', 'park')),
  concurrency: optional(4, 'a whole number above 0, at most 1000', parseWhole(1, 1000)),
  pollMs: optional(1000, 'a whole number above 0, at most 86400000', parseWhole(1, 86_400_000)),
  leaseMs: optional(null, 'a whole number above 0, at most 43200000', parseWhole(1, 43_200_000)),
  onParked: optional(null, 'a function', parseCallback<'onParked'>()),
  onError: optional(null, 'a function', parseCallback<'onError'>()),
  clock: optional(null, 'a function', parseCallback<'clock'>()),
  random: optional(() => Math.random(), 'a function', parseCallback<'random'>()),
};

/** The parsed options, with defaults filled in. */
export type OutboxSettings = Values<typeof OPTIONS>;

/**
 * Parses the options of `createOutbox`.
 *
 * @throws {TypeError} Names the option.
 */
export const readOutboxOptions = (options: OutboxOptions): OutboxSettings =>
  readOptions('createOutbox', options, OPTIONS);

const LEASE_MS = 60_000;

/**
 * Chooses the lease duration.
 *
 * @throws {TypeError} If it is longer than the store allows.
 */
export function chooseLease(given: number | null, longestMs = Number.POSITIVE_INFINITY): number {
  if (given === null) return Math.min(LEASE_MS, longestMs);
  if (given <= longestMs) return given;
  throw new TypeError(
    `[cello-companion] createOutbox: "leaseMs" must be at most the store's ${longestMs}, got ${given}. Use the same value for both`,
  );
}
