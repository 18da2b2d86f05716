/**
 * The options of the store on PostgreSQL.
 */
import {
  isFields,
  optional,
  parseAs,
  parseFunction,
  parseNumber,
  parseText,
  readOptions,
  required,
  type Values,
} from '../../input/index.js';
import type { PgPool } from './database.js';

/** The parts of pg-boss that we use, from version 12.8 on. */
export interface Boss {
  getQueue(name: string): Promise<{ readonly policy?: string } | null>;
  createQueue(name: string, options: BossQueueOptions): Promise<void>;
  insert(name: string, jobs: BossJobInsert[], options: { db: BossDb }): Promise<unknown>;
  fetch(name: string, options: { batchSize: number; db: BossDb }): Promise<readonly BossJob[]>;
  deleteJob(name: string, ids: string[], options: { db: BossDb }): Promise<unknown>;
  findJobs(name: string, options: { key: string; db: BossDb }): Promise<readonly BossJobState[]>;
  getDb(): BossDb;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** Runs pg-boss's statements, also in our transactions. */
export interface BossDb {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A job held by a worker. */
export interface BossJob {
  readonly id: string;
  readonly data: unknown;
}

/** A job in any state. */
export interface BossJobState {
  readonly id: string;
  readonly state: string;
  readonly startedOn: Date | null;
}

interface BossQueueOptions {
  policy: string;
  retryLimit: number;
  retentionSeconds: number;
}

interface BossJobInsert {
  data: { line: string };
  singletonKey: string;
  startAfter: number;
  expireInSeconds: number;
}

/** The options of `pgBossStore`. */
export interface PgBossOptions {
  /** A pg-boss instance, version 12.8 or later, started by the site. */
  readonly boss: Boss;
  /** A pool of the `pg` package on the same database. */
  readonly pool: PgPool;
  /** The name of pg-boss's queue. Default: `cello-companion`. */
  readonly queue?: string | undefined;
  /** The schema of our own tables. Default: `cello_companion`. */
  readonly schema?: string | undefined;
  /**
   * How long a worker holds an event, in ms, before another worker gets it. It is the upper limit for the outbox's
   * `leaseMs`, which adopts it if it is shorter than 60,000. Default: 60,000.
   */
  readonly leaseMs?: number | undefined;
  /**
   * Returns the time in ms since 1970, for everything but events, which use PostgreSQL's clock. Default: the system
   * clock.
   */
  readonly clock?: (() => number) | undefined;
}

const BOSS_METHODS = ['getQueue', 'createQueue', 'insert', 'fetch', 'deleteJob', 'findJobs', 'getDb'];

const isBoss = (value: unknown): value is Boss =>
  isFields(value) && BOSS_METHODS.every((name) => typeof value[name] === 'function');
const isPool = (value: unknown): value is PgPool => isFields(value) && typeof value['connect'] === 'function';

/** The table of the options. */
const OPTIONS = {
  boss: required('a started PgBoss of pg-boss 12.8 or later', parseAs(isBoss)),
  pool: required('a Pool of pg', parseAs(isPool)),
  queue: optional('cello-companion', 'letters, digits, "_" and "-"', parseText(/^[\w-]{1,50}$/)),
  schema: optional('cello_companion', 'small letters, digits and "_"', parseText(/^[a-z_][a-z0-9_]{0,49}$/)),
  leaseMs: optional(60_000, 'a number of ms, at least 1000', parseNumber(1000, 43_199_999)),
  clock: optional(() => Date.now(), 'a function', parseFunction<() => number>()),
};

/** The parsed options, with defaults filled in. */
export type PgBossSettings = Values<typeof OPTIONS>;

/**
 * Parses the options of `pgBossStore`.
 *
 * @throws {TypeError} Names the option.
 */
export const readPgBossOptions = (options: PgBossOptions): PgBossSettings =>
  readOptions('pgBossStore', options, OPTIONS);
