/**
 * Which messages the endpoint has handled, in PostgreSQL: for endpoints on many machines. The rules are those of
 * receipts.ts.
 */

import { judge, LEASE_MS, RECEIPT_DAYS, type Receipts, readEntry } from '../receipts.js';
import type { Transact } from './database.js';

/** The table of receipts: SQL, a statement each. */
export const createReceiptSteps = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.receipts (
    key text PRIMARY KEY,
    digest text NOT NULL,
    token text NOT NULL,
    lease_until_ms bigint NOT NULL,
    forget_after_ms bigint NOT NULL,
    status text,
    forget boolean NOT NULL DEFAULT false
  )`,
  `CREATE INDEX receipts_age ON ${schema}.receipts (forget_after_ms)`,
];

const RECEIPT_MS = RECEIPT_DAYS * 86_400_000;

/** How often what is too old is thrown away. */
const PURGE_EVERY_MS = 3_600_000;

/** Remembers messages of the last 14 days in a schema of PostgreSQL. */
export function createPostgresReceipts(transact: Transact, schema: string, clock: () => number): Receipts {
  const table = `${schema}.receipts`;
  let purgedMs = Number.NEGATIVE_INFINITY;
  // One statement decides who gets a message, so that two machines cannot both. The conditions are those of `judge`.
  const claim = `INSERT INTO ${table} AS mine (key, digest, token, lease_until_ms, forget_after_ms)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, token = excluded.token,
      lease_until_ms = excluded.lease_until_ms, forget_after_ms = excluded.forget_after_ms, status = NULL, forget = false
    WHERE mine.forget_after_ms <= $6
      OR (mine.status IS NULL AND mine.lease_until_ms <= $6 AND mine.digest = excluded.digest)`;
  return {
    claim: ({ key, digest }) =>
      transact(async (query) => {
        const nowMs = clock();
        if (nowMs - purgedMs >= PURGE_EVERY_MS) {
          await query(`DELETE FROM ${table} WHERE forget_after_ms <= $1`, [nowMs]);
          purgedMs = nowMs;
        }
        const token = crypto.randomUUID();
        await query(claim, [key, digest, token, nowMs + LEASE_MS, nowMs + RECEIPT_MS, nowMs]);
        const { rows } = await query(`SELECT * FROM ${table} WHERE key = $1`, [key]);
        const entry = readEntry(rows[0]);
        // Nobody's any more: it was released between the two statements. Then it is in work as far as we can say.
        return entry.token === token ? { state: 'ours', token } : (judge(entry, digest, nowMs) ?? { state: 'busy' });
      }),
    async settle({ key }, token, { status, forget = false }) {
      const text = `UPDATE ${table} SET status = $3, forget = $4 WHERE key = $1 AND token = $2`;
      await transact((query) => query(text, [key, token, status, forget]));
    },
    async release({ key }, token) {
      const text = `DELETE FROM ${table} WHERE key = $1 AND token = $2 AND status IS NULL`;
      await transact((query) => query(text, [key, token]));
    },
  };
}
