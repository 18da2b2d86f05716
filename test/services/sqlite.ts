/**
 * The SQLite handles that can be tried here: `libsql` always, `node:sqlite` where this Node has it (22.5 and later),
 * `better-sqlite3` where someone has installed it beside.
 */
import { createRequire } from 'node:module';
import type { Database } from 'cello-companion/server';
import Libsql from 'libsql';

/** A handle of a test, which closes it. */
export interface Handle extends Database {
  close(): unknown;
}

type Open = (file: string) => Handle;

const require = createRequire(import.meta.url);

/** What says that a module is not here. Whatever else goes wrong with it is to be seen. */
const ABSENT: readonly unknown[] = ['MODULE_NOT_FOUND', 'ERR_UNKNOWN_BUILTIN_MODULE'];

function load(module: string): unknown {
  try {
    return require(module);
  } catch (error) {
    if (ABSENT.includes(Reflect.get(Object(error), 'code'))) return null;
    throw error;
  }
}

/** Opens handles of the class that a module exports under a name, or is; `null` where there is none. */
function findOpen(module: string, name?: string): Open | null {
  const exported = load(module);
  const Handle = name === undefined ? exported : Reflect.get(Object(exported), name);
  return typeof Handle === 'function' ? (file) => Reflect.construct(Handle, [file]) : null;
}

const FOUND: readonly (readonly [string, Open | null])[] = [
  ['libsql', (file) => new Libsql(file)],
  ['better-sqlite3', findOpen('better-sqlite3')],
  ['node:sqlite', findOpen('node:sqlite', 'DatabaseSync')],
];

/** Their names, each with what opens a file, or `:memory:`. */
export const HANDLES = FOUND.flatMap(([name, open]) => (open ? [{ name, open }] : []));
