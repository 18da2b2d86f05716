/**
 * Which messages the endpoint has handled: by message id, so that one is handled once however often it comes.
 */
import type { Answer } from '../message.js';
import { type Database, migrate } from './database.js';
import { isTrue, readNumber, readText } from './row.js';

/**
 * How long a message id is remembered. A browser gives a message up after 48 hours by its own clock; a fortnight leaves
 * room for a clock that was set back, and for Safari, which keeps script storage for 7 days of use.
 */
export const RECEIPT_DAYS = 14;

/**
 * How long a claim holds while `onReferral` runs. A process that died in it gives the message free when it is over. The
 * browser waits 10 s for an answer, so a callback that needs longer has lost its caller anyway.
 */
export const LEASE_MS = 30_000;

/** What a message is recognised by. */
export interface Receipt {
  /** The message's id together with what the server knows of it: where it came from, and its type. */
  readonly key: string;
  /** A fingerprint of the message, with which other contents under one id are noticed. */
  readonly digest: string;
}

/** What is known of a message: `ours` to handle now, `busy` in another's hands, `done` before, or of other contents. */
export type Claim =
  | { readonly state: 'ours'; readonly token: string }
  | { readonly state: 'busy' | 'conflict' }
  | { readonly state: 'done'; readonly answer: Answer };

/** The memory of the messages that were handled. */
export interface Receipts {
  /** Takes a message in hand, unless somebody has it or had it. Of two at the same moment one gets it. */
  claim(receipt: Receipt): Promise<Claim>;
  /** Remembers the answer. Does nothing if the claim ran out and another one holds it. */
  settle(receipt: Receipt, token: string, answer: Answer): Promise<void>;
  /** Gives the message free again: the next one who comes gets it. */
  release(receipt: Receipt, token: string): Promise<void>;
}

const RECEIPT_MS = RECEIPT_DAYS * 86_400_000;

/** How often what is too old is thrown away: seldom enough to cost nothing. */
const PURGE_EVERY_MS = 3_600_000;

/** The most that memory holds, oldest out first: some 30 MB at worst, so that a flood cannot fill the process. */
const MEMORY_MAX = 100_000;

interface Entry {
  readonly digest: string;
  readonly token: string;
  readonly leaseUntilMs: number;
  readonly forgetAfterMs: number;
  readonly answer: Answer | null;
}

/** What an entry says to one who comes with this digest; `null` if the message is free. */
export function judge(entry: Entry | undefined, digest: string, nowMs: number): Claim | null {
  if (!entry || entry.forgetAfterMs <= nowMs) return null;
  if (entry.digest !== digest) return { state: 'conflict' };
  if (entry.answer) return { state: 'done', answer: entry.answer };
  return entry.leaseUntilMs > nowMs ? { state: 'busy' } : null;
}

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

const STATUSES = ['recorded', 'duplicate', 'ignored'] as const;

/** Reads what is known of a message out of its row: `digest`, `token`, `lease_until_ms`, `forget_after_ms`, `status`, `forget`. */
export function readEntry(row: unknown): Entry {
  const status = STATUSES.find((one) => one === readText(row, 'status'));
  return {
    digest: readText(row, 'digest') ?? '',
    token: readText(row, 'token') ?? '',
    leaseUntilMs: readNumber(row, 'lease_until_ms') ?? 0,
    forgetAfterMs: readNumber(row, 'forget_after_ms') ?? 0,
    answer: status ? { status, ...(isTrue(row, 'forget') ? { forget: true } : {}) } : null,
  };
}

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
