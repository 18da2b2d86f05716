/**
 * The options of attribution.
 */
import {
  describeError,
  optional,
  parseAs,
  parseBoolean,
  parseFunction,
  parseNumber,
  parseText,
  readOptions,
  required,
  type Values,
} from '../input/index.js';
import type { OutboxOptions } from '../outbox/index.js';
import { isStoreWith, type Store } from '../store/index.js';
import type { Approve } from './judge.js';

/** The options of `createAttribution`. Those about sending are the outbox's. */
export interface AttributionOptions extends Omit<OutboxOptions, 'store' | 'clock'> {
  /**
   * Where everything is stored: `memoryStore()`, `sqliteStore(db)`, or `pgBossStore(…)` from
   * `cello-companion/server/pg-boss`.
   */
  readonly store: Pick<Store, 'records' | 'events'>;
  /** How long a sign-up without a code waits for one, in hours. `0`: it does not wait. Default: 24. */
  readonly waitHours?: number | undefined;
  /**
   * Whether a browser's claim under the person's address creates an event if nothing better is known. Default: `true`.
   */
  readonly claims?: boolean | undefined;
  /**
   * The site's final decision before an event is created: `false` drops it. If browsers claim several codes, the newest
   * counts only if this returns `true`. If it throws or takes longer than 2 s, `onError` is called, and it is asked
   * again later.
   */
  readonly approve?: Approve | undefined;
  /**
   * A demo that was neither cancelled nor missed counts as attended this many hours after its end. At least 1. Default:
   * only reports from a person or a recording count.
   */
  readonly assumeAttendedAfterHours?: number | undefined;
  /** The name of the hidden field in forms, if you changed it with `data-field`. Default: `'ucc'`. */
  readonly field?: string | undefined;
  /**
   * Called with everything that goes wrong or arrives too late. Default: logs a line to the console, without personal
   * data.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** A year: anything longer is probably a mix-up of units. */
const HOURS_MAX = 8784;

const writeError = (error: unknown): void =>
  console.error(`[cello-companion] attribution failed: ${describeError(error)}`);

const parseAny = (value: unknown): unknown => value;

const OPTIONS = {
  store: required('a store such as memoryStore()', parseAs(isStoreWith('records', 'events'))),
  send: required('a function such as cello.send', parseFunction<AttributionOptions['send']>()),
  waitHours: optional(24, `a number of hours from 0 to ${HOURS_MAX}`, parseNumber(0, HOURS_MAX)),
  claims: optional(true, 'true or false', parseBoolean),
  approve: optional(null, 'a function', parseFunction<Approve>()),
  assumeAttendedAfterHours: optional(null, `a number of hours from 1 to ${HOURS_MAX}`, parseNumber(1, HOURS_MAX)),
  field: optional('ucc', 'the name of a field', parseText(/\S/)),
  onError: optional(writeError, 'a function', parseFunction<(error: unknown) => unknown>()),
  // The outbox checks these itself.
  onAmbiguous: optional(undefined, '', parseAny),
  concurrency: optional(undefined, '', parseAny),
  pollMs: optional(undefined, '', parseAny),
  leaseMs: optional(undefined, '', parseAny),
  onParked: optional(undefined, '', parseAny),
  random: optional(undefined, '', parseAny),
};

/** The parsed options, with defaults filled in. */
export type AttributionSettings = Values<typeof OPTIONS>;

/**
 * Parses the options of `createAttribution`.
 *
 * @throws {TypeError} Names the option.
 */
export const readAttributionOptions = (options: AttributionOptions): AttributionSettings =>
  readOptions('createAttribution', options, OPTIONS);
