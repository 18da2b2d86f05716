/**
 * What frameworks provide, recognized by its features and not by its class: a site may have two copies of a class.
 */
import { createMistake, type Fields, isFields, type Place } from '../../input/index.js';
import { type CookieValues, findBoth, getBoth } from './cookies.js';
import {
  EMPTY,
  type Form,
  isEntries,
  joinForms,
  readBody,
  readEntries,
  readObject,
  readQuery,
  readText,
} from './form.js';

/** A request's form (or query) and its cookies. */
export interface Parts {
  readonly form: Form;
  readonly cookies: CookieValues;
}

const NO_COOKIES: CookieValues = { ours: [], cello: [] };

const has = (cookies: CookieValues): boolean => cookies.ours.length > 0 || cookies.cello.length > 0;

type Getter = (name: string) => unknown;

/** The `get` of `Headers`, and of the cookies of Next.js, SvelteKit, Astro and Bun. */
const findGetter = (value: object): Getter | null => {
  const get: unknown = Reflect.get(value, 'get');
  return typeof get === 'function' ? (name) => Reflect.apply(get, value, [name]) : null;
};

const readHeader = (value: unknown): CookieValues =>
  typeof value === 'string' ? findBoth(value) : Array.isArray(value) ? findBoth(value.join('; ')) : NO_COOKIES;

/** The `Cookie` in a headers object, case-insensitively; several lines are joined. */
function findCookieHeader(headers: unknown): unknown {
  if (!isFields(headers)) return undefined;
  const name = Object.keys(headers).find((one) => one.toLowerCase() === 'cookie');
  return name === undefined ? undefined : headers[name];
}

/** By name if there is no header: from cookie-parser, or from API Gateway's list of pairs. */
function readCookies(headers: unknown, cookies: unknown): CookieValues {
  const found = readHeader(findCookieHeader(headers));
  if (has(found)) return found;
  if (Array.isArray(cookies)) return readHeader(cookies);
  return isFields(cookies) ? getBoth((name) => (Object.hasOwn(cookies, name) ? cookies[name] : undefined)) : NO_COOKIES;
}

/** A fetch `Request` (or h3's event): its query and its cookies only, because reading its body is asynchronous. */
const readFetchRequest = ({ url, path }: Fields, get: Getter): Parts => ({
  form: readQuery(url ?? path),
  cookies: readHeader(get('cookie')),
});

/** https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html */
const isGatewayEvent = (source: Fields): boolean =>
  isFields(source['requestContext']) && ('headers' in source || 'multiValueHeaders' in source);

function decodeGatewayBody({ body, isBase64Encoded }: Fields): unknown {
  if (typeof body !== 'string' || isBase64Encoded !== true) return body;
  try {
    return Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  } catch {
    return null; // InvalidCharacterError: not base64 after all
  }
}

/** Version 1 has the parsed query, in two shapes; version 2 and function URLs have its text. */
function readGatewayEvent(source: Fields): Parts {
  const { rawQueryString, multiValueQueryStringParameters, queryStringParameters, headers, multiValueHeaders } = source;
  const query =
    typeof rawQueryString === 'string'
      ? readText(rawQueryString)
      : readBody(multiValueQueryStringParameters ?? queryStringParameters);
  const cookies = readCookies(headers, source['cookies']);
  return {
    form: joinForms(readBody(decodeGatewayBody(source)), query),
    cookies: has(cookies) ? cookies : readCookies(multiValueHeaders, null),
  };
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

/** A request of Node's `http`, Express, Fastify or Koa, with what their parsers left. */
function readNodeRequest(source: Fields): Parts {
  const { body, query, url, originalUrl, headers, cookies } = source;
  const asked = isFields(query) ? readObject(query) : readQuery(originalUrl ?? url);
  const own = isPlain(source) ? readObject(source) : EMPTY; // a form with a field of this name
  return { form: joinForms(readBody(body), asked, own), cookies: readCookies(headers, cookies) };
}

/**
 * The request in the context that Koa, SvelteKit, Astro, React Router (`request`), h3 (`req`) and Hono (`raw`) pass to
 * a route. A visitor's JSON has neither functions nor a class, so it cannot contain one.
 */
function findInner(source: Fields, name: 'request' | 'req' | 'raw'): Fields | null {
  const inner = source[name];
  if (!isFields(inner) || !isFields(inner['headers'])) return null;
  return findGetter(inner['headers']) || !isPlain(source) ? inner : null;
}

const isResponse = ({ status }: Fields): boolean => typeof status === 'number';

function readRequest(source: Fields): Parts | null {
  const { headers } = source;
  if (isGatewayEvent(source)) return readGatewayEvent(source);
  if (!isFields(headers) || isResponse(source)) return null;
  const get = findGetter(headers);
  return get ? readFetchRequest(source, get) : readNodeRequest(source);
}

/** Cookies by name, or `Headers`. A `Map` has a `get` too, but we cannot know what it holds. */
function readByName(source: Fields): Parts | null {
  const get = source instanceof Map ? null : findGetter(source);
  if (!get) return null;
  const named = getBoth(get);
  return { form: EMPTY, cookies: has(named) ? named : readHeader(get('cookie')) };
}

/** Reads plain objects and instances of the site's own classes; not a `Date`, a `Map`, a `Response` or a `Blob`. */
const readPlain = (source: Fields): Parts | null =>
  Object.prototype.toString.call(source) === '[object Object]'
    ? { form: readObject(source), cookies: readCookies(source, source) }
    : null;

function readObjectSource(source: Fields): Parts | null {
  const context = findInner(source, 'request'); // first, because Koa's context has headers, and the response's body
  if (context) return readRequest(context);
  const request = readRequest(source);
  if (request) return request;
  const inner = findInner(source, 'req') ?? findInner(source, 'raw');
  return inner ? readRequest(inner) : (readByName(source) ?? readPlain(source));
}

/**
 * Recognizes a source.
 *
 * @returns `null` for `null` and `undefined`.
 * @throws {TypeError} If it is not one; says what it was.
 */
export function readSource(source: unknown, place: Place): Parts | null {
  if (source === null || source === undefined) return null;
  if (typeof source === 'string') {
    const cookies = findBoth(source);
    return has(cookies) ? { form: EMPTY, cookies } : { form: readText(source), cookies };
  }
  if (isEntries(source)) return { form: readEntries(source), cookies: NO_COOKIES };
  if (isFields(source) && typeof source['then'] !== 'function') {
    const parts = readObjectSource(source);
    if (parts) return parts;
  }
  const expected =
    'a request, a form, a body, headers, cookies, or the text of one of them (for a promise: its result)';
  throw createMistake(place, expected, source);
}
