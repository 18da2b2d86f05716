/**
 * What attribution is told.
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

/** What `createAttribution` is told. What concerns the sending is the outbox's. */
export interface AttributionOptions extends Omit<OutboxOptions, 'store' | 'clock'> {
  /** Where everything is kept: `memoryStore()`, `sqliteStore(db)`, or `pgBossStore(…)` of `cello-companion/server/pg-boss`. */
  readonly store: Pick<Store, 'records' | 'events'>;
  /** How long a sign-up without a code waits for one, in hours. `0`: not at all. Default: 24. */
  readonly waitHours?: number | undefined;
  /** Whether a browser's claim under the person's address makes an event where nothing better is known. Default: `true`. */
  readonly claims?: boolean | undefined;
  /**
   * The site's last word before an event is made: `false` drops it. Where browsers claim several codes only `true` lets the
   * newest count. What throws, or takes longer than 2 s, is told to `onError`, and asked again later.
   */
  readonly approve?: Approve | undefined;
  /**
   * After so many hours from its end a demo that was neither cancelled nor missed counts as attended. At least 1. Default:
   * only what a person or a recording says counts.
   */
  readonly assumeAttendedAfterHours?: number | undefined;
  /** The name of the hidden field in forms, if you changed it with `data-field`. Default: `'ucc'`. */
  readonly field?: string | undefined;
  /** Told everything that goes wrong, and what comes too late. Default: a line on the console, without personal data. */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** A year: whoever needs more has mistaken hours for minutes. */
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

/** The options, read and complete. */
export type AttributionSettings = Values<typeof OPTIONS>;

/**
 * Reads the options of `createAttribution`.
 *
 * @throws {TypeError} That names the option.
 */
export const readAttributionOptions = (options: AttributionOptions): AttributionSettings =>
  readOptions('createAttribution', options, OPTIONS);
