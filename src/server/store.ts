/**
 * What the server half keeps, composed of its concerns. Each concern's file holds its interface and its memory and
 * SQLite implementations (the queue's are files of their own); here they only come together.
 */
import { type Database, prepareDatabase } from './database.js';
import { createMemoryQueue } from './memory-queue.js';
import type { Queue } from './queue.js';
import { createMemoryReceipts, createSqliteReceipts, type Receipts } from './receipts.js';
import { createMemoryReferrals, createSqliteReferrals, type Referrals } from './referrals.js';
import { createSqliteQueue } from './sqlite-queue.js';

/** Where the server half keeps what must outlive a request: one for all that takes a `store`. */
export interface Store {
  /** Which messages were handled, so that none is handled twice. */
  readonly receipts: Receipts;
  /** Which code belongs to which booking. */
  readonly referrals: Referrals;
  /** The events that wait for Cello. */
  readonly events: Queue;
}

/** What a store may be told. */
export interface StoreOptions {
  /** The time in ms since 1970. Default: the clock. */
  readonly clock?: () => number;
}

/**
 * Keeps everything in this process: for tests, for development, and for one process that may forget. A restart loses it.
 */
export const memoryStore = ({ clock = Date.now }: StoreOptions = {}): Store => ({
  receipts: createMemoryReceipts(clock),
  referrals: createMemoryReferrals(clock),
  events: createMemoryQueue(clock),
});

/**
 * Keeps everything in a SQLite database, across restarts and for several processes on one machine. Makes its own tables
 * (`cello_companion_…`) and sets the database to WAL.
 *
 * @param db - An open handle of `libsql`, `better-sqlite3` or `node:sqlite`, best one of its own. You close it.
 * @throws What the handle throws, if the file cannot be written.
 */
export function sqliteStore(db: Database, { clock = Date.now }: StoreOptions = {}): Store {
  prepareDatabase(db);
  return {
    receipts: createSqliteReceipts(db, clock),
    referrals: createSqliteReferrals(db, clock),
    events: createSqliteQueue(db, clock),
  };
}
