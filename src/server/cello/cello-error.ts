/**
 * What went wrong between us and Cello.
 */

/** Why there is no good answer. */
export type CelloErrorReason =
  /** Cello does not accept the keys, or no token it gave for them (401, 403). What was sent is fine. */
  | 'denied'
  /** Cello has no time for it now: 408, 425, 429, 5xx. */
  | 'busy'
  /** Cello said no to what was sent, by any other 4xx: `status` and the message tell why. */
  | 'refused'
  /** An answer came that is not Cello's: a proxy's page, a redirect, a body that ended half way. */
  | 'unreadable'
  /** No answer came: the connection was refused, or broke. */
  | 'unreachable'
  /** No answer came in `timeoutMs`. */
  | 'timeout'
  /** The caller's `signal` ended it. */
  | 'aborted';

/** 408 and 425 say "again", 429 says "later". */
const BUSY: readonly number[] = [408, 425, 429];

/** What the status of an answer says that is no good one. */
export function readStatus(status: number): CelloErrorReason {
  if (status === 401 || status === 403) return 'denied';
  if (BUSY.includes(status) || status >= 500) return 'busy';
  return status >= 400 ? 'refused' : 'unreadable';
}

/** What a `CelloError` is made of. */
export interface CelloErrorDetails {
  readonly reason: CelloErrorReason;
  readonly status?: number | null;
  readonly ambiguous?: boolean;
  readonly retryAfterMs?: number | null;
  readonly requestId?: string | null;
}

/**
 * A call to Cello that failed. No key, token or body of ours is in it, nor a `cause` that could hold one.
 */
export class CelloError extends Error {
  override readonly name = 'CelloError';
  readonly reason: CelloErrorReason;
  /** The status of Cello's answer; `null` if none came. */
  readonly status: number | null;
  /** Whether the same call can succeed later, unchanged. `false` (`denied`, `refused`): a person must mend something first. */
  readonly retryable: boolean;
  /** Whether Cello may have counted the event although this error came. Its API v1 cannot be asked. */
  readonly ambiguous: boolean;
  /** How long Cello asks to wait, in ms, where it says so. */
  readonly retryAfterMs: number | null;
  /** Cello's trace id, from the header `apigw-requestid`: name it when you write to Cello. */
  readonly requestId: string | null;

  constructor(message: string, details: CelloErrorDetails) {
    super(message);
    const { reason, status = null, ambiguous = false, retryAfterMs = null, requestId = null } = details;
    this.reason = reason;
    this.status = status;
    this.retryable = reason !== 'denied' && reason !== 'refused';
    this.ambiguous = ambiguous;
    this.retryAfterMs = retryAfterMs;
    this.requestId = requestId;
  }
}
