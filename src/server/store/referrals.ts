/**
 * Which code belongs to which booking: a demo booked today, attended next week.
 */
import type { Kind } from '../../message.js';
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

/** By the time it happened, not by the time it arrived: messages come late and out of order. */
export const isReplaced = (standing: BookedReferral, next: BookedReferral, touch: Touch): boolean =>
  touch === 'last' ? next.at >= standing.at : next.at < standing.at;

const KINDS = ['signup', 'demo'] as const;

/** Reads a referral out of its row: `ucc`, `kind`, `at_ms`. `null` if there is no row. */
export function readReferral(row: unknown): BookedReferral | null {
  const ucc = readText(row, 'ucc');
  const kind = KINDS.find((one) => one === readText(row, 'kind')) ?? null;
  return ucc ? { ucc, kind, at: new Date(readNumber(row, 'at_ms') ?? 0) } : null;
}
