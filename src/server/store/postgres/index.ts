/**
 * The store on PostgreSQL: the queue on pg-boss, the receipts and the referrals in tables of ours.
 */

import { createSqlConcerns, SQL_CONCERNS } from '../sql/index.js';
import type { Store } from '../store.js';
import { migrate, repeatCollided, runInTransaction, type Transact } from './database.js';
import { createPostgresDriver } from './driver.js';
import { type PgBossOptions, readPgBossOptions } from './options.js';
import { createEventSteps, createPgBossQueue } from './queue.js';

export type { PgClient, PgPool, PgResult } from './database.js';
export type { Boss, PgBossOptions } from './options.js';

/** A store for `createOutbox`, `createEndpoint` and `createReferralStore`. */
export type PgBossStore = Store;

/**
 * Keeps what the server half must remember in PostgreSQL, for any number of machines: the outbox's events, which pg-boss
 * 10 hands out, the endpoint's memory of messages, the referrals. Makes its own schema and its queue at the first call.
 *
 * @throws {TypeError} If an option is wrong: it names the option.
 */
export function pgBossStore(options: PgBossOptions): PgBossStore {
  const { boss, pool, queue, schema, leaseMs, clock } = readPgBossOptions(options);
  let isReady: Promise<void> | null = null;

  const getReady = (): Promise<void> => {
    const prepare = async () => {
      await migrate(pool, schema, { events: createEventSteps(schema), ...SQL_CONCERNS });
      await repeatCollided(() => boss.createQueue(queue)); // machines that start together make it together
    };
    isReady ??= prepare().catch((error: unknown) => {
      isReady = null; // the next call tries again
      throw error;
    });
    return isReady;
  };

  const transact: Transact = async (work) => {
    await getReady();
    return runInTransaction(pool, work);
  };

  return {
    events: createPgBossQueue({ transact, boss, queue, schema, leaseMs }),
    ...createSqlConcerns(createPostgresDriver(transact, schema), clock),
  };
}
