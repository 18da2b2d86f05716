/**
 * The code that a browser claims: in a submitted form or query, or in its cookies.
 */
import { createMistake, type Place } from '../../input/index.js';
import { fetchForm } from './clone.js';
import { chooseCookie, findBoth, firstUcc } from './cookies.js';
import type { Form } from './form.js';
import { readSource } from './source.js';

/**
 * What a code is read from: a `Request`, `Headers`, `FormData`, `URLSearchParams`; a request of Node, Express, Fastify or
 * Koa; an API Gateway event; the object of a body parser, of cookie-parser, of headers; Next.js's `cookies()`; the text of
 * a `Cookie` header, of a url-encoded or of a JSON body.
 */
export type UccSource = object | string | null | undefined;

/** The name of the field, or several: the first one that holds a code counts. */
export type UccField = string | readonly string[];

/** A code, and what speaks for it. */
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
 * Finds the code in what a framework handed over, and says where it was.
 *
 * @param place - Where `source` stands, for the error.
 * @throws {TypeError} If `source` is nothing that could hold a code: it says what came.
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
 * The same, and of a fetch `Request` whose body nobody has read yet a clone is read too: the site can still read its own.
 * Of one that was read there are the query and the cookies.
 */
export async function fetchUcc(source: unknown, field: UccField, place: Place): Promise<FoundUcc | null> {
  const form = await fetchForm(source);
  const ucc = form && findInForm(form, readNames(field, place));
  return ucc ? { ucc, evidence: 'form' } : findUcc(source, field, place);
}

/**
 * Reads the referral code out of what a browser sent. It is a claim: good for naming the referrer of a user whom your
 * own login knows, not for knowing the user.
 *
 * Of a request the form and the query count first, then the cookies. The body of a fetch `Request` is not read: hand over
 * its `formData()`, or the object of its `json()`.
 *
 * @param source - What your framework hands over: see `UccSource`.
 * @param field - The form field's name, if you changed it with `data-field`. Default: `'ucc'`.
 * @returns The code, of a repeated field the first valid one; `null` if there is none, also of `null` and `undefined`.
 * @example
 * readUcc(request) ?? readUcc(await request.formData());
 * readUcc(await cookies());
 * @throws {TypeError} If `source` is nothing that could hold a code, such as a number or a promise: it says what came.
 */
export const readUcc = (source: UccSource, field: UccField = 'ucc'): string | null =>
  findUcc(source, field, { caller: 'readUcc', path: 'source' })?.ucc ?? null;

/**
 * The code in Cello's own cookie; of several the first valid one. It stands there as plain text, so a `%41` in it is a
 * `%41` of the code. https://docs.cello.so/landing-pages/manage-cookies
 */
export const readCelloCookie = (header: string): string | null => firstUcc(findBoth(header).cello);
