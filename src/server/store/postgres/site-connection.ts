/**
 * The site's own connection, in its own transaction: as `pg`, Kysely, Drizzle and Prisma provide it.
 */
import { createMistake, isFields } from '../../input/index.js';
import type { Query, Transact } from './database.js';

type Handed = Readonly<Record<string, unknown>>;

const EXPECTED =
  "a connection in a transaction: a client of pg, a transaction of Kysely or Drizzle, or the client of Prisma's $transaction";

/** A library's result for a statement: its rows, or an object that contains them. */
function readRows(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result;
  const rows = isFields(result) ? result['rows'] : null;
  return Array.isArray(rows) ? rows : [];
}

const call = (db: Handed, method: string, values: readonly unknown[]): Promise<unknown> => {
  const callee = db[method];
  return typeof callee === 'function' ? Reflect.apply(callee, db, values) : Promise.resolve(null);
};

const has = (db: Handed, ...methods: readonly string[]): boolean =>
  methods.every((method) => typeof db[method] === 'function');

/** Without plugins, which might rename our columns. */
async function queryKysely(db: Handed, text: string, values: readonly unknown[]): Promise<unknown> {
  const bare: unknown = await call(db, 'withoutPlugins', []);
  const compiled = {
    sql: text,
    parameters: values,
    query: { kind: 'RawNode', sqlFragments: [text], parameters: [] },
    queryId: { queryId: 'cello-companion' },
  };
  return call(isFields(bare) ? bare : db, 'executeQuery', [compiled]);
}

/**
 * Drizzle accepts a string, or a query built with its own package, which we do not import. So the values are written
 * into the string, following https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS.
 */
const writeIn = (text: string, values: readonly unknown[]): string =>
  text.replace(/\$(\d+)/g, (_, place: string) => writeLiteral(values[Number(place) - 1]));

function writeLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const quoted = String(value).replaceAll("'", "''");
  return quoted.includes('\\') ? ` E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

/** "There is no transaction in progress." https://www.postgresql.org/docs/current/errcodes-appendix.html */
const NO_TRANSACTION = '25P01';

/** Sets the savepoint. Outside a transaction that is impossible, and unnecessary: each statement commits by itself. */
async function setSavepoint(query: Query): Promise<boolean> {
  try {
    await query('SAVEPOINT cello_companion');
    return true;
  } catch (error) {
    if (isFields(error) && error['code'] === NO_TRANSACTION) return false;
    throw error;
  }
}

/**
 * Runs our statements behind a savepoint. In PostgreSQL a failing statement aborts the whole transaction: the site's
 * COMMIT would roll back, and throw nothing. https://www.postgresql.org/docs/current/sql-savepoint.html
 */
async function runBehindSavepoint<T>(query: Query, work: (query: Query) => Promise<T>): Promise<T> {
  if (!(await setSavepoint(query))) return work(query);
  try {
    const result = await work(query);
    await query('RELEASE SAVEPOINT cello_companion');
    return result;
  } catch (error) {
    try {
      await query('ROLLBACK TO SAVEPOINT cello_companion');
      await query('RELEASE SAVEPOINT cello_companion');
    } catch {} // the connection is gone, and the transaction with it: the first error is the one to report
    throw error;
  }
}

/** Runs statements in the site's transaction, atomically: if one fails, the transaction is left as it was. */
type Join = <T>(db: Handed, work: (query: Query) => Promise<T>) => Promise<T>;

const joinBy =
  (run: typeof queryKysely): Join =>
  (db, work) =>
    runBehindSavepoint(async (text, values = []) => readRows(await run(db, text, values)), work);

/**
 * Drizzle sets its own savepoints. With postgres.js they are necessary, because it rolls a transaction back after any
 * failed statement, unless its own `savepoint` contained it: https://github.com/porsager/postgres#transactions
 */
const joinDrizzle: Join = <T>(db: Handed, work: (query: Query) => Promise<T>) =>
  new Promise<T>((resolve, reject) => {
    let finish = () => {};
    const workWithin = async (inner: Handed) => {
      const query: Query = async (text, values = []) => readRows(await call(inner, 'execute', [writeIn(text, values)]));
      const result = await work(query);
      finish = () => resolve(result);
    };
    call(db, 'transaction', [workWithin]).then(() => finish(), reject);
  });

/** The libraries, each recognized by what only its transactions have. Pools are rejected. */
const LIBRARIES: readonly (readonly [isOne: (db: Handed) => boolean, join: Join])[] = [
  [(db) => has(db, 'executeQuery') && db['isTransaction'] === true, joinBy(queryKysely)],
  [(db) => has(db, 'execute', 'rollback', 'select', 'transaction'), joinDrizzle],
  [
    (db) => has(db, '$queryRawUnsafe') && !has(db, '$connect'),
    joinBy((db, text, values) => call(db, '$queryRawUnsafe', [text, ...values])),
  ],
  [
    (db) => has(db, 'query') && !('totalCount' in db) && !has(db, 'execute'),
    joinBy((db, text, values) => call(db, 'query', [text, [...values]])),
  ],
];

/** The last call on each connection: if two ran at once, one would release or roll back the other's savepoint. */
const running = new WeakMap<Handed, Promise<unknown>>();

/**
 * Runs work after the calls before it on the same connection. If one of them fails, those that wait for it fail too, so
 * that nothing of ours reaches the connection once the site has learned of the failure.
 */
function runInTurn<T>(db: Handed, work: () => Promise<T>): Promise<T> {
  const before = running.get(db);
  const mine = before ? before.then(work) : work();
  running.set(db, mine);
  const forget = () => {
    if (running.get(db) === mine) running.delete(db);
  };
  mine.then(forget, forget);
  return mine;
}

/**
 * Recognizes what a site passed as `db`.
 *
 * @returns A function that runs our statements in the site's transaction, atomically: if one fails, the site can still
 *   commit.
 * @throws {TypeError} Says what was passed.
 */
export function readSiteConnection(db: unknown): Transact {
  const found = isFields(db) ? LIBRARIES.find(([isOne]) => isOne(db)) : undefined;
  if (!found || !isFields(db)) throw createMistake({ caller: 'add', path: 'db' }, EXPECTED, db);
  const [, join] = found;
  return (work) => runInTurn(db, () => join(db, work));
}
