/**
 * Cello's access token: fetched on first use, one request at a time, renewed before it expires.
 * https://docs.cello.so/api-reference/authentication/get-token
 */

import { isFields } from '../input/index.js';
import { CelloError, readStatus } from './cello-error.js';
import type { Call } from './request.js';
import { type CelloAnswer, readReason } from './response.js';
import type { Access, SharedToken } from './token-cache.js';

/** The keys of the site's Cello account. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The tokens of one account. */
export interface Tokens {
  /** Returns a valid token. Rejects with a `CelloError`, or with a `TypeError` if the keys are missing. */
  get(): Promise<string>;
  /** Requests a new token with the keys, even if there is a valid one. Rejects as `get` does. */
  login(): Promise<string>;
  /** Drops a rejected token: the next `get` returns another. */
  drop(token: string): void;
  /** Forgets everything after even a fresh token was rejected: the next `get` logs in with the keys. */
  forget(): void;
  /** Everything that must never be shown. */
  secrets(): readonly string[];
}

/**
 * A token is renewed this long before it expires, so that none expires in transit; a short-lived one at nine tenths of
 * its life.
 */
const MARGIN_MS = 60_000;

interface Refresh {
  readonly token: string;
  readonly endsAtMs: number;
}

/** Visible ASCII: what an `authorization` header can carry. https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2 */
const readToken = (value: unknown): string | null =>
  typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) ? value : null;

const readSeconds = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;

function readAccess({ json }: CelloAnswer, sentMs: number): Access | null {
  const token = isFields(json) ? readToken(json['accessToken']) : null;
  const seconds = isFields(json) ? readSeconds(json['expiresIn']) : null;
  if (!token || !seconds) return null;
  const lifeMs = seconds * 1000;
  return { token, endsAtMs: sentMs + lifeMs, renewAtMs: sentMs + lifeMs - Math.min(MARGIN_MS, lifeMs / 10) };
}

/**
 * The response to a refresh has no refresh token, and older samples in Cello's docs have no `refreshTokenExpiresIn`.
 */
function readRefresh({ json }: CelloAnswer, sentMs: number): Refresh | null {
  const token = isFields(json) ? readToken(json['refreshToken']) : null;
  const seconds = isFields(json) ? readSeconds(json['refreshTokenExpiresIn']) : null;
  return token ? { token, endsAtMs: seconds ? sentMs + seconds * 1000 : Number.POSITIVE_INFINITY } : null;
}

/**
 * Cello's schema says 400 for bad keys; the live API answered 401. Any other refusal of a login, such as a redirect, or
 * a 404 from a wrong `baseUrl`, is not the event's fault either, and lasts until someone fixes the settings.
 */
const isDenial = ({ status, isOk }: CelloAnswer): boolean => !isOk && readStatus(status) !== 'busy';

const KEYS_ADVICE =
  'accessKeyId and secretAccessKey come from https://portal.cello.so/integrations/accesskeys of the same environment; a product id and its secret are something else';

/** What the token store depends on. */
export interface TokenOptions {
  readonly call: Call;
  /** Returns the keys. Throws a `TypeError` if they are missing. */
  readonly keys: () => Keys;
  readonly shared: SharedToken;
  readonly clock: () => number;
}

/** What is known of an account's tokens. */
interface Held {
  access: Access | null;
  refresh: Refresh | null;
  /** A token that Cello rejected. */
  refused: string | null;
}

/** Everything that must never be shown. */
function listSecrets({ access, refresh }: Held, keys: () => Keys): readonly string[] {
  const { accessKeyId, secretAccessKey } = keys();
  const tokens = [access, refresh].flatMap((one) => (one ? [one.token] : []));
  return [secretAccessKey, accessKeyId, ...tokens];
}

function createDenial(answer: CelloAnswer, secrets: readonly string[]): CelloError {
  const { status, requestId, retryAfterMs } = answer;
  const said = answer.isOk ? 'an answer without a token' : readReason(answer, secrets);
  const advice = isDenial(answer) ? `. ${KEYS_ADVICE}` : '';
  const reason = answer.isOk ? 'unreadable' : isDenial(answer) ? 'denied' : 'busy';
  const message = `POST /token: Cello answered ${status}: ${said}${advice}`;
  return new CelloError(message, { reason, status, requestId, retryAfterMs });
}

/** Requests tokens, and holds what comes. */
function createRenewal({ call, keys, shared, clock }: TokenOptions, held: Held) {
  const take = async (answer: CelloAnswer, sentMs: number): Promise<string> => {
    const next = answer.isOk ? readAccess(answer, sentMs) : null;
    if (!next) throw createDenial(answer, listSecrets(held, keys));
    held.access = next;
    held.refresh = readRefresh(answer, sentMs) ?? held.refresh;
    await shared.write(next);
    return next.token;
  };

  const login = async (): Promise<string> => {
    const body = keys();
    const sentMs = clock();
    return take(await call({ method: 'POST', path: '/token', body }), sentMs);
  };

  const renew = async (): Promise<string> => {
    const found = await shared.read();
    if (found && found.token !== held.refused && clock() < found.renewAtMs) {
      held.access = found;
      return found.token;
    }
    const sentMs = clock();
    if (held.refresh && held.refresh.endsAtMs > sentMs) {
      const answer = await call({ method: 'POST', path: '/token', body: { refreshToken: held.refresh.token } });
      if (!isDenial(answer)) return take(answer, sentMs);
    }
    held.refresh = null;
    return login();
  };

  return { login, renew };
}

/** Creates the token store of an account. */
export function createTokens(options: TokenOptions): Tokens {
  const { keys, clock } = options;
  const held: Held = { access: null, refresh: null, refused: null };
  const { login, renew } = createRenewal(options, held);
  let flight: Promise<string> | null = null;

  const renewOnce = (): Promise<string> => {
    flight ??= renew().finally(() => {
      flight = null;
    });
    return flight;
  };

  return {
    async get() {
      keys();
      const current = held.access;
      if (current && clock() < current.renewAtMs) return current.token;
      try {
        return await renewOnce();
      } catch (error) {
        // The old one is still good for a while.
        if (current && current === held.access && clock() < current.endsAtMs) return current.token;
        throw error;
      }
    },
    login,
    drop(token) {
      held.refused = token;
      if (held.access?.token === token) held.access = null;
    },
    forget() {
      held.access = null;
      held.refresh = null;
    },
    secrets: () => listSecrets(held, keys),
  };
}
