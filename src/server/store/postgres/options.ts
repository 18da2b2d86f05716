/**
 * What the store on PostgreSQL is told.
 */
import { createFieldError, isFields } from '../../input.js';
import { refuseOtherOptions } from '../../mistake.js';
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

const NAMES = ['boss', 'pool', 'queue', 'schema', 'leaseMs', 'clock'];

/**
 * Checks the options of `pgBossStore`.
 *
 * @throws {TypeError} That names the option.
 */
export function checkPgBossOptions(options: PgBossOptions): void {
  const given: unknown = options;
  const place = (path: string) => ({ caller: 'pgBossStore', path });
  if (!isFields(given)) throw createFieldError(place('options'), 'an object', given);
  refuseOtherOptions('pgBossStore', given, NAMES);
  const { boss, pool, queue, schema, leaseMs, clock } = given;
  if (!isFields(boss) || typeof boss['fetch'] !== 'function')
    throw createFieldError(place('boss'), 'a started PgBoss', boss);
  if (!isFields(pool) || typeof pool['connect'] !== 'function')
    throw createFieldError(place('pool'), 'a Pool of pg', pool);
  if (queue !== undefined && !(typeof queue === 'string' && /^[\w-]{1,50}$/.test(queue)))
    throw createFieldError(place('queue'), 'letters, digits, "_" and "-"', queue);
  if (schema !== undefined && !(typeof schema === 'string' && /^[a-z_][a-z0-9_]{0,49}$/.test(schema)))
    throw createFieldError(place('schema'), 'small letters, digits and "_"', schema);
  if (leaseMs !== undefined && !(typeof leaseMs === 'number' && leaseMs >= 1000 && leaseMs < 43_200_000))
    throw createFieldError(place('leaseMs'), 'a number of ms, at least 1000', leaseMs);
  if (clock !== undefined && typeof clock !== 'function') throw createFieldError(place('clock'), 'a function', clock);
}
