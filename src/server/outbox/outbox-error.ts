/**
 * What an outbox tells its owner, besides the store's own errors.
 */
import type { Failure } from './failure.js';
import type { Blocked } from './health.js';

/** The outbox came to a halt, or goes on. Its message names no person, no code and no key. */
export class OutboxError extends Error {
  override readonly name = 'OutboxError';
  /** Why nothing is sent; `null`: it goes on. */
  readonly blocked: Blocked | null;
  /** The word of the failure that brought it to a halt, e.g. `'denied'` or `'timeout'`; `null`: it goes on. */
  readonly reason: string | null;
  /** The status of Cello's answer; `null` if none came. */
  readonly status: number | null;

  constructor(message: string, blocked: Blocked | null, failure: Failure | null) {
    super(`[cello-companion] ${message}`);
    this.blocked = blocked;
    this.reason = failure?.reason ?? null;
    this.status = failure?.status ?? null;
  }
}

const REMEDIES: Readonly<Record<Blocked, readonly [what: string, remedy: string]>> = {
  denied: ['Cello refuses the keys', 'Check accessKeyId, secretAccessKey and environment.'],
  unreachable: ['Cello takes no event', 'Nothing has to be done if Cello is down.'],
};

const WAITS = 'All events wait, and one try at a time (after 1 s, doubling to 5 min) finds out whether they can go on.';

const describe = ({ reason, status }: Failure): string => (status === null ? reason : `${reason}, status ${status}`);

/** Says that the outbox came to a halt. */
export function createBlockedError(blocked: Blocked, failure: Failure): OutboxError {
  const [what, remedy] = REMEDIES[blocked];
  return new OutboxError(`${what} (${describe(failure)}). ${remedy} ${WAITS}`, blocked, failure);
}

/** Says that it goes on. */
export const createResumedError = (): OutboxError => new OutboxError('Cello takes events again', null, null);
