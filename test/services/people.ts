import { type Cello, type CelloOptions, createCello } from 'cello-companion/server';
import { startCelloApi } from '../../stand-ins/cello-api.mjs';

/** A code that the stand-in of Cello's API knows. */
export const UCC = 'pNRB1aYqArN';

/** A sign-up of somebody. */
export const signupOf = (id: string) => ({ ucc: UCC, user: { id, email: `${id}@example.com`, name: 'Ada' } });

/** The stand-in of Cello's API. */
export type CelloApi = Awaited<ReturnType<typeof startCelloApi>>;

/** A client of a stand-in. */
export const connect = (api: CelloApi, options: Partial<CelloOptions> = {}): Cello =>
  createCello({ accessKeyId: api.accessKeyId, secretAccessKey: api.secretAccessKey, baseUrl: api.url, ...options });

/** Runs work against a stand-in of its own. */
export async function withCelloApi(
  work: (api: CelloApi) => Promise<void>,
  options: Parameters<typeof startCelloApi>[0] = {},
): Promise<void> {
  const api = await startCelloApi(options);
  try {
    await work(api);
  } finally {
    await api.close();
  }
}

/** What a call rejects with. */
export async function catchError(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection, and it resolved');
}
