/**
 * Which failures of a store are transient: the same work may succeed a little later.
 */
import { DeadlineError } from '../clock/index.js';
import { StoreBusyError } from './store-busy-error.js';

/** The network is down, or the database is not listening yet. https://nodejs.org/api/errors.html#common-system-errors */
const NETWORK_CODES =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/;

/**
 * PostgreSQL is starting, stopping, failing over, or short of connections, memory or disk; or a lock or a statement took
 * too long. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const POSTGRES_CODES = /^(08...|53...|57P0[1235]|57014|55P03|40001|40P01|25006)$/;

/** SQLite's disk is full or failing, or another connection has the file locked. https://www.sqlite.org/rescode.html */
const SQLITE_NAMES = /^SQLITE_(FULL|IOERR|BUSY|LOCKED)/;
const SQLITE_CODES: readonly unknown[] = [5, 6, 10, 13];

/** Errors of `pg` that have no code. */
const MESSAGES =
  /timeout exceeded when trying to connect|connection terminated|connection ended unexpectedly|encountered a connection error|query read timeout/i;

/** How deep to look for the original error inside those that libraries wrap around it. */
const DEPTH_MAX = 4;

const isPassingCode = (code: unknown): boolean =>
  typeof code === 'string' && [NETWORK_CODES, POSTGRES_CODES, SQLITE_NAMES].some((codes) => codes.test(code));

/** `node:sqlite` has `errcode`, `bun:sqlite` `errno`, and `libsql` `rawCode`. Node's own `errno` is negative. */
const isPassingNumber = (code: unknown): boolean =>
  typeof code === 'number' && code > 0 && SQLITE_CODES.includes(code & 0xff);

/**
 * Whether a store's error is transient: the store is down, restarting, full or locked. Errors in the work itself, and
 * missing permissions, are not.
 */
export function mayPass(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > DEPTH_MAX) return false;
  if (error instanceof StoreBusyError || error instanceof DeadlineError) return true;
  const numbers = ['errcode', 'errno', 'rawCode'].map((name): unknown => Reflect.get(error, name));
  if (isPassingCode(Reflect.get(error, 'code')) || numbers.some(isPassingNumber) || MESSAGES.test(error.message))
    return true;
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [error.cause]; // one for each address
  return inner.some((one) => mayPass(one, depth + 1));
}
