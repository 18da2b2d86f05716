/**
 * One call to Cello's API: it ends in time, and its errors do not reveal what was sent.
 */

import { DeadlineError, runWithin } from '../clock/index.js';
import { isFields } from '../input/index.js';
import { CelloError } from './cello-error.js';
import { type CelloAnswer, readAnswer } from './response.js';

/** A request to Cello's API. */
export interface CelloRequest {
  readonly method: 'GET' | 'POST';
  /** Already percent-encoded. */
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  /** Whether Cello counts it, so that it is not idempotent. */
  readonly isCounted?: boolean;
}

/** Makes one call. Rejects with a `CelloError` if there is no response; resolves for a response of any status. */
export type Call = (request: CelloRequest, signal?: AbortSignal | undefined) => Promise<CelloAnswer>;

/** What a call depends on. */
export interface CallOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  /** For the whole call, including the response body. */
  readonly timeoutMs: number;
  readonly clock: () => number;
}

/**
 * With these errors, the request was never sent: no connection was made. https://nodejs.org/api/errors.html, and for
 * undici https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md
 */
const UNSENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

/** Node's `fetch` rejects with `TypeError: fetch failed`, with the error code on its `cause`. */
function readErrorCode(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = isRecordWithCode(cause) ? cause.code : isRecordWithCode(error) ? error.code : null;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : null;
}

const isRecordWithCode = (value: unknown): value is { readonly code: unknown } => isFields(value) && 'code' in value;

const SENTENCES: Record<'timeout' | 'aborted' | 'unreachable', string> = {
  timeout: 'did not answer in time',
  aborted: 'did not answer before the call was aborted',
  unreachable: 'could not be reached, or the connection broke',
};

/** Creates the function that calls Cello's API. */
export function createCall({ baseUrl, fetch, timeoutMs, clock }: CallOptions): Call {
  const send = ({ method, path, body, token }: CelloRequest, signal: AbortSignal) =>
    fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // An API does not move during a call. Following a 307 would send the event, and the keys, to another host.
      redirect: 'manual',
      signal,
    });
  return async (request, outer) => {
    let hasLeft = false;
    try {
      return await runWithin(
        async (signal) => {
          hasLeft = true;
          return readAnswer(await send(request, signal), clock());
        },
        { timeoutMs, signal: outer },
      );
    } catch (error) {
      // Anything may be thrown here, also by the site's own `fetch`, and it may contain the keys: only its code is
      // kept.
      const code = readErrorCode(error);
      const reason = error instanceof DeadlineError ? error.reason : 'unreachable';
      throw new CelloError(
        `${request.method} ${request.path.split('/', 2).join('/')}: Cello ${SENTENCES[reason]}${code ? ` (${code})` : ''}`,
        { reason, ambiguous: !!request.isCounted && hasLeft && !(code && UNSENT.includes(code)) },
      );
    }
  };
}
