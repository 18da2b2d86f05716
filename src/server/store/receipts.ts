/**
 * Which messages the endpoint has handled, by message id: each is handled once, however often it arrives.
 */
import type { Answer } from '../../message.js';
import { isTrue, readNumber, readText } from './row.js';

/**
 * How long a message id is remembered. A browser stops retrying after 48 hours by its own clock; two weeks leave room
 * for a clock that was set back, and for Safari, which keeps script-written storage for 7 days of use.
 */
export const RECEIPT_DAYS = 14;

/**
 * How long a claim holds while `onReferral` runs. After that, a message claimed by a process that died is free again.
 * The browser waits 10 s for an answer, so a slower callback has lost its caller anyway.
 */
export const LEASE_MS = 30_000;

/** What identifies a message. */
export interface Receipt {
  /** The message's id, combined with what the server knows about it: its origin and its type. */
  readonly key: string;
  /** A fingerprint of the contents, to detect different contents under the same id. */
  readonly digest: string;
}

/**
 * What is known about a message: `ours` to handle now, `busy` in another process, `done` before, or `conflict`: its
 * contents differ.
 */
export type Claim =
  | { readonly state: 'ours'; readonly token: string }
  | { readonly state: 'busy' | 'conflict' }
  | { readonly state: 'done'; readonly answer: Answer };

/** Remembers which messages were handled. */
export interface Receipts {
  /** Claims a message, unless it is claimed or handled already. Of two concurrent callers, only one gets it. */
  claim(receipt: Receipt): Promise<Claim>;
  /** Stores the answer. Does nothing if the claim expired and another process holds it. */
  settle(receipt: Receipt, token: string, answer: Answer): Promise<void>;
  /** Releases the message: the next caller gets it. */
  release(receipt: Receipt, token: string): Promise<void>;
}

/** The same in ms. */
export const RECEIPT_MS = RECEIPT_DAYS * 86_400_000;

/** How often expired entries are removed: rarely enough to cost nothing. */
export const PURGE_EVERY_MS = 3_600_000;

/** What is known about a message. */
export interface Entry {
  readonly digest: string;
  readonly token: string;
  readonly leaseUntilMs: number;
  readonly forgetAfterMs: number;
  readonly answer: Answer | null;
}

/**
 * No valid lease ends later than this: the clocks of two machines differ by less, so a lease further ahead was written
 * before a clock was set back. It counts as expired; otherwise its message would stay busy for as long as the clock was
 * wrong.
 */
export const LEASE_AHEAD_MS = 2 * LEASE_MS;

const isLive = ({ leaseUntilMs }: Entry, nowMs: number): boolean =>
  leaseUntilMs > nowMs && leaseUntilMs <= nowMs + LEASE_AHEAD_MS;

/** What an entry means for a message with this digest; `null` if the message is free. */
export function judge(entry: Entry | undefined, digest: string, nowMs: number): Claim | null {
  if (!entry || entry.forgetAfterMs <= nowMs) return null;
  if (entry.digest !== digest) return { state: 'conflict' };
  if (entry.answer) return { state: 'done', answer: entry.answer };
  return isLive(entry, nowMs) ? { state: 'busy' } : null;
}

const STATUSES = ['recorded', 'duplicate', 'ignored'] as const;

/** Parses an entry from its row: `digest`, `token`, `lease_until_ms`, `forget_after_ms`, `status`, `forget`. */
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
