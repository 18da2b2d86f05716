/**
 * Which code belongs to which booking: a demo booked today, attended next week.
 */
import type { Kind } from '../message.js';
import { type Database, migrate } from './database.js';
import { readNumber, readText } from './row.js';

/** A code that waits for its person to be known. */
export interface BookedReferral {
  /** The referral code. */
  readonly ucc: string;
  /** What it was for; `null` where nobody said. */
  readonly kind: Kind | null;
  /** When it happened. */
  readonly at: Date;
}

/** Which of two codes under one key stays: the one that came first, or the one that came last. */
export type Touch = 'first' | 'last';

/** The table of referrals, by an opaque key. */
export interface Referrals {
  /** Keeps a referral, or the one that stands there already, as `touch` says. Gives back the one that stands. */
  save(key: string, referral: BookedReferral, rule: { touch: Touch; keepMs: number }): Promise<BookedReferral>;
  /** The referral of a key, `null` if there is none or its time is over. */
  find(key: string): Promise<BookedReferral | null>;
  /** Removes it. Gives back whether there was one. */
  erase(key: string): Promise<boolean>;
}

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

/** By the time it happened, not by the time it arrived: messages come late and out of order. */
const isReplaced = (standing: BookedReferral, next: BookedReferral, touch: Touch): boolean =>
  touch === 'last' ? next.at >= standing.at : next.at < standing.at;

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

const KINDS = ['signup', 'demo'] as const;

/** Reads a referral out of its row: `ucc`, `kind`, `at_ms`. `null` if there is no row. */
export function readReferral(row: unknown): BookedReferral | null {
  const ucc = readText(row, 'ucc');
  const kind = KINDS.find((one) => one === readText(row, 'kind')) ?? null;
  return ucc ? { ucc, kind, at: new Date(readNumber(row, 'at_ms') ?? 0) } : null;
}

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
