/**
 * What came of a request, before it is a `Response`.
 */
import type { Answer, Message } from '../../message.js';

/** An answer in the making. */
export interface EndpointOutcome {
  readonly status: number;
  /** `recorded`, `duplicate`, `ignored`, `preflight`, or why not. */
  readonly reason: string;
  /** What the message came to, if it did. */
  readonly answer?: Answer;
  readonly message?: Message;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the site's own code threw. */
  readonly error?: unknown;
}

/** How long a browser waits before it tries again what failed on our side. Its first try again is free to come later. */
export const RETRY_AFTER_SECONDS = 5;

/** A refusal: sending the same again does not help. */
export const refuse = (
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): EndpointOutcome => ({
  status,
  reason,
  headers,
});

/** A failure that passes: the same is welcome later. */
export const postpone = (status: 429 | 503, reason: string, seconds: number, error?: unknown): EndpointOutcome => ({
  ...refuse(status, reason, { 'Retry-After': String(seconds) }),
  error,
});

/** A message that was taken. */
export const accept = (answer: Answer): EndpointOutcome => ({ status: 202, reason: answer.status, answer });
