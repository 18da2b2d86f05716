/**
 * The code that a browser claims: in a submitted form or query, or in its cookies.
 */
import { createMistake, type Place } from '../../input/index.js';
import { fetchForm } from './clone.js';
import { chooseCookie, findBoth, firstUcc } from './cookies.js';
import type { Form } from './form.js';
import { readSource } from './source.js';

/**
 * Anything that can hold a code: a `Request`, `Headers`, `FormData`, `URLSearchParams`; a request of Node, Express,
 * Fastify or Koa; an API Gateway event; an object of a body parser, of cookie-parser, or of headers; Next.js's
 * `cookies()`; the text of a `Cookie` header, or of a url-encoded or JSON body.
 */
export type UccSource = object | string | null | undefined;

/** The name of the field, or several: the first one with a code counts. */
export type UccField = string | readonly string[];

/** A code and where it was found. */
export interface FoundUcc {
  readonly ucc: string;
  /** `form`: it was in the form or the query. */
  readonly evidence: 'form' | 'cookie';
}

function readNames(field: unknown, { caller }: Place): readonly string[] {
  const names = [field].flat();
  const at = { caller, path: 'field', isPublic: true };
  return names.map((name) => {
    if (typeof name === 'string' && name !== '') return name;
    throw createMistake(at, 'the name of a form field, or a list of them', field);
  });
}

const findInForm = (form: Form, names: readonly string[]): string | null =>
  firstUcc(names.flatMap((name) => form(name)));

/**
 * Finds the code in what a framework passed, and says where it was.
 *
 * @param place - The location of `source`, for the error message.
 * @throws {TypeError} If `source` cannot hold a code; says what it was.
 */
export function findUcc(source: unknown, field: UccField, place: Place): FoundUcc | null {
  const names = readNames(field, place);
  const parts = readSource(source, place);
  if (!parts) return null;
  const ucc = findInForm(parts.form, names);
  if (ucc) return { ucc, evidence: 'form' };
  const cookie = chooseCookie(parts.cookies);
  return cookie ? { ucc: cookie, evidence: 'cookie' } : null;
}

/**
 * Like `findUcc`, but also reads a clone of a fetch `Request` with an unread body, so that the site can still read its
 * own. If the body was already read, only the query and the cookies are searched.
 */
export async function fetchUcc(source: unknown, field: UccField, place: Place): Promise<FoundUcc | null> {
  const form = await fetchForm(source);
  const ucc = form && findInForm(form, readNames(field, place));
  return ucc ? { ucc, evidence: 'form' } : findUcc(source, field, place);
}

/**
 * Reads the referral code from what a browser sent. It is unverified: use it to name the referrer of a user whom your
 * own login has identified, never to identify the user.
 *
 * In a request, the form and the query take precedence over the cookies. The body of a fetch `Request` is not read:
 * pass its `formData()`, or the object from its `json()`.
 *
 * @param source - What your framework provides: see `UccSource`.
 * @param field - The form field's name, if you changed it with `data-field`. Default: `'ucc'`.
 * @returns The code (in a repeated field, the first valid one); `null` if there is none, or for `null` and `undefined`.
 * @example
 * readUcc(request) ?? readUcc(await request.formData());
 * readUcc(await cookies());
 * @throws {TypeError} If `source` cannot hold a code, e.g. a number or a promise; says what it was.
 */
export const readUcc = (source: UccSource, field: UccField = 'ucc'): string | null =>
  findUcc(source, field, { caller: 'readUcc', path: 'source' })?.ucc ?? null;

/**
 * The code in Cello's own cookie; if there are several, the first valid one. The cookie holds plain text, so a `%41` in
 * it is a `%41` in the code. https://docs.cello.so/landing-pages/manage-cookies
 */
export const readCelloCookie = (header: string): string | null => firstUcc(findBoth(header).cello);
