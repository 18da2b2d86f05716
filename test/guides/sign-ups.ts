/** What a guide's server must do: the people who sign up, and the codes that Cello must have of them. */
import { expect } from 'playwright/test';
import type { startCelloApi } from '../../stand-ins/cello-api.mjs';
import { OWN, submission } from '../services/messages.js';
import { send } from '../services/wire.js';

export type CelloApi = Awaited<ReturnType<typeof startCelloApi>>;

const PATIENCE_MS = 90_000;

/** The codes that Cello got, by the person's address. */
export async function readCodes(cello: CelloApi, count: number): Promise<Record<string, string>> {
  await expect.poll(() => cello.events.length, { timeout: PATIENCE_MS }).toBe(count);
  return Object.fromEntries(cello.events.map(({ context, payload }) => [context.newUser.email, payload.ucc]));
}

export const asForm = (fields: Record<string, string>) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: String(new URLSearchParams(fields)),
});
export const asJson = (fields: Record<string, string>) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(fields),
});

/** A sign-up of the site: its fields and its `Cookie` header. */
export type SignUp = (fields: Record<string, string>, cookie?: string) => ReturnType<typeof send>;

/** Signs up at `/signup`. */
export const signUpAt =
  (
    origin: string,
    write: (fields: Record<string, string>) => { headers: Record<string, string>; body: string } = asForm,
  ): SignUp =>
  (fields, cookie = '') => {
    const { headers, body } = write(fields);
    return send(origin, { path: '/signup', headers: { ...headers, cookie }, body });
  };

/** What a server must do that receives messages at `/api/cello`: four people sign up, and three of them have a code. */
export async function exercise(cello: CelloApi, origin: string, signUp: SignUp): Promise<void> {
  const message = submission({ ucc: 'fromMessage', fields: { email: 'cleo@example.com' } });
  expect((await send(origin, { headers: OWN, body: JSON.stringify(message) })).status).toBe(202);
  const answer = await signUp({ email: 'ada@example.com', ucc: 'fromForm' }, 'cello-referral=fromCookie');
  expect([answer.status, answer.headers['location']]).toEqual([303, '/welcome']);
  expect((await signUp({ email: 'bob@example.com', ucc: '' }, 'cello-referral=fromCookie')).status).toBe(303);
  expect((await signUp({ email: 'cleo@example.com' })).status).toBe(303);
  expect((await signUp({ email: 'dora@example.com' })).status).toBe(303);
  expect(await readCodes(cello, 3)).toEqual({
    'ada@example.com': 'fromForm',
    'bob@example.com': 'fromCookie',
    'cleo@example.com': 'fromMessage',
  });
}
