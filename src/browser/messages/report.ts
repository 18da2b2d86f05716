/**
 * What a page reports by hand, for a sign-up or a demo that was no HTML form.
 */
import { type Kind, readOwn } from '../../message.js';
import { PREFIX } from '../page/index.js';
import { makeId, makeIdOf } from './message-id.js';

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
  const key: unknown = readOwn(input, 'key');
  const given: unknown = readOwn(input, 'fields') ?? {};
  if (typeof given !== 'object' || given === null) return refuse('"fields"', 'an object of strings', given);
  for (const [name, text] of Object.entries(given))
    fields[name] = typeof text === 'string' ? text : refuse(`field "${name}"`, 'a string', text);
  return {
    kind: parseKind(readOwn(input, 'kind')),
    fields,
    key: typeof key === 'string' && key ? key : key === undefined ? null : refuse('"key"', 'a non-empty string', key),
  };
}

/** What a report needs of the rest. */
export interface Reporting<Found extends { readonly ucc: string }> {
  /** How long a report may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The code, waited for if need be. */
  readonly find: () => Promise<Found | null>;
  readonly mayReport: () => boolean;
  /** Whether a message that has no answer yet is kept and tried again. */
  readonly mayKeep: () => boolean;
  readonly send: (found: Found, content: Content, id?: string) => Promise<ReportResult>;
  /** What tells this browser from others, so that two visitors with one key are two messages; `null` if unknown. */
  readonly salt: () => string | null;
}

interface Content {
  readonly kind: Kind | null;
  readonly form: null;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Makes the verb `report`.
 */
export function createReporter<Found extends { readonly ucc: string }>(
  around: Reporting<Found>,
): (input?: Reported) => Promise<ReportResult> {
  const under = new Map<string, Promise<ReportResult>>();
  const page = makeId();
  const waitForAnswer = (): Promise<ReportResult> =>
    new Promise((resolve) => {
      setTimeout(() => resolve({ ok: false, reason: around.mayKeep() ? 'kept' : 'consent' }), around.timeoutMs);
    });
  const send = async ({ kind, fields, key }: ReturnType<typeof parseReport>): Promise<ReportResult> => {
    if (!around.mayReport()) return { ok: false, reason: 'consent' };
    const found = await around.find();
    if (!found) return { ok: false, reason: 'no-code' };
    const id = key === null ? undefined : makeIdOf(key, kind ?? '', found.ucc, around.salt() ?? page);
    return around.send(found, { kind, form: null, fields }, id);
  };
  return async (input = {}) => {
    const report = parseReport(input);
    const { key } = report;
    const before = key === null ? undefined : under.get(key);
    const result = before ?? Promise.race([send(report), waitForAnswer()]);
    if (key === null) return result;
    under.set(key, result);
    if (!(await result).ok) under.delete(key);
    return result;
  };
}
