/**
 * What sign-ups and demos share: the store, the outbox, the site's last word, and who is told what goes wrong.
 */
import type { Outbox } from '../outbox/index.js';
import { digestKey, type Known, type Referrals } from '../referrals/index.js';
import type { Records } from '../store/index.js';
import type { Found } from './evidence.js';
import type { Judge } from './judge.js';

/** What became of a fact. */
export type AttributionState =
  /** The event is safe, and Cello will have it. */
  | 'queued'
  /** The event was there before. */
  | 'known'
  /** There is no event yet, and there may be one. */
  | 'waiting'
  /** There is no event, and nobody waits for one. */
  | 'none'
  /** The site said no. */
  | 'refused'
  /** It went wrong, and `onError` was told. */
  | 'failed';

/** What a verb gives back. */
export interface Attributed {
  readonly state: AttributionState;
  /** The event's code; `null` as long as there is no event. */
  readonly ucc: string | null;
  /** The event's key in the outbox, also where there is no event yet. */
  readonly key: string;
}

/** What is shared. */
export interface Context {
  readonly records: Records;
  readonly referrals: Referrals;
  readonly outbox: Outbox;
  readonly judge: Judge;
  /** Never throws. */
  readonly tell: (error: unknown) => void;
  readonly waitMs: number;
  readonly claims: boolean;
  /** Whether the site decides where claims differ. */
  readonly hasJudge: boolean;
  readonly assumeAfterHours: number | null;
}

/** What was kept under a key, as far as it counts. */
export function weighKnown(known: Known | null, { claims, hasJudge }: Context): Found | null {
  if (!known) return null;
  const { ucc, isClaim, isConflict } = known;
  if (!isClaim) return { ucc, evidence: 'given', isConflict: false };
  if (!claims || (isConflict && !hasJudge)) return null;
  return { ucc, evidence: 'claim', isConflict };
}

/** What was kept under a person's address and id. */
export async function findKept(context: Context, keys: readonly (string | null)[]): Promise<Found | null> {
  const digests = await Promise.all(keys.filter((key) => key !== null).map(digestKey));
  return digests.length ? weighKnown(await context.referrals.find(digests), context) : null;
}

/** How long the site's last word is waited for when it could not be had: 1 minute, doubling to an hour. */
export const chooseAskAgainMs = (failures: number): number => Math.min(3_600_000, 60_000 * 2 ** Math.min(failures, 10));

/** How long a fact is kept whose last word cannot be had. */
export const UNDECIDED_MS = 30 * 86_400_000;

/** How often a change is begun anew when others change the same. */
export const TRIES_MAX = 50;

/** Others changed the same, again and again. */
export const createCrowdError = (): Error => new Error('[cello-companion] too many changed one record at once');
