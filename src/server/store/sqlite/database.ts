/**
 * The SQLite handle that a site opened: the few calls that `libsql`, `better-sqlite3`, `node:sqlite` and `bun:sqlite`
 * share.
 */
import { isFields } from '../../input/index.js';
import { type SqlValue, spell } from '../driver.js';
import { readNumber } from '../row.js';

/** A prepared statement, as `libsql`, `better-sqlite3`, `node:sqlite` and `bun:sqlite` have it. */
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
 * Sets a handle up for several processes that write and die at any moment, and so that what is deleted is overwritten.
 * The database's journal mode stays WAL; the other two are this handle's.
 *
 * FULL, because better-sqlite3 is built with NORMAL: in WAL that may lose the last commits when the power fails.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function prepareDatabase(db: Database): void {
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA secure_delete = ON');
}

/**
 * Runs work whose commits do not wait for the disk. They outlive the process; the last ones are lost if the power fails.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function runUnsynced<T>(db: Database, work: () => T): T {
  db.exec('PRAGMA synchronous = NORMAL');
  try {
    return work();
  } finally {
    db.exec('PRAGMA synchronous = FULL');
  }
}

/** Each handle's question for its patience. */
const questions = new WeakMap<Database, Statement>();

function readPatience(db: Database): number {
  const question = questions.get(db) ?? db.prepare('PRAGMA busy_timeout');
  questions.set(db, question);
  return readNumber(question.get(), 'timeout') ?? 0;
}

/**
 * Runs statements that do not wait for anybody. SQLite waits inside of the call, and the whole site with it: a handle of
 * better-sqlite3 for 5 s. The site's own statements on this handle keep the patience that it gave them.
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

/** Writes a statement of ours for SQLite. */
export const spellSqlite = (text: string): string =>
  spell(
    text,
    (name) => `cello_companion_${name}`,
    () => '?',
  );

/** How work is done wholly or not at all: its beginning, its end, and its undoing. */
type Frame = readonly [begin: string, commit: string, rollback: string];

/**
 * In a transaction of its own. IMMEDIATE, so that a second process is refused at the beginning instead of failing in the
 * middle. https://www.sqlite.org/lang_transaction.html
 */
const TRANSACTION: Frame = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'];

/** As a part of the transaction that is open. */
const PART: Frame = [
  'SAVEPOINT cello_companion',
  'RELEASE cello_companion',
  'ROLLBACK TO cello_companion; RELEASE cello_companion',
];

/** Runs work that belongs together: all of it is written, or nothing. */
export const runInTransaction = <T>(db: Database, work: () => T): T => runFramed(db, TRANSACTION, work);

/**
 * Takes the lock for writing, or finds that somebody else has it. By `exec`, since a prepared statement of libsql that fails
 * for it stays open, and no savepoint can be made on that handle any more.
 */
export const lockForWriting = (db: Database): void => {
  db.exec('UPDATE cello_companion_schema SET version = version WHERE 0');
};

/** Runs work as a part of what the site does on its handle: it commits or vanishes with that. */
export const runAsPart = <T>(db: Database, work: () => T): T => runFramed(db, PART, work);

function runFramed<T>(db: Database, [begin, commit, rollback]: Frame, work: () => T): T {
  db.exec(begin);
  try {
    const result = work();
    db.exec(commit);
    return result;
  } catch (error) {
    db.exec(rollback);
    throw error;
  }
}

/**
 * Brings the tables of one concern up to date. Each concern counts its own versions, so that they grow apart. A database
 * that is newer than we are is left so, and one that is up to date is only read.
 *
 * @param concern - Its name, e.g. `'receipts'`.
 * @param steps - SQL, oldest first. A step that was released is never changed; a new one is appended.
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

/** Whether our tables are in a database. */
export const hasVersions = (db: Database): boolean =>
  db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'cello_companion_schema'").all().length > 0;

const readVersion = (db: Database, concern: string): number =>
  readNumber(db.prepare('SELECT version FROM cello_companion_schema WHERE concern = ?').get(concern), 'version') ?? 0;

/**
 * SQLITE_BUSY and SQLITE_LOCKED, with their extended codes, as the four handles say them.
 * https://www.sqlite.org/rescode.html#busy
 */
const BUSY_CODES: readonly number[] = [5, 6];
const BUSY_NAME = /^SQLITE_(BUSY|LOCKED)/;

/** The site is in a transaction of its own on this handle, over several turns of the event loop. */
const IN_TRANSACTION = /within a transaction|inside a transaction/;

/** Whether a statement failed because somebody else has the database. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const [code, ...numbers] = ['code', 'errcode', 'errno', 'rawCode'].map((name): unknown => Reflect.get(error, name));
  return (
    (typeof code === 'string' && BUSY_NAME.test(code)) ||
    numbers.some((number) => typeof number === 'number' && BUSY_CODES.includes(number & 0xff)) ||
    IN_TRANSACTION.test(error.message)
  );
}
