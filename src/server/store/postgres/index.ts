/**
 * The store on PostgreSQL: the queue on pg-boss, everything else in our own tables.
 */
import { createSqlConcerns, SQL_CONCERNS } from '../sql/index.js';
import type { Store } from '../store.js';
import { hearErrors, hearPool, repeatCollided, writeMigration } from './database.js';
import { createPostgresDriver } from './driver.js';
import { EVENT_STEPS } from './events.js';
import { prepareQueue } from './jobs.js';
import { type PgBossOptions, readPgBossOptions } from './options.js';
import { createPgBossQueue } from './queue.js';

export type { PgClient, PgPool, PgResult } from './database.js';
export type { Boss, PgBossOptions } from './options.js';

/** A store for everything that takes one. */
export type PgBossStore = Store;

/**
 * Stores the server's data in PostgreSQL, for any number of machines: the outbox's events, queued by pg-boss 12, the
 * endpoint's message receipts, and the referrals. Creates its schema and queue on the first call, over pg-boss's
 * connection. Listens for `error` events of the pool and pg-boss, so that a database restart does not end the process.
 *
 * @throws {TypeError} If an option is invalid; names the option.
 */
export function pgBossStore(options: PgBossOptions): PgBossStore {
  const { boss, pool, queue, schema, leaseMs, clock } = readPgBossOptions(options);
  hearPool(pool);
  hearErrors(boss);
  let isReady: Promise<void> | null = null;

  const getReady = (): Promise<void> => {
    const prepare = async () => {
      const migration = writeMigration(schema, { events: EVENT_STEPS, ...SQL_CONCERNS });
      await repeatCollided(() => boss.getDb().executeSql(migration));
      await repeatCollided(() => prepareQueue(boss, queue)); // machines that start together may collide here
    };
    isReady ??= prepare().catch((error: unknown) => {
      isReady = null; // the next call will try again
      throw error;
    });
    return isReady;
  };

  return {
    events: createPgBossQueue({ pool, boss, queue, schema, leaseMs, getReady }),
    ...createSqlConcerns(createPostgresDriver({ pool, schema, getReady }), clock),
  };
}
