/**
 * What `send` rejected with, and what that says about the event and about Cello.
 */
import { isFields } from '../input/index.js';

/** A failure of `send`. */
export interface Failure {
  /** Cello rejects the keys; Cello rejects the event; or the attempt failed and may succeed later. */
  readonly kind: 'denied' | 'refused' | 'failed';
  /** The error's `reason`, e.g. `'timeout'`; `'unknown'` if it has none. */
  readonly reason: string;
  /** The status of Cello's response; `null` if there was none. */
  readonly status: number | null;
  readonly message: string;
  /** Cello may have counted the event. */
  readonly isAmbiguous: boolean;
  /** How long Cello asks all senders to wait, in ms; `null` if it does not. */
  readonly retryAfterMs: number | null;
}

const MESSAGE_MAX = 500;

function judge(reason: unknown, retryable: unknown): Failure['kind'] {
  if (reason === 'denied') return 'denied';
  return retryable === false ? 'refused' : 'failed';
}

/**
 * Parses what `send` rejected with. An unknown error says nothing about what happened: Cello may have counted the
 * event, and the next attempt may succeed.
 */
export function readFailure(error: unknown): Failure {
  const fields: Readonly<Record<string, unknown>> = isFields(error) ? error : {};
  const { reason, retryable, ambiguous, status, retryAfterMs } = fields;
  const kind = judge(reason, retryable);
  const isKnown = kind === 'denied' || typeof retryable === 'boolean';
  const name = error instanceof Error ? error.name : typeof error;
  const message = isKnown && error instanceof Error ? error.message : `"send" rejected with ${name}`;
  return {
    kind,
    reason: typeof reason === 'string' && reason ? reason.slice(0, MESSAGE_MAX) : 'unknown',
    status: typeof status === 'number' ? status : null,
    message: message.slice(0, MESSAGE_MAX),
    isAmbiguous: isKnown ? ambiguous === true : true,
    retryAfterMs: typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : null,
  };
}

/** The failure of a `send` that keeps running after its signal aborted. */
export const createCutOff = (): Failure => ({
  kind: 'failed',
  reason: 'timeout',
  status: null,
  message: '"send" did not end when its signal told it to',
  isAmbiguous: true,
  retryAfterMs: null,
});
