/** A store in a SQLite database. */
import type { Store, StoreOptions } from '../store.js';
import { type Database, prepareDatabase } from './database.js';
import { createSqliteQueue } from './queue.js';
import { createSqliteReceipts } from './receipts.js';
import { createSqliteReferrals } from './referrals.js';

export type { Database, SqlValue, Statement } from './database.js';

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
