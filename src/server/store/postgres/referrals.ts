/**
 * Which code belongs to which booking, in PostgreSQL: for sites on many machines. The rules are those of referrals.ts.
 */

import { type Referrals, readReferral } from '../referrals.js';
import { isTrue } from '../row.js';
import type { Transact } from './database.js';

/** The table of referrals: SQL, a statement each. */
export const createReferralSteps = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.referrals (
    key text PRIMARY KEY,
    ucc text NOT NULL,
    kind text,
    at_ms bigint NOT NULL,
    forget_after_ms bigint NOT NULL
  )`,
  `CREATE INDEX referrals_age ON ${schema}.referrals (forget_after_ms)`,
];

/** Keeps referrals in a schema of PostgreSQL. */
export function createPostgresReferrals(transact: Transact, schema: string, clock: () => number): Referrals {
  const table = `${schema}.referrals`;
  // The conditions are those of `isReplaced`, in one statement, so that two machines cannot both win.
  const save = `INSERT INTO ${table} AS mine (key, ucc, kind, at_ms, forget_after_ms) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (key) DO UPDATE SET ucc = excluded.ucc, kind = excluded.kind, at_ms = excluded.at_ms,
      forget_after_ms = excluded.forget_after_ms
    WHERE mine.forget_after_ms <= $6
      OR CASE $7::text WHEN 'last' THEN excluded.at_ms >= mine.at_ms ELSE excluded.at_ms < mine.at_ms END`;
  const find = `SELECT * FROM ${table} WHERE key = $1 AND forget_after_ms > $2`;
  return {
    save: (key, referral, { touch, keepMs }) =>
      transact(async (query) => {
        const nowMs = clock();
        await query(`DELETE FROM ${table} WHERE forget_after_ms <= $1`, [nowMs]);
        const { ucc, kind, at } = referral;
        await query(save, [key, ucc, kind, at.getTime(), nowMs + keepMs, nowMs, touch]);
        const { rows } = await query(find, [key, nowMs]);
        return readReferral(rows[0]) ?? referral;
      }),
    async find(key) {
      const { rows } = await transact((query) => query(find, [key, clock()]));
      return readReferral(rows[0]);
    },
    async erase(key) {
      const text = `DELETE FROM ${table} WHERE key = $1 RETURNING forget_after_ms > $2 AS was_there`;
      const { rows } = await transact((query) => query(text, [key, clock()]));
      return isTrue(rows[0], 'was_there');
    },
  };
}
