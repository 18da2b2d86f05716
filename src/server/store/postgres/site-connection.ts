/**
 * The site's own connection, in a transaction of its own: as `pg`, Kysely, Drizzle and Prisma hand it over.
 */
import { createMistake, isFields } from '../../input/index.js';
import type { Query } from './database.js';

type Handed = Readonly<Record<string, unknown>>;

const EXPECTED =
  "a connection in a transaction: a client of pg, a transaction of Kysely or Drizzle, or the client of Prisma's $transaction";

/** What a library gives back for a statement: its rows, or an object that has them. */
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

/** Plugins would rename our columns. */
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
 * Drizzle takes a text, or a query of its own making: for that its package would be needed. So the values are written
 * into the text, as https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS has it.
 */
const writeIn = (text: string, values: readonly unknown[]): string =>
  text.replace(/\$(\d+)/g, (_, place: string) => writeLiteral(values[Number(place) - 1]));

function writeLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const quoted = String(value).replaceAll("'", "''");
  return quoted.includes('\\') ? ` E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

/** The libraries, each known by what only its transactions have. A pool, or a client that is in none, is not for us. */
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
 * Reads what a site handed over as `db`.
 *
 * @returns What runs a statement in the site's transaction.
 * @throws {TypeError} That says what came.
 */
export function readSiteConnection(db: unknown): Query {
  const found = isFields(db) ? LIBRARIES.find(([isOne]) => isOne(db)) : undefined;
  if (!found || !isFields(db)) throw createMistake({ caller: 'add', path: 'db' }, EXPECTED, db);
  const [, query] = found;
  return async (text, values = []) => readRows(await query(db, text, values));
}
