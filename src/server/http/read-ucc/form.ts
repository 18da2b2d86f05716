/**
 * A submitted form, in every shape that a body takes on its way to a site's own code: what a parser made of it, or the
 * text as it came.
 */
import { type Fields, isFields } from '../../input/index.js';

/** Gives everything that was sent under a name. */
export type Form = (name: string) => readonly unknown[];

/** A form that has nothing. */
export const EMPTY: Form = () => [];

interface Entries {
  getAll(name: string): unknown;
  append: unknown;
}

/** `FormData` and `URLSearchParams`, those of a polyfill too. Next.js's cookies have `getAll` as well, but no `append`. */
export const isEntries = (value: unknown): value is Entries =>
  typeof value === 'object' &&
  value !== null &&
  typeof Reflect.get(value, 'getAll') === 'function' &&
  typeof Reflect.get(value, 'append') === 'function';

/** Reads `FormData` or `URLSearchParams`. */
export const readEntries =
  (entries: Entries): Form =>
  (name) =>
    [entries.getAll(name)].flat();

/** A field of `@fastify/multipart` is an object with a `value`; one that was sent twice is a list. */
const unwrap = (value: unknown): readonly unknown[] =>
  [value]
    .flat()
    .flatMap((one: unknown) => (isFields(one) && Object.hasOwn(one, 'value') ? [one['value']].flat() : [one]));

const getOwn = (fields: unknown, name: string): unknown =>
  isFields(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;

/** Reads the object that a body parser made. `form[ucc]` is found under that name, and where `qs` puts it. */
export const readObject =
  (fields: Fields): Form =>
  (name) => {
    if (Object.hasOwn(fields, name) || !name.includes('[')) return unwrap(getOwn(fields, name));
    return unwrap(
      name
        .split(/[[\]]+/)
        .filter(Boolean)
        .reduce<unknown>(getOwn, fields),
    );
  };

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // SyntaxError: the visitor sent something else
  }
}

/** Reads the text of a body: JSON, or url-encoded. Whatever else a visitor sends has no field. */
export function readText(text: string): Form {
  if (!/^\s*\{/.test(text)) return readEntries(new URLSearchParams(text));
  const json = parseJson(text);
  return isFields(json) ? readObject(json) : EMPTY;
}

/** Reads what a framework calls the body: an object, a text, bytes; or nothing, if no parser was there. */
export function readBody(body: unknown): Form {
  if (typeof body === 'string') return readText(body);
  if (body instanceof Uint8Array) return readText(new TextDecoder().decode(body));
  if (isEntries(body)) return readEntries(body);
  return isFields(body) ? readObject(body) : EMPTY;
}

/** Reads the query of an address, whole or from its path on. */
export function readQuery(url: unknown): Form {
  const [, query = ''] = typeof url === 'string' ? (/\?([^#]*)/.exec(url) ?? []) : [];
  return readEntries(new URLSearchParams(query));
}

/** Reads several forms as one: the first one that has a name comes first. */
export const joinForms =
  (...forms: readonly Form[]): Form =>
  (name) =>
    forms.flatMap((form) => form(name));
