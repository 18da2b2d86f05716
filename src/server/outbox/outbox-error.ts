/**
 * What an outbox reports to the site, besides the store's own errors.
 */
import type { Failure } from './failure.js';
import type { Blocked } from './health.js';

/** The outbox stopped sending, or resumed. The message contains no personal data, code or key. */
export class OutboxError extends Error {
  override readonly name = 'OutboxError';
  /** Why nothing is being sent; `null`: sending has resumed. */
  readonly blocked: Blocked | null;
  /** The `reason` of the failure that stopped it, e.g. `'denied'` or `'timeout'`; `null`: sending has resumed. */
  readonly reason: string | null;
  /** The status of Cello's response; `null` if there was none. */
  readonly status: number | null;

  constructor(message: string, blocked: Blocked | null, failure: Failure | null) {
    super(`[cello-companion] ${message}`);
    this.blocked = blocked;
    this.reason = failure?.reason ?? null;
    this.status = failure?.status ?? null;
  }
}

const REMEDIES: Readonly<Record<Blocked, readonly [what: string, remedy: string]>> = {
  denied: ['Cello rejected the keys', 'Check accessKeyId, secretAccessKey and environment.'],
  unreachable: ['Cello accepts no events', 'If Cello is down, there is nothing to do.'],
};

const WAITS =
  'All events wait while one attempt at a time (after 1 s, doubling to 5 min) checks whether sending can resume.';

const describe = ({ reason, status }: Failure): string => (status === null ? reason : `${reason}, status ${status}`);

/** Creates the error that reports a stop. */
export function createBlockedError(blocked: Blocked, failure: Failure): OutboxError {
  const [what, remedy] = REMEDIES[blocked];
  return new OutboxError(`${what} (${describe(failure)}). ${remedy} ${WAITS}`, blocked, failure);
}

/** Creates the error that reports a resumption. */
export const createResumedError = (): OutboxError => new OutboxError('Cello accepts events again', null, null);

/** An event was sent without its e-mail address. The message contains no personal data, code or key. */
export class EmailLeftOutError extends Error {
  override readonly name = 'EmailLeftOutError';

  constructor(trigger: string) {
    super(
      `[cello-companion] a ${trigger} was sent without its e-mail address, which Cello would refuse: it is not plain ASCII, or its domain has no dot`,
    );
  }
}
