/**
 * PostgreSQL as we need it: the few calls of the package `pg`, transactions, and the migrations of our own tables.
 */
import { DeadlineError, runWithin } from '../../clock/index.js';
import { type Concerns, spell } from '../driver.js';
import { StoreBusyError } from '../store-busy-error.js';

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
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** Runs a statement, mostly inside a transaction. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly unknown[]>;

/** Runs work that belongs together, once our tables are there. */
export type Transact = <T>(work: (query: Query) => Promise<T>) => Promise<T>;

/**
 * A connection that breaks emits `error`, and an `error` that nobody hears ends the process. Whoever runs a statement on
 * it gets the failure too, so there is nothing to do here. https://node-postgres.com/apis/pool#error
 */
const hearError = () => {};

/** Those that are heard: a second store on a pool adds no second listener. */
const heard = new WeakSet<object>();

/** Keeps a database that restarts from ending the process, also where the site hears no errors of its pool. */
export function hearErrors(emitter: Pick<PgPool, 'on'>): void {
  if (heard.has(emitter)) return;
  heard.add(emitter);
  emitter.on?.('error', hearError);
}

/** How long somebody waits for a connection. The site itself may hold the last one, and wait for us in its transaction. */
const CONNECT_MS = 5000;

/** How long a transaction may take. A database that failed over may never answer on a connection that was open. */
const WORK_MS = 30_000;

/**
 * What PostgreSQL rolled back because two got into each other's way: a failed serialization and a deadlock. Nothing is
 * wrong with the work, and it is to be done again. https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
 */
const COLLISIONS: readonly unknown[] = ['40001', '40P01'];
const COLLISIONS_MAX = 10;

/** Two got into each other's way, as seen by us. */
export class CollisionError extends Error {
  override readonly name = 'CollisionError';
  readonly code = '40001';
}

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

async function connect(pool: PgPool): Promise<PgClient> {
  const asked = pool.connect();
  try {
    return await runWithin(() => asked, { timeoutMs: CONNECT_MS });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    asked.then((client) => client.release()).catch(hearError); // it may come yet, and belongs to the pool
    throw new StoreBusyError(`[cello-companion] no connection of the pool was free within ${CONNECT_MS} ms`);
  }
}

/** Lends a connection to work, and closes it where the work did not end well. */
async function lend<T>(pool: PgPool, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  client.on?.('error', hearError);
  let isBroken = true;
  try {
    const query: Query = async (text, values) => (await client.query(text, values && [...values])).rows;
    const result = await runWithin(() => work(query), { timeoutMs: WORK_MS });
    isBroken = false;
    return result;
  } finally {
    client.off?.('error', hearError);
    client.release(isBroken);
  }
}

/**
 * Runs a statement by itself.
 *
 * @throws {StoreBusyError} If no connection was free for too long.
 */
export const runStatement = (pool: PgPool, text: string, values: readonly unknown[]): Promise<readonly unknown[]> =>
  repeatCollided(() => lendSafely(pool, (query) => query(text, values)));

/**
 * How a transaction begins whose commit waits for the disk, and one whose does not: it is lost if PostgreSQL's machine
 * fails in the next second, and only then. https://www.postgresql.org/docs/current/wal-async-commit.html
 */
const SYNCED = 'BEGIN';
const UNSYNCED = 'BEGIN; SET LOCAL synchronous_commit TO off';

/**
 * Runs work that belongs together: all of it is written, or nothing. What collides with another's is run again.
 *
 * @param isSynced - Whether it is on the disk when this resolves.
 * @throws {StoreBusyError} If no connection was free for too long.
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

/** What failed for a reason of its own is rolled back, and the connection is as good as before. */
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
 * Writes the one statement that brings our tables up to date, wholly or not at all, once however many processes start
 * together. Each concern counts its own versions, so that they grow apart; a database that is newer than we are is left
 * so. It asks for rights only where there is something to make. It gives up rather than hold up the machines that still
 * run with the older tables.
 *
 * @param schema - Where they stand. Checked by the caller: it is written into the SQL.
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
