/**
 * Which code belongs to which booking, in SQL. The rules are those of referrals.ts.
 */
import { type Driver, sql } from '../driver.js';
import { type Referrals, readReferral } from '../referrals.js';
import { isTrue } from '../row.js';

/** The table of referrals. */
export const REFERRAL_STEPS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS {referrals} (
    key text PRIMARY KEY,
    ucc text NOT NULL,
    kind text,
    at_ms bigint NOT NULL,
    forget_after_ms bigint NOT NULL
  );
  CREATE INDEX IF NOT EXISTS cello_companion_referrals_age ON {referrals} (forget_after_ms);`,
];

// The conditions are those of `isReplaced`, in one statement, so that two processes cannot both win.
const SAVE = `INSERT INTO {referrals} AS mine (key, ucc, kind, at_ms, forget_after_ms) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET ucc = excluded.ucc, kind = excluded.kind, at_ms = excluded.at_ms,
    forget_after_ms = excluded.forget_after_ms
  WHERE mine.forget_after_ms <= ?
    OR CASE CAST(? AS text) WHEN 'last' THEN excluded.at_ms >= mine.at_ms ELSE excluded.at_ms < mine.at_ms END`;
const FIND = 'SELECT * FROM {referrals} WHERE key = ? AND forget_after_ms > ?';
const ERASE = 'DELETE FROM {referrals} WHERE key = ? RETURNING forget_after_ms > ? AS was_there';

/** So many with each that is saved. */
const PURGE = `DELETE FROM {referrals} WHERE key IN (
  SELECT key FROM {referrals} WHERE forget_after_ms <= ? LIMIT 100)`;

/** Keeps referrals in a database. */
export function createSqlReferrals(driver: Driver, clock: () => number): Referrals {
  return {
    save(key, referral, { touch, keepMs }) {
      const nowMs = clock();
      const { ucc, kind, at } = referral;
      return driver.transact(function* () {
        yield sql(PURGE, nowMs);
        yield sql(SAVE, key, ucc, kind, at.getTime(), nowMs + keepMs, nowMs, touch);
        const [row] = yield sql(FIND, key, nowMs);
        return readReferral(row) ?? referral;
      });
    },
    async find(key) {
      const [row] = await driver.read(sql(FIND, key, clock()));
      return readReferral(row);
    },
    async erase(key) {
      const [row] = await driver.write(sql(ERASE, key, clock()));
      await driver.scrub();
      return isTrue(row, 'was_there');
    },
  };
}
