/**
 * Which messages the endpoint has handled, in this process. The rules are those of receipts.ts.
 */
import { type Entry, judge, LEASE_MS, RECEIPT_MS, type Receipts } from '../receipts.js';

/** The most that memory holds, oldest out first: some 30 MB at worst, so that a flood cannot fill the process. */
const MEMORY_MAX = 100_000;

/** Remembers messages in this process: the newest 100,000 of the last 14 days. */
export function createMemoryReceipts(clock: () => number): Receipts {
  const entries = new Map<string, Entry>(); // oldest first: a claim moves its key to the end
  const purge = (nowMs: number) => {
    for (const [key, { forgetAfterMs }] of entries) {
      if (forgetAfterMs > nowMs && entries.size <= MEMORY_MAX) return;
      entries.delete(key);
    }
  };
  return {
    async claim({ key, digest }) {
      const nowMs = clock();
      const known = judge(entries.get(key), digest, nowMs);
      if (known) return known;
      const token = crypto.randomUUID();
      entries.delete(key);
      entries.set(key, {
        digest,
        token,
        leaseUntilMs: nowMs + LEASE_MS,
        forgetAfterMs: nowMs + RECEIPT_MS,
        answer: null,
      });
      purge(nowMs);
      return { state: 'ours', token };
    },
    async settle({ key }, token, answer) {
      const entry = entries.get(key);
      if (entry?.token === token) entries.set(key, { ...entry, answer });
    },
    async release({ key }, token) {
      if (entries.get(key)?.token === token) entries.delete(key);
    },
  };
}
