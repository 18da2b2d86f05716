/**
 * What went wrong between us and Cello.
 */

/** Why there is no good answer. */
export type CelloErrorReason =
  /** Cello answered, and said no: `status` and the message tell why. */
  | 'refused'
  /** Cello does not accept the keys, or no token it gave for them. What was sent is fine. */
  | 'denied'
  /** An answer came that is not Cello's: a proxy's page, a body that ended half way. */
  | 'unreadable'
  /** No answer came: the connection was refused, or broke. */
  | 'unreachable'
  /** No answer came in `timeoutMs`. */
  | 'timeout'
  /** The caller's `signal` ended it. */
  | 'aborted';

/** What a `CelloError` is made of. */
export interface CelloErrorDetails {
  readonly reason: CelloErrorReason;
  readonly status?: number | null;
  readonly ambiguous?: boolean;
  readonly retryAfterMs?: number | null;
  readonly requestId?: string | null;
}

/** 408 and 425 say "again", 429 says "later". */
const REPEATABLE: readonly number[] = [408, 425, 429];

const isRepeatable = ({ reason, status = null }: CelloErrorDetails): boolean =>
  reason !== 'refused' || status === null || REPEATABLE.includes(status) || status >= 500;

/**
 * A call to Cello that failed. No key, token or body of ours is in it, nor a `cause` that could hold one.
 */
export class CelloError extends Error {
  override readonly name = 'CelloError';
  readonly reason: CelloErrorReason;
  /** The status of Cello's answer; `null` if none came. */
  readonly status: number | null;
  /** Whether the same call can succeed later, unchanged. `false`: what was sent must be mended first. */
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
    this.retryable = isRepeatable(details);
    this.ambiguous = ambiguous;
    this.retryAfterMs = retryAfterMs;
    this.requestId = requestId;
  }
}
