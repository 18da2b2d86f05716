/**
 * The events that wait for Cello: kept until Cello has them, each key once, in their order per user.
 */
import { isTrue, readNumber, readText } from './row.js';

/** An event as a queue takes it. */
export interface NewEntry {
  /** What it is recognised by. A key that was ever there is not taken again. */
  readonly key: string;
  /** Whose it is: `newUserId`. The events of one user go one after the other. */
  readonly userId: string;
  /** A sign-up goes before anything else of its user, also if it came later. */
  readonly isSignup: boolean;
  /** The event as JSON text. */
  readonly body: string;
}

/** An event in somebody's hands, for a while. */
export interface Lease {
  readonly key: string;
  readonly userId: string;
  readonly token: string;
  readonly body: string;
  /** How often it was tried before. */
  readonly attempts: number;
  /** Somebody had it before and never said what came of it: he died, or was cut off. Cello may have it. */
  readonly isAbandoned: boolean;
}

/** What came of a try. */
export type Fate =
  | { readonly state: 'sent'; readonly requestId: string | null }
  | { readonly state: 'waiting'; readonly delayMs: number; readonly reason: string; readonly isAmbiguous: boolean }
  | {
      readonly state: 'parked';
      readonly reason: string;
      readonly status: number | null;
      readonly isAmbiguous: boolean;
    };

/** An event that waits for a person. */
export interface ParkedEntry {
  readonly key: string;
  readonly body: string;
  readonly reason: string;
  readonly status: number | null;
  readonly isAmbiguous: boolean;
  readonly attempts: number;
}

/** How many events are where. */
export interface Counts {
  /** Will be tried, now or later. */
  readonly waiting: number;
  /** Wait behind a parked sign-up of their user. Not among `waiting`. */
  readonly held: number;
  /** Somebody has them in hand. */
  readonly sending: number;
  /** Wait for a person. */
  readonly parked: number;
  /** Cello has them. */
  readonly sent: number;
  /** Given up by a person. */
  readonly discarded: number;
}

/** Where events wait. */
export interface Queue {
  /** The longest lease that it gives, in ms, where it has a limit of its own. */
  readonly longestLeaseMs?: number;
  /** Keeps an event, durably. Gives back `false` if its key was there before. */
  add(entry: NewEntry): Promise<boolean>;
  /** Takes what is due in hand, at most one of a user. */
  claim(limit: number, leaseMs: number): Promise<readonly Lease[]>;
  /** Says what came of it. Gives back `false` if the lease ran out and somebody else has it: then nothing is changed. */
  settle(lease: Lease, fate: Fate): Promise<boolean>;
  /** What is parked, oldest first. */
  listParked(limit: number): Promise<readonly ParkedEntry[]>;
  /** One that is parked; `null` if it is not. */
  findParked(key: string): Promise<ParkedEntry | null>;
  /** Sends a parked one again, with this body if there is one. Gives back `false` if it is not parked. */
  resend(key: string, body: string | null): Promise<boolean>;
  /** Gives up a parked one; its key stays taken. Gives back `false` if it is not parked. */
  discard(key: string): Promise<boolean>;
  count(): Promise<Counts>;
}

/** Where an event is. */
export type State = keyof Omit<Counts, 'held'>;

/** Reads a parked event out of its row: `key`, `body`, `reason`, `status`, `is_ambiguous`, `attempts`. */
export const readParked = (row: unknown): ParkedEntry => ({
  key: readText(row, 'key') ?? '',
  body: readText(row, 'body') ?? '',
  reason: readText(row, 'reason') ?? '',
  status: readNumber(row, 'status'),
  isAmbiguous: isTrue(row, 'is_ambiguous'),
  attempts: readNumber(row, 'attempts') ?? 0,
});

/** Adds up the rows of a count by state: `state`, `total`, `held`. */
export function readCounts(rows: readonly unknown[]): Counts {
  const totals = new Map(rows.map((row) => [readText(row, 'state'), readNumber(row, 'total') ?? 0]));
  const held = rows.reduce<number>((sum, row) => sum + (readNumber(row, 'held') ?? 0), 0);
  const total = (state: State) => totals.get(state) ?? 0;
  return {
    waiting: total('waiting') - held,
    held,
    sending: total('sending'),
    parked: total('parked'),
    sent: total('sent'),
    discarded: total('discarded'),
  };
}
