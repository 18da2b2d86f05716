/**
 * What a page reports by hand, for a sign-up or a demo that was no HTML form.
 */
import type { Kind } from '../message.js';
import { PREFIX } from './notes.js';

/** The input of `report()`. */
export interface Reported {
  /** What it was; left out: the server decides. */
  readonly kind?: Kind | null | undefined;
  /** Texts by name, e.g. `{ email: 'ada@example.com' }`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** The same key again is the same message, also after a reload. */
  readonly key?: string | undefined;
}

/** What became of a report. */
export type ReportResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'no-code' | 'consent' | 'no-endpoint' | 'kept' | 'refused' };

const refuse = (what: string, expected: string, got: unknown): never => {
  throw new TypeError(`${PREFIX} ${what} must be ${expected}, got ${got === null ? 'null' : typeof got}`);
};

/**
 * Reads the kind that a page gives with `report` or `attach`.
 *
 * @throws {TypeError} If it is another word.
 */
export const parseKind = (kind: unknown): Kind | null =>
  kind === 'signup' || kind === 'demo'
    ? kind
    : (kind ?? null) === null
      ? null
      : refuse('"kind"', '"signup" or "demo"', kind);

/**
 * Reads the input of `report()`.
 *
 * @throws {TypeError} Naming what is wrong with it.
 */
export function parseReport(input: unknown): { kind: Kind | null; fields: Record<string, string>; key: string | null } {
  if (typeof input !== 'object' || input === null) return refuse('a report', 'an object', input);
  const fields: Record<string, string> = {};
  const key: unknown = Reflect.get(input, 'key');
  const given: unknown = Reflect.get(input, 'fields') ?? {};
  if (typeof given !== 'object' || given === null) return refuse('"fields"', 'an object of strings', given);
  for (const [name, text] of Object.entries(given))
    fields[name] = typeof text === 'string' ? text : refuse(`field "${name}"`, 'a string', text);
  return {
    kind: parseKind(Reflect.get(input, 'kind')),
    fields,
    key: typeof key === 'string' && key ? key : key === undefined ? null : refuse('"key"', 'a non-empty string', key),
  };
}
