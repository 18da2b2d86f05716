/**
 * What the SQL of a concern runs on. It is written once, as work that yields its statements: SQLite runs it without a
 * pause, since a transaction that spans turns of the event loop would take in whatever else the site does on that handle;
 * PostgreSQL awaits each statement.
 *
 * The SQL is what both understand. `{receipts}` stands for our table of that name, `?` for a value, and for nothing else.
 * Declare columns as `text`, `bigint` or `boolean`; give a truth as `? = 1`; name the type of a value that stands alone
 * with `CAST(? AS text)`.
 */

/** What a statement binds. */
export type SqlValue = string | number | null;

/** A statement of ours. */
export interface SqlStatement {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** Work on the database: yields statements, and gets the rows that each gave. `RETURNING` says what was changed. */
export type Work<T> = Generator<SqlStatement, T, readonly unknown[]>;

/** Says a statement, e.g. `const [row] = yield sql('SELECT * FROM {receipts} WHERE key = ?', key)`. */
/* @__NO_SIDE_EFFECTS__ */
export const sql = (text: string, ...values: SqlValue[]): SqlStatement => ({ text, values });

/** Runs statements of ours. Rejects with a `StoreBusyError` where somebody else is in the way for too long. */
export interface Driver {
  /** Runs one statement that only reads. */
  read(statement: SqlStatement): Promise<readonly unknown[]>;
  /** Runs one statement that writes, in a transaction of its own. */
  write(statement: SqlStatement): Promise<readonly unknown[]>;
  /**
   * Runs work that belongs together: all of it is written, or nothing. It may run more than once, so it changes nothing
   * but the database.
   *
   * @param db - The site's own transaction. With it, what is written commits or vanishes with the site's rows, and on
   *   SQLite it is written before this returns.
   * @throws {TypeError} If `db` is nothing that this driver knows. What fails on a SQLite handle of the site's is thrown
   *   too, and not rejected, so that a synchronous transaction rolls back.
   */
  transact<T>(work: () => Work<T>, db?: unknown): Promise<T>;
  /**
   * The same two for what may be lost when the machine's power fails, and only then: an engine that can does not wait for
   * the disk.
   */
  readonly unsynced: {
    write(statement: SqlStatement): Promise<readonly unknown[]>;
    transact<T>(work: () => Work<T>): Promise<T>;
  };
  /** Sees to it that what was erased leaves the file, as soon as nobody reads it any more. */
  scrub(): Promise<void>;
}

/**
 * The tables of each concern: SQL, oldest first. A step that was released is never changed; a new one is appended, and
 * leaves a machine with the older version able to go on.
 */
export type Concerns = Readonly<Record<string, readonly string[]>>;

/** Writes a statement for an engine. The only place that knows how ours are spelt. */
export function spell(
  text: string,
  nameTable: (name: string) => string,
  placeholder: (place: number) => string,
): string {
  let place = 0;
  return text
    .replace(/\{(\w+)\}/g, (_, name: string) => nameTable(name))
    .replaceAll('?', () => {
      place += 1;
      return placeholder(place);
    });
}
