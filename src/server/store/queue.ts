/**
 * The events that wait for Cello: kept until Cello has them, each key once, in their order per user.
 */
import { isFields } from '../input/index.js';
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
  /** A worker had it before and never said what came of it: it died, or was cut off. Cello may have the event. */
  readonly isAbandoned: boolean;
  /** Of how many tries before nobody knows whether Cello counted them; an abandoned one is among them. */
  readonly ambiguousTries: number;
}

/** What came of a try. */
export type Fate =
  | { readonly state: 'sent'; readonly requestId: string | null }
  | {
      readonly state: 'waiting';
      readonly delayMs: number;
      readonly reason: string;
      /** Left out: nobody answered. */
      readonly status?: number | null;
      readonly isAmbiguous: boolean;
    }
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

/** An event that waits, for its turn or for a person. */
export interface OpenEntry extends ParkedEntry {
  readonly state: 'waiting' | 'sending' | 'parked';
}

/** Whose events are erased: by either of the two, compared in small letters. */
export interface Person {
  readonly email: string | null;
  /** `context.newUser.id` or `payload.newUserId` of the event. */
  readonly userId: string | null;
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
  /** How long ago the oldest event was added of those that wait, are held or are in hand; `null` without any. */
  readonly oldestWaitingMs: number | null;
}

/** Where events wait. */
export interface Queue {
  /** The longest lease that it gives, in ms, where it has a limit of its own. */
  readonly longestLeaseMs?: number;
  /**
   * Keeps an event, durably. Gives back `false` if its key was there before.
   *
   * @param db - The site's own connection or handle, in a transaction: the event is written through it, and commits or
   *   vanishes with the site's rows. A synchronous handle is written to before this returns, and what fails then is
   *   thrown rather than rejected: a synchronous transaction would commit before it hears of a rejection.
   * @throws {TypeError} If `db` is nothing that this store can write through.
   */
  add(entry: NewEntry, db?: unknown): Promise<boolean>;
  /**
   * Takes what is due in hand, at most one of a user, and what somebody has in hand whose lease is over. What a clock
   * that was set back made due in a far future counts as due.
   *
   * @param isOnce - Whether nothing may be sent twice: then the lease outlives a power failure of the database's machine.
   *   Default: yes. It costs a wait for the disk.
   */
  claim(limit: number, leaseMs: number, isOnce?: boolean): Promise<readonly Lease[]>;
  /**
   * Frees at once what dead processes held, where the engine would do so by itself only later. `claim` takes it then.
   * Absent where `claim` sees it anyway.
   */
  free?(): Promise<void>;
  /** Says what came of it. Gives back `false` if the lease ran out and somebody else has it: then nothing is changed. */
  settle(lease: Lease, fate: Fate): Promise<boolean>;
  /** What is parked, oldest first. */
  listParked(limit: number): Promise<readonly ParkedEntry[]>;
  /** One that is neither sent nor given up; `null` if there is none of this key. */
  find(key: string): Promise<OpenEntry | null>;
  /** Makes one that is parked or waits due now, with this body if there is one. `false` if it is neither. */
  resend(key: string, body: string | null): Promise<boolean>;
  /** Gives up one that is parked or waits; its key stays taken. `false` if it is neither. */
  discard(key: string): Promise<boolean>;
  /** Removes a person's events for good, also one in hand, which is then not tried again. Gives back how many. */
  erase(person: Person): Promise<number>;
  /** Forgets the keys of what was sent or given up before so long. Keeps what waits. Gives back how many. */
  prune(olderThanMs: number): Promise<number>;
  count(): Promise<Counts>;
  /** What all processes know of Cello's health: a text of the outbox's, `null` at first. */
  readHealth(): Promise<string | null>;
  /** Replaces it, if it is still `before`, in one step: of two processes one gets `true`. */
  swapHealth(before: string | null, after: string | null): Promise<boolean>;
}

/**
 * Whether an event is a person's.
 *
 * @param person - In small letters.
 */
export function isOf({ email, userId }: Person, body: string, newUserId: string): boolean {
  if (userId !== null && newUserId.toLowerCase() === userId) return true;
  try {
    const event: unknown = JSON.parse(body);
    const user = readFieldsAt(event, 'context', 'newUser');
    const is = (given: unknown, value: string | null) => typeof given === 'string' && given.toLowerCase() === value;
    return is(user['email'], email) || is(user['id'], userId);
  } catch {
    return false; // SyntaxError: somebody else wrote into the table
  }
}

function readFieldsAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  let fields: unknown = value;
  for (const name of path) fields = isFields(fields) ? fields[name] : null;
  return isFields(fields) ? fields : {};
}

/** Where an event is. */
export type State = Exclude<keyof Counts, 'held' | 'oldestWaitingMs'>;

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
export function readCounts(rows: readonly unknown[]): Omit<Counts, 'oldestWaitingMs'> {
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
