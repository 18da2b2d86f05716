/**
 * Parsers for stored data. It is untrusted: others may have written to the table.
 */
import { isFields } from '../input/index.js';

/** An object whose fields have not been checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Parses a string. */
export const parseText = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Parses a number. */
export const parseNumber = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** Parses an object; anything else becomes an empty one. */
export const parseRecord = (value: unknown): Fields => (isFields(value) ? value : {});

/** Parses an array; anything else becomes an empty one. */
export const parseList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Parses a record's body. */
export function parseBody(body: string): Fields {
  try {
    return parseRecord(JSON.parse(body));
  } catch {
    return {}; // SyntaxError: not written by us
  }
}
