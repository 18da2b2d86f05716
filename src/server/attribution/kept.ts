/**
 * What a store kept, read back without trust: somebody else may have written into the table.
 */
import { isFields } from '../input/index.js';

/** An object whose fields nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads a text. */
export const parseText = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Reads a number. */
export const parseNumber = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** Reads an object; an empty one where there is none. */
export const parseRecord = (value: unknown): Fields => (isFields(value) ? value : {});

/** Reads a list. */
export const parseList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Reads the body of a record. */
export function parseBody(body: string): Fields {
  try {
    return parseRecord(JSON.parse(body));
  } catch {
    return {}; // SyntaxError: not ours
  }
}
