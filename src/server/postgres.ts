/**
 * PostgreSQL as we need it: the few calls of the package `pg`, transactions, and the migrations of our own tables.
 */
import { readNumber } from './row.js';

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

/** Runs work that belongs together: all of it is written, or nothing. */
export async function runInTransaction<T>(pool: PgPool, work: (query: Query) => Promise<T>): Promise<T> {
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

/**
 * Brings our tables up to date, once however many processes start together.
 *
 * @param schema - Where they stand. Checked by the caller: it is written into the SQL.
 * @param steps - SQL, oldest first. A step that was released is never changed; a new one is appended.
 */
export async function migrate(pool: PgPool, schema: string, steps: readonly string[]): Promise<void> {
  await runInTransaction(pool, async (query) => {
    await query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await query(`CREATE TABLE IF NOT EXISTS ${schema}.version (version integer NOT NULL)`);
    const { rows } = await query(`SELECT coalesce(max(version), 0)::integer AS version FROM ${schema}.version`);
    const version = readNumber(rows[0], 'version') ?? 0;
    for (const [index, step] of steps.entries()) {
      if (index < version) continue;
      await query(step);
      await query(`INSERT INTO ${schema}.version (version) VALUES ($1)`, [index + 1]);
    }
  });
}
