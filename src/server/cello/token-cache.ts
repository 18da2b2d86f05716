/**
 * The access token, shared between processes that live for a moment. A cache that is broken costs a login, never a call.
 */
import { hash } from '../../ucc.js';
import { runWithin } from '../clock/index.js';
import { describeError, isFields } from '../input/index.js';

/** Where processes that live for a moment share the access token: a key-value store, a table, a file. */
export interface TokenCache {
  /** Gives the text that was set last; `null` if there is none. */
  get(): Promise<string | null>;
  /** Keeps a text until `expiresAt`. It holds a token that opens the account: keep it as safe as the keys. */
  set(text: string, options: { readonly expiresAt: Date }): Promise<void>;
}

/** An access token, and how long it is good. */
export interface Access {
  readonly token: string;
  readonly renewAtMs: number;
  readonly endsAtMs: number;
}

/** The cache, read and written in our own format. Neither verb ever rejects, nor takes longer than a second. */
export interface SharedToken {
  read(): Promise<Access | null>;
  write(access: Access): Promise<void>;
}

/** A login takes about as long: whoever waits longer for a cache has nothing of it. */
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
    return null; // SyntaxError: somebody else's text
  }
}

/**
 * Makes the reader and writer of a cache.
 *
 * @param account - What the token belongs to. A cache that production and a preview share then mixes nothing up.
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
