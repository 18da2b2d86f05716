/**
 * The SQLite handle opened by the site: the few calls that `libsql`, `better-sqlite3`, `node:sqlite` and `bun:sqlite`
 * have in common.
 */
import { isFields } from '../../input/index.js';
import { type SqlValue, spell } from '../driver.js';
import { readNumber } from '../row.js';

/** A prepared statement of `libsql`, `better-sqlite3`, `node:sqlite` or `bun:sqlite`. */
export interface Statement {
  run(...values: SqlValue[]): unknown;
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

/** An open SQLite database: a handle of `libsql`, `better-sqlite3`, `node:sqlite` or `bun:sqlite`. */
export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
}

/** Whether a value is a SQLite handle. */
export const isDatabase = (value: unknown): value is Database =>
  isFields(value) && typeof value['exec'] === 'function' && typeof value['prepare'] === 'function';

/**
 * Configures a handle for several processes that write and may die at any moment, and so that deleted data is
 * overwritten. WAL mode is stored in the database; the other two settings apply to this handle only.
 *
 * FULL, because better-sqlite3 is built with NORMAL, which in WAL mode may lose the last commits in a power failure.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function prepareDatabase(db: Database): void {
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA secure_delete = ON');
}

/**
 * Runs work whose commits do not wait for the disk. They survive a crash of the process; the last ones are lost in a
 * power failure. https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function runUnsynced<T>(db: Database, work: () => T): T {
  db.exec('PRAGMA synchronous = NORMAL');
  try {
    return work();
  } finally {
    db.exec('PRAGMA synchronous = FULL');
  }
}

/** Each handle's statement that reads its busy timeout. */
const questions = new WeakMap<Database, Statement>();

function readPatience(db: Database): number {
  const question = questions.get(db) ?? db.prepare('PRAGMA busy_timeout');
  questions.set(db, question);
  return readNumber(question.get(), 'timeout') ?? 0;
}

/**
 * Runs statements that do not wait for locks. SQLite would wait inside the call and block the whole site: on a
 * better-sqlite3 handle for 5 s. The site's own statements on this handle keep their busy timeout.
 */
export function runWithoutWaiting<T>(db: Database, work: () => T): T {
  const patienceMs = readPatience(db);
  if (patienceMs === 0) return work();
  db.exec('PRAGMA busy_timeout = 0');
  try {
    return work();
  } finally {
    db.exec(`PRAGMA busy_timeout = ${patienceMs}`);
  }
}

/** Writes one of our statements in SQLite's syntax. */
export const spellSqlite = (text: string): string =>
  spell(
    text,
    (name) => `cello_companion_${name}`,
    () => '?',
  );

/** The statements that make work atomic: begin, commit, and rollback. */
type Frame = readonly [begin: string, commit: string, rollback: string];

/**
 * A transaction of its own. IMMEDIATE, so that a second process is refused at the start instead of failing halfway.
 * https://www.sqlite.org/lang_transaction.html
 */
const TRANSACTION: Frame = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'];

/** A savepoint within the open transaction. */
const PART: Frame = [
  'SAVEPOINT cello_companion',
  'RELEASE cello_companion',
  'ROLLBACK TO cello_companion; RELEASE cello_companion',
];

/** Runs work atomically: all of it is written, or nothing. */
export const runInTransaction = <T>(db: Database, work: () => T): T => runFramed(db, TRANSACTION, work);

/**
 * Takes the write lock, or fails if it is taken. Uses `exec`, because a prepared libsql statement that fails to get the
 * lock stays open, and then that handle can make no more savepoints.
 */
export const lockForWriting = (db: Database): void => {
  db.exec('UPDATE cello_companion_schema SET version = version WHERE 0');
};

/** Runs work as part of the site's transaction on its handle: it is committed or rolled back with it. */
export const runAsPart = <T>(db: Database, work: () => T): T => runFramed(db, PART, work);

function runFramed<T>(db: Database, [begin, commit, rollback]: Frame, work: () => T): T {
  db.exec(begin);
  try {
    const result = work();
    db.exec(commit);
    return result;
  } catch (error) {
    try {
      db.exec(rollback);
    } catch {} // there is nothing left to undo: SQLite rolls back by itself when the disk is full
    throw error;
  }
}

/**
 * Migrates one concern's tables. Each concern has its own version number, so that they evolve independently. A database
 * with a newer version is left alone, and one that is up to date is only read.
 *
 * @param concern - Its name, e.g. `'receipts'`.
 * @param steps - SQL, oldest first. A released step is never changed; a new one is appended.
 */
export function migrate(db: Database, concern: string, steps: readonly string[]): void {
  if (hasVersions(db) && readVersion(db, concern) >= steps.length) return;
  runInTransaction(db, () => {
    db.exec('CREATE TABLE IF NOT EXISTS cello_companion_schema (concern TEXT PRIMARY KEY, version INTEGER NOT NULL)');
    for (const step of steps.slice(readVersion(db, concern))) db.exec(spellSqlite(step));
    db.prepare(
      'INSERT INTO cello_companion_schema (concern, version) VALUES (?, ?) ON CONFLICT (concern) DO UPDATE SET version = max(version, excluded.version)',
    ).run(concern, steps.length);
  });
}

/** Whether a database has our tables. */
export const hasVersions = (db: Database): boolean =>
  db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'cello_companion_schema'").all().length > 0;

const readVersion = (db: Database, concern: string): number =>
  readNumber(db.prepare('SELECT version FROM cello_companion_schema WHERE concern = ?').get(concern), 'version') ?? 0;

/**
 * SQLITE_BUSY and SQLITE_LOCKED, with their extended codes, as the four handles report them.
 * https://www.sqlite.org/rescode.html#busy
 */
const BUSY_CODES: readonly number[] = [5, 6];
const BUSY_NAME = /^SQLITE_(BUSY|LOCKED)/;

/** The site has its own transaction open on this handle, spanning several turns of the event loop. */
const IN_TRANSACTION = /within a transaction|inside a transaction/;

/** Whether a statement failed because the database is locked. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const [code, ...numbers] = ['code', 'errcode', 'errno', 'rawCode'].map((name): unknown => Reflect.get(error, name));
  return (
    (typeof code === 'string' && BUSY_NAME.test(code)) ||
    numbers.some((number) => typeof number === 'number' && BUSY_CODES.includes(number & 0xff)) ||
    IN_TRANSACTION.test(error.message)
  );
}
