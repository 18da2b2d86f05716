/**
 * PostgreSQL as we use it: the few calls of the `pg` package, transactions, and migrations of our own tables.
 */
import { DeadlineError, runWithin } from '../../clock/index.js';
import { type Concerns, spell } from '../driver.js';
import { StoreBusyError } from '../store-busy-error.js';

/** The result of a statement. */
export interface PgResult {
  readonly rows: readonly unknown[];
}

/** A connection from a `pg` pool. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<PgResult>;
  /** Returns the connection to the pool; with `true` it is closed, because its state is unknown. */
  release(isBroken?: boolean): void;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** A `pg` connection pool. */
export interface PgPool {
  connect(): Promise<PgClient>;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  on?(event: 'acquire', listener: (client: PgClient) => void): unknown;
}

/** Runs a statement, usually inside a transaction. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly unknown[]>;

/** Runs work atomically, once our tables exist. */
export type Transact = <T>(work: (query: Query) => Promise<T>) => Promise<T>;

/**
 * A broken connection emits `error`, and an unhandled `error` event ends the process. The caller of a running statement
 * gets the failure too, so there is nothing to do here. https://node-postgres.com/apis/pool#error
 */
const hearError = () => {};

/** Something that emits `error`. */
interface Emitter {
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** The emitters that already have our listener: a second store on the same pool adds none. */
const heard = new WeakSet<object>();

/** Keeps a database restart from ending the process, even if the site has no `error` listener. */
export function hearErrors(emitter: Emitter): void {
  if (heard.has(emitter)) return;
  heard.add(emitter);
  emitter.on?.('error', hearError);
}

/**
 * The same for a pool and its connections. The pool takes its own listener off a connection that it hands out, and the
 * end of a connection may arrive in the same packet as its beginning: before the promise of `connect` can be heard of.
 */
export function hearPool(pool: PgPool): void {
  if (heard.has(pool)) return;
  hearErrors(pool);
  pool.on?.('acquire', hearErrors);
}

/**
 * How long to wait for a connection. The site itself may hold the last one while it waits for us in its transaction.
 */
const CONNECT_MS = 5000;

/** How long a transaction may take. After a failover, a database may never respond on a connection that was open. */
const WORK_MS = 30_000;

/**
 * Transactions that PostgreSQL rolls back because they conflict: serialization failures and deadlocks. The work itself
 * is fine, and is repeated. https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
 */
const COLLISIONS: readonly unknown[] = ['40001', '40P01'];
const COLLISIONS_MAX = 10;

/** A conflict that we detected ourselves. */
export class CollisionError extends Error {
  override readonly name = 'CollisionError';
  readonly code = '40001';
}

const isCollision = (error: unknown): boolean =>
  error instanceof Error && COLLISIONS.includes(Reflect.get(error, 'code'));

/** Runs atomic work, and repeats it after a conflict. */
export async function repeatCollided<T>(work: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isCollision(error) || count === COLLISIONS_MAX) throw error;
    }
  }
}

async function connect(pool: PgPool): Promise<PgClient> {
  const asked = pool.connect();
  try {
    return await runWithin(() => asked, { timeoutMs: CONNECT_MS });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    asked.then((client) => client.release()).catch(hearError); // it may still arrive, and must go back to the pool
    throw new StoreBusyError(`[cello-companion] no pool connection was free within ${CONNECT_MS} ms`);
  }
}

/** Lends a connection to work, and closes it if the work did not end cleanly. */
async function lend<T>(pool: PgPool, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  hearErrors(client); // a pool may be one without events
  let isBroken = true;
  try {
    const query: Query = async (text, values) => (await client.query(text, values && [...values])).rows;
    const result = await runWithin(() => work(query), { timeoutMs: WORK_MS });
    isBroken = false;
    return result;
  } finally {
    client.release(isBroken);
  }
}

/**
 * Runs a single statement.
 *
 * @throws {StoreBusyError} If no connection is free in time.
 */
export const runStatement = (pool: PgPool, text: string, values: readonly unknown[]): Promise<readonly unknown[]> =>
  repeatCollided(() => lendSafely(pool, (query) => query(text, values)));

/**
 * The start of a transaction whose commit waits for the disk, and of one whose commit does not: the latter is lost only
 * if PostgreSQL's machine fails within about a second. https://www.postgresql.org/docs/current/wal-async-commit.html
 */
const SYNCED = 'BEGIN';
const UNSYNCED = 'BEGIN; SET LOCAL synchronous_commit TO off';

/**
 * Runs work atomically: all of it is written, or nothing. It is repeated after a conflict.
 *
 * @param isSynced - Whether it is on the disk when this resolves.
 * @throws {StoreBusyError} If no connection is free in time.
 */
export const runInTransaction = <T>(pool: PgPool, work: (query: Query) => Promise<T>, isSynced = true): Promise<T> =>
  repeatCollided(() =>
    lendSafely(pool, async (query) => {
      await query(isSynced ? SYNCED : UNSYNCED);
      const result = await work(query);
      await query('COMMIT');
      return result;
    }),
  );

/** If the work fails, its transaction is rolled back, and the connection can be reused. */
async function lendSafely<T>(pool: PgPool, work: (query: Query) => Promise<T>): Promise<T> {
  const outcome = await lend(pool, async (query) => {
    try {
      return { value: await work(query) };
    } catch (error) {
      await query('ROLLBACK'); // if this fails too, the connection is gone, and the transaction with it
      return { error };
    }
  });
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** The number of our PostgreSQL advisory lock, for migrations. Any number works that nobody else uses. */
const MIGRATION_LOCK = 4_731_209_188;

/** Writes one of our statements in PostgreSQL's syntax. */
export const spellPostgres = (text: string, schema: string): string =>
  spell(
    text,
    (name) => `${schema}.${name}`,
    (place) => `$${place}`,
  );

/**
 * Writes the single statement that migrates our tables, atomically, and only once even if many processes start
 * together. Each concern has its own version number, so that they evolve independently; a database with a newer version
 * is left alone. It needs DDL privileges only if there is something to create. It gives up rather than block machines
 * that still use the older tables.
 *
 * @param schema - The schema of our tables. Checked by the caller, because it is written into the SQL.
 */
export function writeMigration(schema: string, concerns: Concerns): string {
  const table = `${schema}.schema`;
  const steps = Object.entries(concerns).flatMap(([concern, texts]) =>
    texts.map(
      (text, index) => `
  IF coalesce((SELECT version FROM ${table} WHERE concern = '${concern}'), 0) < ${index + 1} THEN
    ${spellPostgres(text.trim().replace(/;?$/, ';'), schema)}
    INSERT INTO ${table} (concern, version) VALUES ('${concern}', ${index + 1})
      ON CONFLICT (concern) DO UPDATE SET version = excluded.version;
  END IF;`,
    ),
  );
  return `DO $cello_companion$ BEGIN
  PERFORM set_config('lock_timeout', '10s', true);
  PERFORM pg_advisory_xact_lock(${MIGRATION_LOCK});
  IF to_regnamespace('${schema}') IS NULL THEN CREATE SCHEMA ${schema}; END IF;
  IF to_regclass('${table}') IS NULL THEN
    CREATE TABLE ${table} (concern text PRIMARY KEY, version integer NOT NULL);
  END IF;${steps.join('')}
END $cello_companion$`;
}
