/**
 * A database row, whose columns are untrusted. A boolean is 0 or 1 in SQLite and `true` or `false` in PostgreSQL;
 * SQLite handles may be configured to return bigints, and `pg` returns bigints and counts as strings.
 */

const readColumn = (row: unknown, column: string): unknown =>
  typeof row === 'object' && row !== null ? Reflect.get(row, column) : undefined;

/** Reads a text column; `null` if there is no row, or no text in it. */
export function readText(row: unknown, column: string): string | null {
  const value = readColumn(row, column);
  return typeof value === 'string' ? value : null;
}

/** Reads a number column; `null` if there is no row, or no number in it. */
export function readNumber(row: unknown, column: string): number | null {
  const value = readColumn(row, column);
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  return isNumber || (typeof value === 'string' && /^-?\d+$/.test(value)) ? Number(value) : null;
}

/** Reads a boolean column; `false` if there is none. */
export const isTrue = (row: unknown, column: string): boolean =>
  readColumn(row, column) === true || readNumber(row, column) === 1;
