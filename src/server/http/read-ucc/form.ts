/**
 * A submitted form, in every shape that a body may have when it reaches the site's code: parsed, or as raw text.
 */
import { type Fields, isFields } from '../../input/index.js';

/** Returns everything that was sent under a name. */
export type Form = (name: string) => readonly unknown[];

/** A form without fields. */
export const EMPTY: Form = () => [];

interface Entries {
  getAll(name: string): unknown;
  append: unknown;
}

/**
 * Whether it is `FormData` or `URLSearchParams`, including polyfills. Next.js's cookies have `getAll` too, but no
 * `append`; Workers' `Headers` have both, and throw: https://developers.cloudflare.com/workers/runtime-apis/headers/
 */
export const isEntries = (value: unknown): value is Entries =>
  typeof value === 'object' &&
  value !== null &&
  typeof Reflect.get(value, 'getAll') === 'function' &&
  typeof Reflect.get(value, 'append') === 'function' &&
  !(value instanceof Headers);

/** Reads `FormData` or `URLSearchParams`. */
export const readEntries =
  (entries: Entries): Form =>
  (name) =>
    [entries.getAll(name)].flat();

/** A field of `@fastify/multipart` is an object with a `value`; a repeated one is an array. */
const unwrap = (value: unknown): readonly unknown[] =>
  [value]
    .flat()
    .flatMap((one: unknown) => (isFields(one) && Object.hasOwn(one, 'value') ? [one['value']].flat() : [one]));

const getOwn = (fields: unknown, name: string): unknown =>
  isFields(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;

/** Reads a body parser's object. `form[ucc]` is found under that name, and where `qs` puts it. */
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

/** Reads a body's text: JSON or url-encoded. Anything else has no fields. */
export function readText(text: string): Form {
  if (!/^\s*\{/.test(text)) return readEntries(new URLSearchParams(text));
  const json = parseJson(text);
  return isFields(json) ? readObject(json) : EMPTY;
}

/** Reads a framework's `body`: an object, a string, bytes; or nothing, if there was no parser. */
export function readBody(body: unknown): Form {
  if (typeof body === 'string') return readText(body);
  if (body instanceof Uint8Array) return readText(new TextDecoder().decode(body));
  if (isEntries(body)) return readEntries(body);
  return isFields(body) ? readObject(body) : EMPTY;
}

/** Reads the query of a URL, absolute or starting with its path. */
export function readQuery(url: unknown): Form {
  const [, query = ''] = typeof url === 'string' ? (/\?([^#]*)/.exec(url) ?? []) : [];
  return readEntries(new URLSearchParams(query));
}

/** Combines several forms: for each name, the values of earlier forms come first. */
export const joinForms =
  (...forms: readonly Form[]): Form =>
  (name) =>
    forms.flatMap((form) => form(name));
