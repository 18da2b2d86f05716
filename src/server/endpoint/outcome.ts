/**
 * The outcome of a request, before it becomes a `Response`.
 */
import type { Answer, Message } from '../../message.js';

/** A response to be written. */
export interface EndpointOutcome {
  readonly status: number;
  /** `recorded`, `duplicate`, `ignored`, `preflight`, or the reason for a refusal. */
  readonly reason: string;
  /** The answer to the message, if it was accepted. */
  readonly answer?: Answer;
  readonly message?: Message;
  readonly headers?: Readonly<Record<string, string>>;
  /** The error that the site's own code threw. */
  readonly error?: unknown;
}

/** How long a browser waits before it retries after a failure on our side. Its first retry may come later. */
export const RETRY_AFTER_SECONDS = 5;

/** Creates a refusal: sending the same again does not help. */
export const refuse = (
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): EndpointOutcome => ({
  status,
  reason,
  headers,
});

/** Creates a temporary failure: the same message is welcome later. */
export const postpone = (status: 429 | 503, reason: string, seconds: number, error?: unknown): EndpointOutcome => ({
  ...refuse(status, reason, { 'Retry-After': String(seconds) }),
  error,
});

/** Creates the outcome of an accepted message. */
export const accept = (answer: Answer): EndpointOutcome => ({ status: 202, reason: answer.status, answer });
