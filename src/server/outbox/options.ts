/**
 * What an outbox is told.
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

/** What an outbox is told. */
export interface OutboxOptions {
  /** Where the events wait: `memoryStore()`, `sqliteStore(db)`, or `pgBossStore(…)` of `cello-companion/server/pg-boss`. */
  readonly store: { readonly events: Queue };
  /**
   * Sends one event, e.g. `cello.send`. It should end when `signal` says so, or nobody waits for it any more; and reject
   * with an error that has `retryable` and `ambiguous`, as `CelloError` does: any other error is taken for both. An error
   * whose `reason` is `'denied'` says that Cello refuses the keys.
   */
  readonly send: (event: CelloEvent, options: { readonly signal: AbortSignal }) => Promise<unknown>;
  /**
   * What becomes of an event of which nobody can say whether Cello counted it. `'repeat'`, the default: it is sent
   * again, since a lost event costs the referrer the reward while a repeated one names the same new user. `'park'`: a
   * person looks into Cello's Event Feed first.
   */
  readonly onAmbiguous?: 'repeat' | 'park' | undefined;
  /** How many are sent at a time. Default: 4. */
  readonly concurrency?: number | undefined;
  /** How often the store is looked into for what others put there, or what is due again, in ms. Default: 1,000. */
  readonly pollMs?: number | undefined;
  /**
   * How long an event is in one worker's hands, in ms, before another one takes it for abandoned. Default: 60,000. A try
   * is ended at three quarters of it, so it must be well above four times the client's `timeoutMs`.
   */
  readonly leaseMs?: number | undefined;
  /** Called when an event was parked. What it throws or rejects with goes to `onError`. Default: a line on the console. */
  readonly onParked?: ((event: ParkedEvent) => unknown) | undefined;
  /**
   * Called when the store failed, and with an `OutboxError` when the whole outbox comes to a halt and when it goes on.
   * What it throws or rejects with is dropped. Default: a line on the console, without personal data.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
  /** The time in ms since 1970, for tests. Durations go by it too then. Default: the clock, and a monotonic one for those. */
  readonly clock?: (() => number) | undefined;
  /** Gives a number from 0 up to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** An event that waits for a person. */
export interface ParkedEvent {
  readonly key: string;
  /** The event as it stands; `null` if what the store holds is none. */
  readonly event: CelloEvent | null;
  /** What Cello said, or why it was parked. */
  readonly reason: string;
  /** The status of Cello's answer; `null` if none came. */
  readonly status: number | null;
  /** Whether Cello may have counted it, in this try or an earlier one: look into its Event Feed. */
  readonly ambiguous: boolean;
  /** How often it was tried. */
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

/** The options, read and complete. */
export type OutboxSettings = Values<typeof OPTIONS>;

/**
 * Reads the options of `createOutbox`.
 *
 * @throws {TypeError} That names the option.
 */
export const readOutboxOptions = (options: OutboxOptions): OutboxSettings =>
  readOptions('createOutbox', options, OPTIONS);

const LEASE_MS = 60_000;

/**
 * Chooses the lease.
 *
 * @throws {TypeError} If it is longer than the store's longest.
 */
export function chooseLease(given: number | null, longestMs = Number.POSITIVE_INFINITY): number {
  if (given === null) return Math.min(LEASE_MS, longestMs);
  if (given <= longestMs) return given;
  throw new TypeError(
    `[cello-companion] createOutbox: "leaseMs" must be at most the store's ${longestMs}, got ${given}. Give both the same`,
  );
}
