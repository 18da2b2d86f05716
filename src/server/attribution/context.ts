/**
 * What sign-ups and demos share: the store, the outbox, the site's `approve`, and where errors are reported.
 */
import type { Outbox } from '../outbox/index.js';
import { digestKey, type Known, type Referrals } from '../referrals/index.js';
import type { Records } from '../store/index.js';
import type { Found } from './evidence.js';
import type { Judge } from './judge.js';

/** The outcome of reporting a fact. */
export type AttributionState =
  /** The event is stored safely and will be sent to Cello. */
  | 'queued'
  /** The event already existed. */
  | 'known'
  /** The report is stored safely, but there is no event yet: its code is missing, or the outbox failed. There may be one later. */
  | 'waiting'
  /** There is no event, and none is expected. */
  | 'none'
  /** The site's `approve` rejected it. */
  | 'refused'
  /**
   * Not known to be stored; `onError` received the reason. Count it as lost, and report it again: however often it is
   * reported, there is one event.
   */
  | 'failed';

/** The result of reporting a fact. */
export interface Attributed {
  readonly state: AttributionState;
  /** The event's code; `null` if there is no event yet. */
  readonly ucc: string | null;
  /** The event's key in the outbox, even if there is no event yet. */
  readonly key: string;
}

/** The outbox failed, but the report and its code are in a record: a later round adds the event. */
export class KeptError extends Error {
  override readonly name = 'KeptError';

  constructor(cause: unknown) {
    super('[cello-companion] the outbox failed; a later round adds the event', { cause });
  }
}

/** The shared context. */
export interface Context {
  readonly records: Records;
  readonly referrals: Referrals;
  readonly outbox: Outbox;
  readonly judge: Judge;
  /** Never throws. */
  readonly tell: (error: unknown) => void;
  readonly waitMs: number;
  readonly claims: boolean;
  /** Whether the site decides between conflicting claims. */
  readonly hasJudge: boolean;
  readonly assumeAfterHours: number | null;
}

/** What is stored under a key, if it counts as evidence. */
export function weighKnown(known: Known | null, { claims, hasJudge }: Context): Found | null {
  if (!known) return null;
  const { ucc, isClaim, isConflict } = known;
  if (!isClaim) return { ucc, evidence: 'given', isConflict: false };
  if (!claims || (isConflict && !hasJudge)) return null;
  return { ucc, evidence: 'claim', isConflict };
}

/** What is stored under a person's e-mail address and id. */
export async function findKept(context: Context, keys: readonly (string | null)[]): Promise<Found | null> {
  const digests = await Promise.all(keys.filter((key) => key !== null).map(digestKey));
  return digests.length ? weighKnown(await context.referrals.find(digests), context) : null;
}

/** How long to wait before asking `approve` again after it gave no answer: 1 minute, doubling up to an hour. */
export const chooseAskAgainMs = (failures: number): number => Math.min(3_600_000, 60_000 * 2 ** Math.min(failures, 10));

/** How long a fact is kept while `approve` gives no answer. */
export const UNDECIDED_MS = 30 * 86_400_000;

/** How often a change is retried when others change the same record. */
const TRIES_MAX = 50;

/** Other writers kept changing the same record. */
export const createCrowdError = (): Error => new Error('[cello-companion] too many concurrent changes to one record');

/**
 * Retries a change for as long as others change the same record.
 *
 * @param attempt - Reads, changes and writes. Returns `undefined` if another writer got in between.
 * @returns What the first successful attempt returns.
 * @throws Whatever the attempt throws, and an `Error` after too many attempts.
 */
export async function retry<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw createCrowdError();
}
