/**
 * The driver on PostgreSQL: a connection of the pool for each transaction.
 */
import type { Driver, SqlStatement, Work } from '../driver.js';
import { type Query, spellPostgres, type Transact } from './database.js';

/** Makes the driver for tables of a schema. */
export function createPostgresDriver(transact: Transact, schema: string): Driver {
  const spelt = new Map<string, string>();
  const spellOnce = (text: string): string => {
    const known = spelt.get(text) ?? spellPostgres(text, schema);
    spelt.set(text, known);
    return known;
  };

  const run = async (query: Query, { text, values }: SqlStatement): Promise<readonly unknown[]> =>
    (await query(spellOnce(text), [...values])).rows;

  const runWork = async <T>(query: Query, work: () => Work<T>): Promise<T> => {
    const steps = work();
    let step = steps.next();
    while (!step.done) step = steps.next(await run(query, step.value));
    return step.value;
  };

  const runAlone = (statement: SqlStatement) => transact((query) => run(query, statement));
  return {
    read: runAlone,
    write: runAlone,
    transact: (work) => transact((query) => runWork(query, work)),
    async scrub() {}, // PostgreSQL's vacuum does it
  };
}
