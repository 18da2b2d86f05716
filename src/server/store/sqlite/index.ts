/** A store in a SQLite database. */
import { createMistake } from '../../input/index.js';
import { createSqlConcerns, SQL_CONCERNS } from '../sql/index.js';
import type { Store, StoreOptions } from '../store.js';
import { type Database, isDatabase } from './database.js';
import { createSqliteDriver } from './driver.js';
import { createSqliteQueue } from './queue.js';
import { EVENT_STEPS } from './queue-steps.js';

export type { SqlValue } from '../driver.js';
export type { Database, Statement } from './database.js';

/**
 * Stores everything in a SQLite database, which survives restarts and may be shared by several processes on one
 * machine. Creates its own tables (`cello_companion_…`), and sets the database to WAL and the handle to `synchronous =
 * FULL` and `secure_delete = ON`.
 *
 * Never blocks the event loop to wait for a lock: while another process has the database locked, a call is retried for
 * 75 ms and then rejects with a `StoreBusyError`.
 *
 * @param db - An open handle of `libsql`, `better-sqlite3`, `node:sqlite` or `bun:sqlite`. Closing it is up to you.
 * @throws {TypeError} If `db` is not such a handle.
 * @throws Whatever the handle throws, if the file cannot be written.
 */
export function sqliteStore(db: Database, { clock = () => Date.now() }: StoreOptions = {}): Store {
  if (!isDatabase(db)) throw createMistake({ caller: 'sqliteStore', path: 'db' }, 'an open SQLite handle', db);
  const driver = createSqliteDriver(db, { ...SQL_CONCERNS, events: EVENT_STEPS });
  return { ...createSqlConcerns(driver, clock), events: createSqliteQueue(driver, clock) };
}
