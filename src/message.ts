/**
 * The wire between browser and endpoint: one type, one parser, used by both sides.
 */
import { parseUcc } from './ucc.js';

/** What a message may weigh on the wire, in UTF-8 bytes. */
export const MESSAGE_MAX_BYTES = 4096;

/** How long a vendor's id may be. */
const REF_MAX = 255;

/** Where a code was found. */
export type Source = 'manual' | 'cello' | 'address' | 'cookie' | 'memory';

/** A code with where it was found. */
export interface Found {
  readonly ucc: string;
  readonly source: Source;
}

/** What a form is for. */
export type Kind = 'signup' | 'demo';

interface Common {
  /** The version of this format. */
  readonly v: 1;
  /** Made once, the same on every try: the idempotency key. A UUID. */
  readonly id: string;
  /** The referral code. */
  readonly ucc: string;
  readonly source: Source;
  /** When it happened in the browser, by the browser's clock: RFC 3339, UTC. */
  readonly at: string;
  /** The path of the page, without query and fragment. */
  readonly page: string;
}

/** A code was found: once per code and browser. */
export interface Capture extends Common {
  readonly type: 'capture';
}

/** A visitor submitted something. It does not say that the site accepted it. */
export interface Submission extends Common {
  readonly type: 'submission';
  /** What the form is for; `null` where the page does not say. */
  readonly kind: Kind | null;
  /** The form's id, else its name, else `null`. */
  readonly form: string | null;
  /** `form`, `report`, or the name of an embed. */
  readonly via: string;
  /** The vendor's own id of a booking or response, where there is one: at most 255 characters. */
  readonly ref?: string | null;
  /** The fields that the site asked for, by name. Never a password. */
  readonly fields: Readonly<Record<string, string>>;
}

export type Message = Capture | Submission;

/** What the endpoint did with a message: its answer's `status`. */
export type Verdict = 'recorded' | 'duplicate' | 'ignored';

/** The endpoint's answer to a message. */
export interface Answer {
  readonly status: Verdict;
  /** The site asks the browser to forget the code: this visitor has converted. */
  readonly forget?: true;
}

/** A message, or the name of the part that is wrong with it. */
export type Parsed =
  | { readonly message: Message; readonly wrong?: never }
  | { readonly message?: never; readonly wrong: string };

const SOURCES: readonly unknown[] = ['manual', 'cello', 'address', 'cookie', 'memory'] satisfies Source[];
const KINDS: readonly unknown[] = ['signup', 'demo', null] satisfies (Kind | null)[];
const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy without a prototype. Pages and their libraries add to `Object.prototype`, and nothing of it is ours. */
const detach = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.assign(Object.create(null), value);

/** Reads a property that an object has itself; `undefined` for any other, and of what is no object. */
export const readOwn = (value: unknown, key: string): unknown => (isRecord(value) ? detach(value)[key] : undefined);

const detachAll = (value: unknown): unknown =>
  isRecord(value)
    ? detach(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, detachAll(one)])))
    : value;

/** Writes JSON text that no `toJSON` of a page's `Object.prototype` changes. */
export const writeJson = (value: object): string => JSON.stringify(detachAll(value));

/** Reads a time, in ms since 1970; `NaN` where it is none. `Date.parse` is replaced by date libraries (Datejs, MooTools). */
export const parseTime = (text: string): number => new Date(text).getTime();

const isText = (value: unknown, max: number): value is string => typeof value === 'string' && value.length <= max;
const isSource = (value: unknown): value is Source => SOURCES.includes(value);
const isKind = (value: unknown): value is Kind | null => KINDS.includes(value);
const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{8,64}$/.test(value);
/** RFC 3339 in UTC, as `toISOString` writes it: another spelling of the same moment is not ours. */
const isTime = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(value) &&
  !Number.isNaN(parseTime(value));

function parseFields(value: unknown): Record<string, string> | null {
  if (!isRecord(value)) return null;
  const fields: Record<string, string> = Object.create(null); // nobody shall find `toString` among the fields
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') return null;
    if (!UNSAFE_KEYS.includes(name)) fields[name] = text;
  }
  return fields;
}

/**
 * Reads a message out of anything: what the endpoint got from the network, what the browser kept in its storage.
 *
 * @param value - The parsed JSON. Unknown keys are left out, so that an older endpoint understands a newer browser.
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

/** The part of a submission that a capture has not. A `ref` that is none is left out: it only helps to find a booking. */
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
 * Makes a message fit the wire: where its JSON text is too long, the longest fields are left out.
 *
 * @returns The message, and the names of the fields that were left out.
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
