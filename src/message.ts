/**
 * The wire format between browser and endpoint: one type and one parser, used by both sides.
 */
import { parseUcc } from './ucc.js';

/** Maximum size of a message on the wire, in UTF-8 bytes. */
export const MESSAGE_MAX_BYTES = 4096;

/** Maximum length of a vendor's id. */
const REF_MAX = 255;

/** Where a code was found. */
export type Source = 'manual' | 'cello' | 'address' | 'cookie' | 'memory';

/** A code and where it was found. */
export interface Found {
  readonly ucc: string;
  readonly source: Source;
}

/** What a form is for. */
export type Kind = 'signup' | 'demo';

interface Common {
  /** The version of this format. */
  readonly v: 1;
  /** Created once and the same on every try: the idempotency key. A UUID. */
  readonly id: string;
  /** The referral code. */
  readonly ucc: string;
  readonly source: Source;
  /** When it happened, by the browser's clock: RFC 3339, UTC. */
  readonly at: string;
  /** The path of the page, without query or fragment. */
  readonly page: string;
}

/** A code was found: sent once per code and browser. */
export interface Capture extends Common {
  readonly type: 'capture';
}

/** A visitor submitted something. It does not mean that the site accepted it. */
export interface Submission extends Common {
  readonly type: 'submission';
  /** What the form is for; `null` if the page does not say. */
  readonly kind: Kind | null;
  /** The form's id, or its name, or `null`. */
  readonly form: string | null;
  /** `form`, `report`, or the name of an embed. */
  readonly via: string;
  /** The vendor's own id for a booking or response, if there is one: at most 255 characters. */
  readonly ref?: string | null;
  /** The fields that the site asked for, by name. Never a password. */
  readonly fields: Readonly<Record<string, string>>;
}

export type Message = Capture | Submission;

/** What the endpoint did with a message: the `status` in its answer. */
export type Verdict = 'recorded' | 'duplicate' | 'ignored';

/** The endpoint's answer to a message. */
export interface Answer {
  readonly status: Verdict;
  /** The site asks the browser to forget the code, because this visitor has converted. */
  readonly forget?: true;
}

/** A message, or the name of the part that is wrong. */
export type Parsed =
  | { readonly message: Message; readonly wrong?: never }
  | { readonly message?: never; readonly wrong: string };

const SOURCES: readonly unknown[] = ['manual', 'cello', 'address', 'cookie', 'memory'] satisfies Source[];
const KINDS: readonly unknown[] = ['signup', 'demo', null] satisfies (Kind | null)[];
const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy without a prototype. Pages and their libraries add properties to `Object.prototype`; we must not read those. */
const detach = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.assign(Object.create(null), value);

/** Reads an object's own property; `undefined` for an inherited one, and for anything that is not an object. */
export const readOwn = (value: unknown, key: string): unknown => (isRecord(value) ? detach(value)[key] : undefined);

const detachAll = (value: unknown): unknown =>
  isRecord(value)
    ? detach(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, detachAll(one)])))
    : value;

/** Serializes to JSON, ignoring any `toJSON` that a page has put on `Object.prototype`. */
export const writeJson = (value: object): string => JSON.stringify(detachAll(value));

/** Parses a time, in ms since 1970; `NaN` if it is not one. Date libraries (Datejs, MooTools) replace `Date.parse`. */
export const parseTime = (text: string): number => new Date(text).getTime();

const isText = (value: unknown, max: number): value is string => typeof value === 'string' && value.length <= max;
const isSource = (value: unknown): value is Source => SOURCES.includes(value);
const isKind = (value: unknown): value is Kind | null => KINDS.includes(value);
const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{8,64}$/.test(value);
/** RFC 3339 in UTC, as `toISOString` writes it; we reject any other spelling of the same moment. */
const isTime = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(value) &&
  !Number.isNaN(parseTime(value));

function parseFields(value: unknown): Record<string, string> | null {
  if (!isRecord(value)) return null;
  const fields: Record<string, string> = Object.create(null); // so that `toString` is not among the fields
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') return null;
    if (!UNSAFE_KEYS.includes(name)) fields[name] = text;
  }
  return fields;
}

/**
 * Parses a message from anything: what the endpoint received, or what the browser had stored.
 *
 * @param value - The parsed JSON. Unknown keys are dropped, so that an older endpoint understands a newer browser.
 * @returns `{ message }`, or `{ wrong: 'ucc' }` with the first key that is missing or malformed. Never throws.
 */
export function parseMessage(value: unknown): Parsed {
  if (!isRecord(value)) return { wrong: 'message' };
  const own = detach(value);
  const { v, id, type, source, at, page } = own;
  const ucc = parseUcc(own['ucc']);
  if (v !== 1) return { wrong: 'v' };
  if (!isId(id)) return { wrong: 'id' };
  if (!ucc) return { wrong: 'ucc' };
  if (!isSource(source)) return { wrong: 'source' };
  if (!isTime(at)) return { wrong: 'at' };
  if (!isText(page, 1024)) return { wrong: 'page' };
  const common: Common = { v, id, ucc, source, at, page };
  if (type === 'capture') return { message: { ...common, type } };
  if (type !== 'submission') return { wrong: 'type' };
  return parseSubmission({ ...common, type }, own);
}

/** The part that only a submission has. An invalid `ref` is dropped: it only helps to find a booking. */
function parseSubmission(
  common: Common & Pick<Submission, 'type'>,
  { kind = null, form = null, via, ref, fields: given }: Readonly<Record<string, unknown>>,
): Parsed {
  const fields = parseFields(given);
  if (!isKind(kind)) return { wrong: 'kind' };
  if (form !== null && !isText(form, 255)) return { wrong: 'form' };
  if (!isText(via, 64) || !via) return { wrong: 'via' };
  if (!fields) return { wrong: 'fields' };
  const hasRef = ref === null || isText(ref, REF_MAX);
  return { message: { ...common, kind, form, via, ...(hasRef && { ref }), fields } };
}

/**
 * Shortens a message to the wire's size limit by dropping its longest fields.
 *
 * @returns The message, and the names of the fields that were dropped.
 */
export function fitMessage(message: Message): { readonly message: Message; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  for (;;) {
    const isFitting = new TextEncoder().encode(writeJson(message)).length <= MESSAGE_MAX_BYTES;
    if (isFitting || message.type !== 'submission') return { message, dropped };
    const [longest] = Object.entries(message.fields).sort(([, a], [, b]) => b.length - a.length);
    if (!longest) return { message, dropped };
    const { [longest[0]]: _, ...fields } = message.fields;
    dropped.push(longest[0]);
    message = { ...message, fields };
  }
}
