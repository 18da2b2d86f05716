/**
 * What the store on PostgreSQL is told.
 */
import { isFields } from '../../input.js';
import {
  optional,
  parseAs,
  parseFunction,
  parseNumber,
  parseText,
  readOptions,
  required,
  type Values,
} from '../../option-table.js';
import type { PgPool } from './database.js';

/** What we use of pg-boss 10. */
export interface Boss {
  createQueue(name: string): Promise<void>;
  send(name: string, data: object, options: BossSendOptions): Promise<string | null>;
  fetch(name: string, options: { batchSize: number; db: BossDb }): Promise<readonly { id: string }[]>;
  complete(name: string, id: string, data: object, options: { db: BossDb }): Promise<unknown>;
}

/** How a statement of pg-boss's is put into a transaction of ours. */
export interface BossDb {
  executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

interface BossSendOptions {
  id: string;
  startAfter: number;
  expireInSeconds: number;
  retentionDays: number;
  retryLimit: number;
  retryDelay: number;
  db: BossDb;
}

/** Where the events are. */
export interface PgBossOptions {
  /** An instance of pg-boss 10, started by the site. */
  readonly boss: Boss;
  /** A pool of the package `pg` on the same database. */
  readonly pool: PgPool;
  /** The name of pg-boss's queue. Default: `cello-companion`. */
  readonly queue?: string | undefined;
  /** The schema of our own table. Default: `cello_companion`. */
  readonly schema?: string | undefined;
  /**
   * How long an event is in one worker's hands, in ms, before pg-boss gives it to another one: the most that `leaseMs` of
   * the outbox may be, which follows it if it is shorter than 60,000. Default: 60,000.
   */
  readonly leaseMs?: number | undefined;
  /** The time in ms since 1970, for what is not an event: those are timed by PostgreSQL. Default: the clock. */
  readonly clock?: (() => number) | undefined;
}

const isBoss = (value: unknown): value is Boss => isFields(value) && typeof value['fetch'] === 'function';
const isPool = (value: unknown): value is PgPool => isFields(value) && typeof value['connect'] === 'function';

/** The table of the options. */
const OPTIONS = {
  boss: required('a started PgBoss', parseAs(isBoss)),
  pool: required('a Pool of pg', parseAs(isPool)),
  queue: optional('cello-companion', 'letters, digits, "_" and "-"', parseText(/^[\w-]{1,50}$/)),
  schema: optional('cello_companion', 'small letters, digits and "_"', parseText(/^[a-z_][a-z0-9_]{0,49}$/)),
  leaseMs: optional(60_000, 'a number of ms, at least 1000', parseNumber(1000, 43_199_999)),
  clock: optional(() => Date.now(), 'a function', parseFunction<() => number>()),
};

/** The options, read and complete. */
export type PgBossSettings = Values<typeof OPTIONS>;

/**
 * Reads the options of `pgBossStore`.
 *
 * @throws {TypeError} That names the option.
 */
export const readPgBossOptions = (options: PgBossOptions): PgBossSettings =>
  readOptions('pgBossStore', options, OPTIONS);
