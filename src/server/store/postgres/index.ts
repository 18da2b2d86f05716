/**
 * The store on PostgreSQL: the queue on pg-boss, the receipts and the referrals in tables of ours.
 */

import type { Store } from '../store.js';
import { migrate, repeatCollided, runInTransaction, type Transact } from './database.js';
import { checkPgBossOptions, type PgBossOptions } from './options.js';
import { createEventSteps, createPgBossQueue } from './queue.js';
import { createPostgresReceipts, createReceiptSteps } from './receipts.js';
import { createPostgresReferrals, createReferralSteps } from './referrals.js';

export type { PgClient, PgPool, PgResult } from './database.js';
export type { Boss, PgBossOptions } from './options.js';

/** A store for `createOutbox`, `createEndpoint` and `createReferralStore`. */
export type PgBossStore = Store;

/** All tables of ours. A later step of any of them goes to the end of the list. */
const createSteps = (schema: string): readonly string[] => [
  ...createEventSteps(schema),
  ...createReceiptSteps(schema),
  ...createReferralSteps(schema),
];

/**
 * Keeps what the server half must remember in PostgreSQL, for any number of machines: the outbox's events, which pg-boss
 * 10 hands out, the endpoint's memory of messages, the referrals. Makes its own schema and its queue at the first call.
 *
 * @throws {TypeError} If an option is wrong: it names the option.
 */
export function pgBossStore(options: PgBossOptions): PgBossStore {
  checkPgBossOptions(options);
  const {
    boss,
    pool,
    queue = 'cello-companion',
    schema = 'cello_companion',
    leaseMs = 60_000,
    clock = Date.now,
  } = options;
  let isReady: Promise<void> | null = null;

  const getReady = (): Promise<void> => {
    const prepare = async () => {
      await migrate(pool, schema, createSteps(schema));
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
    receipts: createPostgresReceipts(transact, schema, clock),
    referrals: createPostgresReferrals(transact, schema, clock),
  };
}
