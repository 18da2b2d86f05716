/**
 * The access token, shared between short-lived processes. A broken cache costs a login, never a call.
 */
import { hash } from '../../ucc.js';
import { runWithin } from '../clock/index.js';
import { describeError, isFields } from '../input/index.js';

/** Where short-lived processes share the access token: a key-value store, a table, a file. */
export interface TokenCache {
  /** Returns the text that was set last; `null` if there is none. */
  get(): Promise<string | null>;
  /** Stores a text until `expiresAt`. It holds a token that gives access to the account: protect it like the keys. */
  set(text: string, options: { readonly expiresAt: Date }): Promise<void>;
}

/** An access token and its lifetime. */
export interface Access {
  readonly token: string;
  readonly renewAtMs: number;
  readonly endsAtMs: number;
}

/** The cache, read and written in our own format. Neither method ever rejects, or takes longer than a second. */
export interface SharedToken {
  read(): Promise<Access | null>;
  write(access: Access): Promise<void>;
}

/** A login takes about as long, so waiting longer for a cache gains nothing. */
const TIMEOUT_MS = 1000;

function parseAccess(text: unknown, account: string): Access | null {
  if (typeof text !== 'string') return null;
  const json: unknown = parseJson(text);
  if (!isFields(json) || json['account'] !== account) return null;
  const { token, renewAtMs, endsAtMs } = json;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return null;
  return typeof renewAtMs === 'number' && typeof endsAtMs === 'number' ? { token, renewAtMs, endsAtMs } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // SyntaxError: not written by us
  }
}

/**
 * Creates the reader and writer of a cache.
 *
 * @param account - The account that the token belongs to, so that production and preview can share a cache without a
 *   mix-up.
 */
export function createSharedToken(cache: TokenCache | null, account: () => string): SharedToken {
  let isWarned = false;
  const attempt = async (verb: 'get' | 'set', work: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await runWithin(work, { timeoutMs: TIMEOUT_MS });
    } catch (error) {
      if (!isWarned)
        console.warn(
          `[cello-companion] "tokenCache.${verb}" failed (${describeError(error)}): each process logs in to Cello by itself`,
        );
      isWarned = true;
      return null;
    }
  };
  const fingerprint = () => hash(account()).toString(36);
  return {
    async read() {
      if (!cache) return null;
      return parseAccess(await attempt('get', async () => cache.get()), fingerprint());
    },
    async write(access) {
      if (!cache) return;
      const text = JSON.stringify({ account: fingerprint(), ...access });
      await attempt('set', async () => cache.set(text, { expiresAt: new Date(access.endsAtMs) }));
    },
  };
}
