/**
 * Which messages the endpoint has handled, in SQLite. The rules are those of receipts.ts.
 */
import { judge, LEASE_MS, PURGE_EVERY_MS, RECEIPT_MS, type Receipts, readEntry } from '../receipts.js';
import { type Database, migrate } from './database.js';

const MIGRATIONS = [
  `CREATE TABLE cello_companion_receipts (
    key TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    token TEXT NOT NULL,
    lease_until_ms INTEGER NOT NULL,
    forget_after_ms INTEGER NOT NULL,
    status TEXT,
    forget INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX cello_companion_receipts_age ON cello_companion_receipts (forget_after_ms);`,
];

// One statement decides who gets a message, so that two processes cannot both. The conditions are those of `judge`.
const CLAIM = `INSERT INTO cello_companion_receipts (key, digest, token, lease_until_ms, forget_after_ms)
  VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, token = excluded.token,
    lease_until_ms = excluded.lease_until_ms, forget_after_ms = excluded.forget_after_ms, status = NULL, forget = 0
  WHERE forget_after_ms <= ? OR (status IS NULL AND lease_until_ms <= ? AND digest = excluded.digest)`;

/** Remembers messages of the last 14 days in a SQLite database. */
export function createSqliteReceipts(db: Database, clock: () => number): Receipts {
  migrate(db, 'receipts', MIGRATIONS);
  const claim = db.prepare(CLAIM);
  const find = db.prepare('SELECT * FROM cello_companion_receipts WHERE key = ?');
  const settle = db.prepare('UPDATE cello_companion_receipts SET status = ?, forget = ? WHERE key = ? AND token = ?');
  const release = db.prepare('DELETE FROM cello_companion_receipts WHERE key = ? AND token = ? AND status IS NULL');
  const purge = db.prepare('DELETE FROM cello_companion_receipts WHERE forget_after_ms <= ?');
  let purgedMs = Number.NEGATIVE_INFINITY;
  return {
    async claim({ key, digest }) {
      const nowMs = clock();
      if (nowMs - purgedMs >= PURGE_EVERY_MS) {
        purge.run(nowMs);
        purgedMs = nowMs;
      }
      const token = crypto.randomUUID();
      claim.run(key, digest, token, nowMs + LEASE_MS, nowMs + RECEIPT_MS, nowMs, nowMs);
      const entry = readEntry(find.get(key));
      // Nobody's any more: it was released between the two statements. Then it is in work as far as we can say.
      return entry.token === token ? { state: 'ours', token } : (judge(entry, digest, nowMs) ?? { state: 'busy' });
    },
    async settle({ key }, token, { status, forget }) {
      settle.run(status, forget ? 1 : 0, key, token);
    },
    async release({ key }, token) {
      release.run(key, token);
    },
  };
}
