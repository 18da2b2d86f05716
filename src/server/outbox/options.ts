/**
 * What an outbox is told.
 */
import type { CelloEvent } from '../events.js';
import { createFieldError, isFields } from '../input.js';
import { refuseOtherOptions } from '../mistake.js';
import type { Queue } from '../store/index.js';

/** What an outbox is told. */
export interface OutboxOptions {
  /** Where the events wait: `memoryStore()`, `sqliteStore(db)`, or `pgBossStore(…)` of `cello-companion/server/pg-boss`. */
  readonly store: { readonly events: Queue };
  /**
   * Sends one event, e.g. `cello.send`. It must end when `signal` says so, and reject with an error that has `retryable`
   * and `ambiguous`, as `CelloError` does; any other error is taken for both.
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
  /** Called when an event was parked. Default: says so on the console, without personal data. */
  readonly onParked?: ((event: ParkedEvent) => void) | undefined;
  /** Called when the store failed. Default: says so on the console, without personal data. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** The time in ms since 1970. Default: the clock. */
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

const NAMES = [
  'store',
  'send',
  'onAmbiguous',
  'concurrency',
  'pollMs',
  'leaseMs',
  'onParked',
  'onError',
  'clock',
  'random',
];

const place = (path: string) => ({ caller: 'createOutbox', path });

function checkNumber(options: OutboxOptions, name: 'concurrency' | 'pollMs' | 'leaseMs', max: number): void {
  const value: unknown = options[name];
  if (value !== undefined && !(typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= max))
    throw createFieldError(place(name), `a whole number above 0, at most ${max}`, value);
}

/**
 * Checks the options of `createOutbox`.
 *
 * @throws {TypeError} That names the option.
 */
export function checkOutboxOptions(options: OutboxOptions): void {
  const given: unknown = options;
  if (!isFields(given)) throw createFieldError(place('options'), 'an object', given);
  refuseOtherOptions('createOutbox', given, NAMES);
  if (!isFields(given['store']) || !isFields(given['store']['events']))
    throw createFieldError(place('store'), 'a store such as memoryStore()', given['store']);
  if (typeof given['send'] !== 'function')
    throw createFieldError(place('send'), 'a function such as cello.send', given['send']);
  if (given['onAmbiguous'] !== undefined && given['onAmbiguous'] !== 'repeat' && given['onAmbiguous'] !== 'park')
    throw createFieldError(place('onAmbiguous'), '"repeat" or "park"', given['onAmbiguous']);
  checkNumber(options, 'concurrency', 1000);
  checkNumber(options, 'pollMs', 86_400_000);
  checkNumber(options, 'leaseMs', 43_200_000);
  for (const name of ['onParked', 'onError', 'clock', 'random'])
    if (given[name] !== undefined && typeof given[name] !== 'function')
      throw createFieldError(place(name), 'a function', given[name]);
}
