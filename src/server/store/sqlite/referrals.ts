/**
 * Which code belongs to which booking, in SQLite. The rules are those of referrals.ts.
 */
import { type Referrals, readReferral } from '../referrals.js';
import { type Database, migrate } from './database.js';

const MIGRATIONS = [
  `CREATE TABLE cello_companion_referrals (
    key TEXT PRIMARY KEY,
    ucc TEXT NOT NULL,
    kind TEXT,
    at_ms INTEGER NOT NULL,
    forget_after_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX cello_companion_referrals_age ON cello_companion_referrals (forget_after_ms);`,
];

// The conditions are those of `isReplaced`, in one statement, so that two processes cannot both win.
const SAVE = `INSERT INTO cello_companion_referrals (key, ucc, kind, at_ms, forget_after_ms) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET ucc = excluded.ucc, kind = excluded.kind, at_ms = excluded.at_ms,
    forget_after_ms = excluded.forget_after_ms
  WHERE forget_after_ms <= ? OR CASE ? WHEN 'last' THEN excluded.at_ms >= at_ms ELSE excluded.at_ms < at_ms END`;

/** Keeps referrals in a SQLite database. */
export function createSqliteReferrals(db: Database, clock: () => number): Referrals {
  migrate(db, 'referrals', MIGRATIONS);
  const save = db.prepare(SAVE);
  const find = db.prepare('SELECT * FROM cello_companion_referrals WHERE key = ? AND forget_after_ms > ?');
  const erase = db.prepare('DELETE FROM cello_companion_referrals WHERE key = ?');
  const purge = db.prepare('DELETE FROM cello_companion_referrals WHERE forget_after_ms <= ?');
  return {
    async save(key, referral, { touch, keepMs }) {
      const nowMs = clock();
      purge.run(nowMs);
      save.run(key, referral.ucc, referral.kind, referral.at.getTime(), nowMs + keepMs, nowMs, touch);
      return readReferral(find.get(key, nowMs)) ?? referral;
    },
    async find(key) {
      return readReferral(find.get(key, clock()));
    },
    async erase(key) {
      const standing = readReferral(find.get(key, clock()));
      erase.run(key);
      return standing !== null;
    },
  };
}
