/**
 * Which messages the endpoint has handled, in SQL. The rules are those of receipts.ts.
 */
import { type Driver, sql, type Work } from '../driver.js';
import {
  type Claim,
  judge,
  LEASE_AHEAD_MS,
  LEASE_MS,
  PURGE_EVERY_MS,
  RECEIPT_MS,
  type Receipts,
  readEntry,
} from '../receipts.js';

/** The table of receipts. */
export const RECEIPT_STEPS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS {receipts} (
    key text PRIMARY KEY,
    digest text NOT NULL,
    token text NOT NULL,
    lease_until_ms bigint NOT NULL,
    forget_after_ms bigint NOT NULL,
    status text,
    forget boolean NOT NULL DEFAULT false
  );
  CREATE INDEX IF NOT EXISTS cello_companion_receipts_age ON {receipts} (forget_after_ms);`,
];

// One statement decides who gets a message, so that two processes cannot both get it. The conditions are those of
// `judge`.
const CLAIM = `INSERT INTO {receipts} AS mine (key, digest, token, lease_until_ms, forget_after_ms)
  VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, token = excluded.token,
    lease_until_ms = excluded.lease_until_ms, forget_after_ms = excluded.forget_after_ms, status = NULL, forget = false
  WHERE mine.forget_after_ms <= ?
    OR (mine.status IS NULL AND mine.digest = excluded.digest
      AND (mine.lease_until_ms <= ? OR mine.lease_until_ms > ?))
  RETURNING token`;

/** How many rows to remove at a time, so that other writers are not blocked for long. */
const PURGE_SLICE = 500;

const PURGE = `DELETE FROM {receipts} WHERE key IN (
  SELECT key FROM {receipts} WHERE forget_after_ms <= ? LIMIT ${PURGE_SLICE}) RETURNING 1`;

/**
 * Remembers messages of the last 14 days. Losing a receipt in a power failure means at worst that a message is handled
 * again, so writes do not wait for the disk.
 */
export function createSqlReceipts(driver: Driver, clock: () => number): Receipts {
  let purgeAfterMs = Number.NEGATIVE_INFINITY;

  /** Removes expired rows, a slice with each claim until none are left. */
  function* purge(nowMs: number): Work<void> {
    // A clock that was set back would delay the next purge by as much.
    if (nowMs < purgeAfterMs && purgeAfterMs <= nowMs + PURGE_EVERY_MS) return;
    const gone = yield sql(PURGE, nowMs);
    purgeAfterMs = gone.length < PURGE_SLICE ? nowMs + PURGE_EVERY_MS : nowMs;
  }

  return {
    claim({ key, digest }) {
      const nowMs = clock();
      const token = crypto.randomUUID();
      return driver.unsynced.transact(function* (): Work<Claim> {
        yield* purge(nowMs);
        const ours = yield sql(
          CLAIM,
          key,
          digest,
          token,
          nowMs + LEASE_MS,
          nowMs + RECEIPT_MS,
          nowMs,
          nowMs,
          nowMs + LEASE_AHEAD_MS,
        );
        if (ours.length) return { state: 'ours', token };
        const [row] = yield sql('SELECT * FROM {receipts} WHERE key = ?', key);
        // It was released between the two statements and is nobody's now. Report it as in progress.
        return judge(row === undefined ? row : readEntry(row), digest, nowMs) ?? { state: 'busy' };
      });
    },
    async settle({ key }, token, { status, forget }) {
      const text = 'UPDATE {receipts} SET status = ?, forget = (? = 1) WHERE key = ? AND token = ?';
      await driver.unsynced.write(sql(text, status, forget ? 1 : 0, key, token));
    },
    async release({ key }, token) {
      await driver.unsynced.write(
        sql('DELETE FROM {receipts} WHERE key = ? AND token = ? AND status IS NULL', key, token),
      );
    },
  };
}
