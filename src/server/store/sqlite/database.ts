/**
 * The SQLite handle that a site opened: the few calls that `libsql`, `better-sqlite3` and `node:sqlite` share, and the
 * migrations of our own tables through it.
 */
import { readNumber } from '../row.js';

/** What our statements bind. */
export type SqlValue = string | number | null;

/** A prepared statement, as `libsql`, `better-sqlite3` and `node:sqlite` have it. */
export interface Statement {
  run(...values: SqlValue[]): unknown;
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

/** An open SQLite database: a handle of `libsql`, `better-sqlite3` or `node:sqlite`. */
export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
}

/** How long a statement waits for another process that writes. */
const BUSY_TIMEOUT_MS = 5000;

/**
 * Makes a handle fit for several processes that write and die at any moment. Touches the database's journal mode (it
 * stays WAL) and this handle's `synchronous` and `busy_timeout`: give the companion a handle of its own.
 *
 * FULL, because better-sqlite3 is built with NORMAL: in WAL that may lose the last commits when the power fails.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function prepareDatabase(db: Database): void {
  db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
}

/**
 * Brings the tables of one concern up to date. Each concern counts its own versions, so that they grow apart.
 *
 * @param concern - Its name, e.g. `'receipts'`.
 * @param steps - SQL, oldest first. A step that was released is never changed; a new one is appended.
 */
export function migrate(db: Database, concern: string, steps: readonly string[]): void {
  runInTransaction(db, () => {
    db.exec(
      'CREATE TABLE IF NOT EXISTS cello_companion_schema (concern TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT',
    );
    const row = db.prepare('SELECT version FROM cello_companion_schema WHERE concern = ?').get(concern);
    for (const step of steps.slice(readNumber(row, 'version') ?? 0)) db.exec(step);
    db.prepare(
      'INSERT INTO cello_companion_schema (concern, version) VALUES (?, ?) ON CONFLICT (concern) DO UPDATE SET version = max(version, excluded.version)',
    ).run(concern, steps.length);
  });
}

/**
 * Runs work that belongs together: all of it is written, or nothing. IMMEDIATE, so that a second process waits at the
 * beginning instead of failing in the middle. https://www.sqlite.org/lang_transaction.html
 */
export function runInTransaction<T>(db: Database, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
