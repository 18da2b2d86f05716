/**
 * What a page reports itself, for a sign-up or a demo without an HTML form.
 */
import { type Kind, readOwn } from '../../message.js';
import { PREFIX } from '../page/index.js';
import { makeId, makeIdOf } from './message-id.js';

/** The input of `report()`. */
export interface Reported {
  /** What it was; if missing, the server decides. */
  readonly kind?: Kind | null | undefined;
  /** Texts by name, e.g. `{ email: 'ada@example.com' }`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** The same key means the same message, even after a reload. */
  readonly key?: string | undefined;
}

/** The result of a report. */
export type ReportResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'no-code' | 'consent' | 'no-endpoint' | 'kept' | 'refused' };

const refuse = (what: string, expected: string, got: unknown): never => {
  throw new TypeError(`${PREFIX} ${what} must be ${expected}, got ${got === null ? 'null' : typeof got}`);
};

/**
 * Parses the kind that a page passes to `report` or `attach`.
 *
 * @throws {TypeError} If it is any other word.
 */
export const parseKind = (kind: unknown): Kind | null =>
  kind === 'signup' || kind === 'demo'
    ? kind
    : (kind ?? null) === null
      ? null
      : refuse('"kind"', '"signup" or "demo"', kind);

/**
 * Parses the input of `report()`.
 *
 * @throws {TypeError} Says what is wrong with it.
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

/** What a report needs from the rest. */
export interface Reporting<Found extends { readonly ucc: string }> {
  /** How long a report may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The code; waits for it if necessary. */
  readonly find: () => Promise<Found | null>;
  readonly mayReport: () => boolean;
  /** Whether a message without an answer is stored and tried again. */
  readonly mayKeep: () => boolean;
  readonly send: (found: Found, content: Content, id?: string) => Promise<ReportResult>;
  /** What distinguishes this browser, so that two visitors with the same key send two messages; `null` if unknown. */
  readonly salt: () => string | null;
}

interface Content {
  readonly kind: Kind | null;
  readonly form: null;
  readonly fields: Readonly<Record<string, string>>;
}

/** Creates the method `report`. */
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
