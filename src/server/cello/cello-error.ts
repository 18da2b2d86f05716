/**
 * Errors of calls to Cello.
 */

/** Why a call failed. */
export type CelloErrorReason =
  /** Cello rejects the keys, or every token issued for them (401, 403). What was sent is fine. */
  | 'denied'
  /** Cello cannot process it now: 408, 425, 429, 5xx. */
  | 'busy'
  /** Cello rejected what was sent, with any other 4xx: see `status` and the message. */
  | 'refused'
  /** The response is not Cello's: a proxy's page, a redirect, a truncated body. */
  | 'unreadable'
  /** There was no response: the connection was refused, or broke. */
  | 'unreachable'
  /** There was no response within `timeoutMs`. */
  | 'timeout'
  /** The caller's `signal` aborted it. */
  | 'aborted';

/** 408 and 425 mean "again", 429 means "later". */
const BUSY: readonly number[] = [408, 425, 429];

/** The reason that an error status stands for. */
export function readStatus(status: number): CelloErrorReason {
  if (status === 401 || status === 403) return 'denied';
  if (BUSY.includes(status) || status >= 500) return 'busy';
  return status >= 400 ? 'refused' : 'unreadable';
}

/** The details of a `CelloError`. */
export interface CelloErrorDetails {
  readonly reason: CelloErrorReason;
  readonly status?: number | null;
  readonly ambiguous?: boolean;
  readonly retryAfterMs?: number | null;
  readonly requestId?: string | null;
}

/** A failed call to Cello. It contains no key, token or request body, and no `cause` that could hold one. */
export class CelloError extends Error {
  override readonly name = 'CelloError';
  readonly reason: CelloErrorReason;
  /** The status of Cello's response; `null` if there was none. */
  readonly status: number | null;
  /**
   * Whether the same call can succeed later, unchanged. `false` (`denied`, `refused`): someone must fix something
   * first.
   */
  readonly retryable: boolean;
  /** Whether Cello may have counted the event despite this error. Its API v1 has no way to check. */
  readonly ambiguous: boolean;
  /** How long Cello asks to wait, in ms, if it does. */
  readonly retryAfterMs: number | null;
  /** Cello's trace id, from the header `apigw-requestid`: quote it when you contact Cello. */
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
