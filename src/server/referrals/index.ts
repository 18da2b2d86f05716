/**
 * Referrals: which code belongs to which key.
 */
export {
  type BookedReferral,
  createReferralStore,
  type ReferralStore,
  type ReferralStoreOptions,
  type SaveInput,
  type Touch,
} from './referral-store.js';
export {
  createReferrals,
  digestKey,
  digestPerson,
  type Known,
  nameReferral,
  type Person,
  type Referrals,
} from './referrals.js';
