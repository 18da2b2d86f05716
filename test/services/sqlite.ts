/**
 * The SQLite handles that can be tried here: `libsql` always, `node:sqlite` where this Node has it (22.5 and later), and
 * `better-sqlite3` where it runs (Node 22 and later). Bun has a test of its own.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Database } from 'cello-companion/server';
import Libsql from 'libsql';
import { fetchPackages } from './fetched.mjs';

/** A handle of a test, which closes it. */
export interface Handle extends Database {
  close(): unknown;
}

type Open = (file: string) => Handle;

const require = createRequire(import.meta.url);

/** What says that a module is not here. Whatever else goes wrong with it is to be seen. */
const ABSENT: readonly unknown[] = ['MODULE_NOT_FOUND', 'ERR_UNKNOWN_BUILTIN_MODULE'];

function loadBuiltIn(module: string): unknown {
  try {
    return require(module);
  } catch (error) {
    if (ABSENT.includes(Reflect.get(Object(error), 'code'))) return null;
    throw error;
  }
}

/** The release, which brings its binaries for every platform along. */
const BETTER_SQLITE3 = '13.2.0';

/** Fetches it when it is first needed: 27 MB. */
function fetchBetterSqlite3(): unknown {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 22) return null;
  try {
    const folder = fetchPackages(`better-sqlite3-${BETTER_SQLITE3}`, [`better-sqlite3@${BETTER_SQLITE3}`]);
    return createRequire(join(folder, 'package.json'))('better-sqlite3');
  } catch (error) {
    console.log(`not run: tests on better-sqlite3, which could not be fetched: ${error}`);
    return null;
  }
}

/** What opens handles of a class; `null` where there is none. */
const openBy = (Handle: unknown): Open | null =>
  typeof Handle === 'function' ? (file) => Reflect.construct(Handle, [file]) : null;

const FOUND: readonly (readonly [string, Open | null])[] = [
  ['libsql', (file) => new Libsql(file)],
  ['better-sqlite3', openBy(fetchBetterSqlite3())],
  ['node:sqlite', openBy(Reflect.get(Object(loadBuiltIn('node:sqlite')), 'DatabaseSync'))],
];

/** Their names, each with what opens a file, or `:memory:`. */
export const HANDLES = FOUND.flatMap(([name, open]) => (open ? [{ name, open }] : []));
