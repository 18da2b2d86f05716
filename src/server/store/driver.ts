/**
 * What each concern's SQL runs on. It is written once, as a generator that yields its statements: SQLite runs them
 * without a pause, because a transaction that spans turns of the event loop would include whatever else the site does
 * on that handle; PostgreSQL awaits each statement.
 *
 * The SQL must be valid in both engines. `{receipts}` stands for our table of that name; `?` always stands for a value.
 * Declare columns as `text`, `bigint` or `boolean`; write a boolean value as `? = 1`; give the type of a value that
 * stands alone with `CAST(? AS text)`.
 */

/** A value that a statement binds. */
export type SqlValue = string | number | null;

/** One of our statements. */
export interface SqlStatement {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** Work on the database: yields statements and receives the rows of each. `RETURNING` reports what was changed. */
export type Work<T> = Generator<SqlStatement, T, readonly unknown[]>;

/** Creates a statement, e.g. `const [row] = yield sql('SELECT * FROM {receipts} WHERE key = ?', key)`. */
/* @__NO_SIDE_EFFECTS__ */
export const sql = (text: string, ...values: SqlValue[]): SqlStatement => ({ text, values });

/** Runs our statements. Rejects with a `StoreBusyError` if the database stays locked for too long. */
export interface Driver {
  /** Runs one read-only statement. */
  read(statement: SqlStatement): Promise<readonly unknown[]>;
  /** Runs one writing statement, in its own transaction. */
  write(statement: SqlStatement): Promise<readonly unknown[]>;
  /**
   * Runs work atomically: all of it is written, or nothing. It may run more than once, so it must change nothing but
   * the database.
   *
   * @param db - The site's own transaction. With it, the work is committed or rolled back with the site's rows, and on
   *   SQLite it is written before this returns.
   * @throws {TypeError} If this driver does not recognize `db`. Errors on the site's SQLite handle are also thrown, not
   *   rejected, so that a synchronous transaction rolls back.
   */
  transact<T>(work: () => Work<T>, db?: unknown): Promise<T>;
  /**
   * The same two for data that may be lost if, and only if, the machine loses power: an engine that supports it does
   * not wait for the disk.
   */
  readonly unsynced: {
    write(statement: SqlStatement): Promise<readonly unknown[]>;
    transact<T>(work: () => Work<T>): Promise<T>;
  };
  /** Removes the remains of erased data from the file, as soon as no reader needs them. */
  scrub(): Promise<void>;
}

/**
 * The migrations of each concern's tables: SQL, oldest first. A released step is never changed; a new one is appended,
 * and must let machines with the older version keep working.
 */
export type Concerns = Readonly<Record<string, readonly string[]>>;

/** Writes a statement in an engine's syntax. Only this function knows our placeholders. */
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
