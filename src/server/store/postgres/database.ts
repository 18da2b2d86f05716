/**
 * PostgreSQL as we need it: the few calls of the package `pg`, transactions, and the migrations of our own tables.
 */
import { type Concerns, spell } from '../driver.js';
import { readNumber } from '../row.js';

/** What a statement gives back. */
export interface PgResult {
  readonly rows: readonly unknown[];
}

/** One connection of a pool, as `pg` has it. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<PgResult>;
  /** Gives the connection back; with `true` it is closed, because nobody knows what state it is in. */
  release(isBroken?: boolean): void;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  off?(event: 'error', listener: (error: Error) => void): unknown;
}

/** A pool of connections, as `pg` has it. */
export interface PgPool {
  connect(): Promise<PgClient>;
}

/** Runs a statement inside a transaction. */
export type Query = (text: string, values?: unknown[]) => Promise<PgResult>;

/** Runs work that belongs together, once our tables are there. */
export type Transact = <T>(work: (query: Query) => Promise<T>) => Promise<T>;

/**
 * A connection that breaks while it is lent out emits `error`, and an `error` that nobody hears ends the process. Whoever
 * runs a statement on it gets the failure too, so there is nothing to do here.
 * https://node-postgres.com/apis/pool#error
 */
const hearError = () => {};

/**
 * What PostgreSQL rolled back because two got into each other's way: a failed serialization and a deadlock. Nothing is
 * wrong with the work, and it is to be done again. https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
 */
const COLLISIONS: readonly unknown[] = ['40001', '40P01'];
const COLLISIONS_MAX = 10;

const isCollision = (error: unknown): boolean =>
  error instanceof Error && COLLISIONS.includes(Reflect.get(error, 'code'));

/** Does work that PostgreSQL does wholly or not at all, again when it got into another's way. */
export async function repeatCollided<T>(work: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isCollision(error) || count === COLLISIONS_MAX) throw error;
    }
  }
}

/** Runs work that belongs together: all of it is written, or nothing. What collides with another's is run again. */
export const runInTransaction = <T>(pool: PgPool, work: (query: Query) => Promise<T>): Promise<T> =>
  repeatCollided(() => runOnce(pool, work));

async function runOnce<T>(pool: PgPool, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  client.on?.('error', hearError);
  let isBroken = true;
  try {
    await client.query('BEGIN');
    const result = await work((text, values) => client.query(text, values));
    await client.query('COMMIT');
    isBroken = false;
    return result;
  } catch (error) {
    isBroken = !(await rollBack(client));
    throw error;
  } finally {
    client.off?.('error', hearError);
    client.release(isBroken);
  }
}

async function rollBack(client: PgClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false; // the connection is gone, and the transaction with it
  }
}

/** Our number among PostgreSQL's advisory locks, for the migrations. Any will do that nobody else uses. */
const MIGRATION_LOCK = 4_731_209_188;

/** Writes a statement of ours for PostgreSQL. */
export const spellPostgres = (text: string, schema: string): string =>
  spell(
    text,
    (name) => `${schema}.${name}`,
    (place) => `$${place}`,
  );

/**
 * Brings our tables up to date, once however many processes start together. Each concern counts its own versions, so that
 * they grow apart; a database that is newer than we are is left so.
 *
 * @param schema - Where they stand. Checked by the caller: it is written into the SQL.
 */
export async function migrate(pool: PgPool, schema: string, concerns: Concerns): Promise<void> {
  const table = `${schema}.schema`;
  await runInTransaction(pool, async (query) => {
    await query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await query(`CREATE TABLE IF NOT EXISTS ${table} (concern text PRIMARY KEY, version integer NOT NULL)`);
    for (const [concern, steps] of Object.entries(concerns)) {
      const { rows } = await query(`SELECT version FROM ${table} WHERE concern = $1`, [concern]);
      for (const step of steps.slice(readNumber(rows[0], 'version') ?? 0)) await query(spellPostgres(step, schema));
      await query(
        `INSERT INTO ${table} AS mine (concern, version) VALUES ($1, $2)
        ON CONFLICT (concern) DO UPDATE SET version = greatest(mine.version, excluded.version)`,
        [concern, steps.length],
      );
    }
  });
}
