/**
 * The site's last word on an event, before it is made.
 */
import { runWithin } from '../clock/index.js';
import type { Evidence, Found } from './evidence.js';
import { type KnownUser, showUser } from './person.js';

/** An event that is about to be made. */
export interface Conversion {
  /** The new user. */
  readonly user: {
    readonly id: string;
    readonly email?: string;
    readonly name?: string;
    readonly organizationId?: string;
  };
  /** The referral code. */
  readonly ucc: string;
  /** What the code is known by. */
  readonly evidence: Evidence;
  /** Browsers claim other codes for this person too: without a yes of yours none counts. */
  readonly conflict: boolean;
}

/** Says whether an event is made. */
export type Approve = (conversion: Conversion) => unknown;

/** What came of it; `later`: nobody could say. */
export type Judgement = 'yes' | 'no' | 'later';

/** Asks the site. Never rejects. */
export type Judge = (user: KnownUser, found: Found) => Promise<Judgement>;

/** A person waits for it, and what takes longer is asked again when nobody does. */
export const JUDGE_TIMEOUT_MS = 2000;

/** Asks `approve`. Without one, everything counts but a conflict. */
export const createJudge =
  (approve: Approve | null, tell: (error: unknown) => void): Judge =>
  async (user, { ucc, evidence, isConflict }) => {
    if (!approve) return isConflict ? 'no' : 'yes';
    const conversion: Conversion = { user: showUser(user), ucc, evidence, conflict: isConflict };
    try {
      const answer = await runWithin(async () => approve(conversion), { timeoutMs: JUDGE_TIMEOUT_MS });
      return answer === true || (answer !== false && !isConflict) ? 'yes' : 'no';
    } catch (error) {
      tell(error);
      return 'later';
    }
  };
