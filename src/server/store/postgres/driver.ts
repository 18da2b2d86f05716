/**
 * The driver on PostgreSQL: a pool connection for each statement or transaction, or the site's own connection.
 */
import type { Driver, SqlStatement, Work } from '../driver.js';
import { type PgPool, type Query, runInTransaction, runStatement, spellPostgres } from './database.js';
import { readSiteConnection } from './site-connection.js';

/** What the driver uses. */
interface PostgresDriverOptions {
  readonly pool: PgPool;
  readonly schema: string;
  /** Resolves once our tables exist. */
  readonly getReady: () => Promise<void>;
}

/** Creates the driver for the tables in a schema. */
export function createPostgresDriver({ pool, schema, getReady }: PostgresDriverOptions): Driver {
  const spelt = new Map<string, string>();
  const spellOnce = (text: string): string => {
    const known = spelt.get(text) ?? spellPostgres(text, schema);
    spelt.set(text, known);
    return known;
  };

  const runWork = async <T>(query: Query, work: () => Work<T>): Promise<T> => {
    const steps = work();
    let step = steps.next();
    while (!step.done) step = steps.next(await query(spellOnce(step.value.text), step.value.values));
    return step.value;
  };

  const runAlone = async ({ text, values }: SqlStatement) => {
    await getReady();
    return runStatement(pool, spellOnce(text), values);
  };

  const transact: Driver['transact'] = async (work, db) => {
    const theirs = db === undefined ? null : readSiteConnection(db);
    await getReady();
    const run = (query: Query) => runWork(query, work);
    return theirs ? theirs(run) : runInTransaction(pool, run);
  };

  const transactUnsynced = async <T>(work: () => Work<T>): Promise<T> => {
    await getReady();
    return runInTransaction(pool, (query) => runWork(query, work), false);
  };

  return {
    read: runAlone,
    write: runAlone,
    transact,
    unsynced: {
      transact: transactUnsynced,
      write: (statement) =>
        transactUnsynced(function* (): Work<readonly unknown[]> {
          return yield statement;
        }),
    },
    async scrub() {}, // left to PostgreSQL's vacuum
  };
}
