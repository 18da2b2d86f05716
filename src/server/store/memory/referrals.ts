/**
 * Which code belongs to which booking, in this process. The rules are those of referrals.ts.
 */
import { type BookedReferral, isReplaced, type Referrals } from '../referrals.js';

interface Row {
  readonly referral: BookedReferral;
  readonly forgetAfterMs: number;
}

/** Keeps referrals in this process. */
export function createMemoryReferrals(clock: () => number): Referrals {
  const rows = new Map<string, Row>();
  const find = (key: string): BookedReferral | null => {
    const row = rows.get(key);
    return row && row.forgetAfterMs > clock() ? row.referral : null;
  };
  return {
    async save(key, referral, { touch, keepMs }) {
      const standing = find(key);
      if (standing && !isReplaced(standing, referral, touch)) return standing;
      const nowMs = clock();
      for (const [old, { forgetAfterMs }] of rows) if (forgetAfterMs <= nowMs) rows.delete(old);
      rows.set(key, { referral, forgetAfterMs: nowMs + keepMs });
      return referral;
    },
    async find(key) {
      return find(key);
    },
    async erase(key) {
      const standing = find(key);
      rows.delete(key);
      return standing !== null;
    },
  };
}
