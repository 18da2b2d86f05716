/**
 * The site's own connection, in its own transaction: as `pg`, Kysely, Drizzle and Prisma provide it.
 */
import { createMistake, isFields } from '../../input/index.js';
import type { Query } from './database.js';

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

/**
 * The libraries, each recognized by what only its transactions have. Pools, and clients outside a transaction, are
 * rejected.
 */
const LIBRARIES: readonly (readonly [isOne: (db: Handed) => boolean, query: typeof queryKysely])[] = [
  [(db) => has(db, 'executeQuery') && db['isTransaction'] === true, queryKysely],
  [
    (db) => has(db, 'execute', 'rollback', 'select'),
    (db, text, values) => call(db, 'execute', [writeIn(text, values)]),
  ],
  [
    (db) => has(db, '$queryRawUnsafe') && !has(db, '$connect'),
    (db, text, values) => call(db, '$queryRawUnsafe', [text, ...values]),
  ],
  [
    (db) => has(db, 'query') && !('totalCount' in db) && !has(db, 'execute'),
    (db, text, values) => call(db, 'query', [text, [...values]]),
  ],
];

/**
 * Recognizes what a site passed as `db`.
 *
 * @returns A function that runs statements in the site's transaction.
 * @throws {TypeError} Says what was passed.
 */
export function readSiteConnection(db: unknown): Query {
  const found = isFields(db) ? LIBRARIES.find(([isOne]) => isOne(db)) : undefined;
  if (!found || !isFields(db)) throw createMistake({ caller: 'add', path: 'db' }, EXPECTED, db);
  const [, query] = found;
  return async (text, values = []) => readRows(await query(db, text, values));
}
