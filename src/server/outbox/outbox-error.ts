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

  constructor(message: string, blocked: Blocked | null, options?: ErrorOptions) {
    super(`[cello-companion] ${message}`, options);
    this.blocked = blocked;
  }
}

const WAITS = 'Every event waits, and one at a time finds out whether it goes on (after 1 s, doubling to 5 min)';

const REMEDIES: Readonly<Record<Blocked, string>> = {
  denied: 'Cello refuses the keys. Check accessKeyId, secretAccessKey and environment',
  unreachable: 'Cello takes no event',
};

const describe = ({ reason, status }: Failure): string => (status === null ? reason : `${reason}, status ${status}`);

/** Says that the outbox came to a halt. */
export const createBlockedError = (blocked: Blocked, failure: Failure): OutboxError =>
  new OutboxError(`${REMEDIES[blocked]} (${describe(failure)}). ${WAITS}`, blocked);

/** Says that it goes on. */
export const createResumedError = (): OutboxError => new OutboxError('Cello takes events again', null);
