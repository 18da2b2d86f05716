/**
 * The site's final decision on an event, before it is created.
 */
import { runWithin } from '../clock/index.js';
import type { Evidence, Found } from './evidence.js';
import { type KnownUser, showUser } from './person.js';

/** An event that is about to be created. */
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
  /** Where the code comes from. */
  readonly evidence: Evidence;
  /** Browsers claim other codes for this person too: no code counts unless you return `true`. */
  readonly conflict: boolean;
}

/** Decides whether to create an event. */
export type Approve = (conversion: Conversion) => unknown;

/** The decision; `later`: there was no answer. */
export type Judgement = 'yes' | 'no' | 'later';

/** Asks the site. Never rejects. */
export type Judge = (user: KnownUser, found: Found) => Promise<Judgement>;

/** A person is waiting for it; whatever takes longer is asked again later, in the background. */
export const JUDGE_TIMEOUT_MS = 2000;

/** Asks `approve`. Without one, everything is approved except a conflict. */
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
