/**
 * Which messages the endpoint has handled: by message id, so that one is handled once however often it comes.
 */
import type { Answer } from '../../message.js';
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

/** The same in ms. */
export const RECEIPT_MS = RECEIPT_DAYS * 86_400_000;

/** How often what is too old is thrown away: seldom enough to cost nothing. */
export const PURGE_EVERY_MS = 3_600_000;

/** What is known of a message. */
export interface Entry {
  readonly digest: string;
  readonly token: string;
  readonly leaseUntilMs: number;
  readonly forgetAfterMs: number;
  readonly answer: Answer | null;
}

/**
 * No lease ends later than this: machines' clocks differ by less, and what lies further ahead was written before a clock
 * was set back. It is taken for over, or its message would be busy for as long as the clock was wrong.
 */
export const LEASE_AHEAD_MS = 2 * LEASE_MS;

const isLive = ({ leaseUntilMs }: Entry, nowMs: number): boolean =>
  leaseUntilMs > nowMs && leaseUntilMs <= nowMs + LEASE_AHEAD_MS;

/** What an entry says to one who comes with this digest; `null` if the message is free. */
export function judge(entry: Entry | undefined, digest: string, nowMs: number): Claim | null {
  if (!entry || entry.forgetAfterMs <= nowMs) return null;
  if (entry.digest !== digest) return { state: 'conflict' };
  if (entry.answer) return { state: 'done', answer: entry.answer };
  return isLive(entry, nowMs) ? { state: 'busy' } : null;
}

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
