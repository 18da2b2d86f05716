/**
 * The events that wait for Cello: stored until Cello has them, once per key, in order for each user.
 */
import { isFields } from '../input/index.js';
import { isTrue, readNumber, readText } from './row.js';

/** An event to add to a queue. */
export interface NewEntry {
  /** Its idempotency key. A key that was ever used is not accepted again. */
  readonly key: string;
  /** The user it belongs to: `newUserId`. One user's events are sent one after the other. */
  readonly userId: string;
  /** A sign-up is sent before its user's other events, even if it was added later. */
  readonly isSignup: boolean;
  /** The event as JSON. */
  readonly body: string;
}

/** An event leased to a worker for a limited time. */
export interface Lease {
  readonly key: string;
  readonly userId: string;
  readonly token: string;
  readonly body: string;
  /** How many attempts there were before. */
  readonly attempts: number;
  /** An earlier worker never recorded the outcome: it crashed, or lost its connection. Cello may have the event. */
  readonly isAbandoned: boolean;
  /** How many earlier attempts Cello may or may not have counted, including an abandoned one. */
  readonly ambiguousTries: number;
}

/** The outcome of an attempt. */
export type Fate =
  | { readonly state: 'sent'; readonly requestId: string | null }
  | {
      readonly state: 'waiting';
      readonly delayMs: number;
      readonly reason: string;
      /** Omitted: there was no response. */
      readonly status?: number | null;
      readonly isAmbiguous: boolean;
    }
  | {
      readonly state: 'parked';
      readonly reason: string;
      readonly status: number | null;
      readonly isAmbiguous: boolean;
    };

/** An event that needs a person's attention. */
export interface ParkedEntry {
  readonly key: string;
  readonly body: string;
  readonly reason: string;
  readonly status: number | null;
  readonly isAmbiguous: boolean;
  readonly attempts: number;
}

/** An event that has been neither sent nor discarded. */
export interface OpenEntry extends ParkedEntry {
  readonly state: 'waiting' | 'sending' | 'parked';
}

/** Whose events to erase: matched by either of the two, in lower case. */
export interface Person {
  readonly email: string | null;
  /** `context.newUser.id` or `payload.newUserId` of the event. */
  readonly userId: string | null;
}

/** How many events are in each state. */
export interface Counts {
  /** Will be attempted, now or later. */
  readonly waiting: number;
  /** Held back by a parked sign-up of the same user. Not included in `waiting`. */
  readonly held: number;
  /** Leased to a worker. */
  readonly sending: number;
  /** Need a person's attention. */
  readonly parked: number;
  /** Cello has them. */
  readonly sent: number;
  /** Discarded by a person. */
  readonly discarded: number;
  /** The age of the oldest event that is waiting, held or being sent; `null` if there is none. */
  readonly oldestWaitingMs: number | null;
}

/** Stores events until they are sent. */
export interface Queue {
  /** The longest lease that it supports, in ms, if it is limited. */
  readonly longestLeaseMs?: number;
  /** Whether a claim costs as much for one event as for many: several round trips to a database. */
  readonly hasCostlyClaims?: boolean;
  /**
   * Stores an event durably. Returns `false` if its key already existed.
   *
   * @param db - The site's own connection or handle, in a transaction: the event is written through it, and committed
   *   or rolled back with the site's rows. A synchronous handle is written to before this returns, and errors are
   *   thrown rather than rejected: a synchronous transaction would commit before it hears of a rejection.
   * @throws {TypeError} If this store cannot write through `db`.
   */
  add(entry: NewEntry, db?: unknown): Promise<boolean>;
  /**
   * Leases due events, at most one per user, including events whose lease has expired. An event that is due too far in
   * the future, because a clock was set back, counts as due.
   *
   * @param isOnce - Whether nothing may be sent twice: the lease then survives a power failure of the database's
   *   machine, at the cost of waiting for the disk. Default: yes.
   */
  claim(limit: number, leaseMs: number, isOnce?: boolean): Promise<readonly Lease[]>;
  /**
   * Immediately frees what dead processes held, if the engine would otherwise do so later. The next `claim` then gets
   * it. Absent if `claim` sees it anyway.
   */
  free?(): Promise<void>;
  /**
   * Records the outcome. Returns `false`, and changes nothing, if the lease expired and another worker has the event.
   */
  settle(lease: Lease, fate: Fate): Promise<boolean>;
  /** The parked events, oldest first. */
  listParked(limit: number): Promise<readonly ParkedEntry[]>;
  /** Finds an event that has been neither sent nor discarded; `null` if this key has none. */
  find(key: string): Promise<OpenEntry | null>;
  /** Makes a parked or waiting event due now, with a new body if given. `false` if it is neither. */
  resend(key: string, body: string | null): Promise<boolean>;
  /** Discards a parked or waiting event; its key stays taken. `false` if it is neither. */
  discard(key: string): Promise<boolean>;
  /** Permanently removes a person's events, including one being sent, which is then not retried. Returns how many. */
  erase(person: Person): Promise<number>;
  /** Removes the keys of events sent or discarded at least this long ago. Waiting events are kept. Returns how many. */
  prune(olderThanMs: number): Promise<number>;
  count(): Promise<Counts>;
  /** Cello's health, shared by all processes: a string written by the outbox, `null` at first. */
  readHealth(): Promise<string | null>;
  /** Atomically replaces it if it is still `before`: of two processes, only one gets `true`. */
  swapHealth(before: string | null, after: string | null): Promise<boolean>;
}

/**
 * Whether an event belongs to a person.
 *
 * @param person - In lower case.
 */
export function isOf({ email, userId }: Person, body: string, newUserId: string): boolean {
  if (userId !== null && newUserId.toLowerCase() === userId) return true;
  try {
    const event: unknown = JSON.parse(body);
    const user = readFieldsAt(event, 'context', 'newUser');
    const is = (given: unknown, value: string | null) => typeof given === 'string' && given.toLowerCase() === value;
    return is(user['email'], email) || is(user['id'], userId);
  } catch {
    return false; // SyntaxError: not written by us
  }
}

function readFieldsAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  let fields: unknown = value;
  for (const name of path) fields = isFields(fields) ? fields[name] : null;
  return isFields(fields) ? fields : {};
}

/** The state of an event. */
export type State = Exclude<keyof Counts, 'held' | 'oldestWaitingMs'>;

/** Parses a parked event from its row: `key`, `body`, `reason`, `status`, `is_ambiguous`, `attempts`. */
export const readParked = (row: unknown): ParkedEntry => ({
  key: readText(row, 'key') ?? '',
  body: readText(row, 'body') ?? '',
  reason: readText(row, 'reason') ?? '',
  status: readNumber(row, 'status'),
  isAmbiguous: isTrue(row, 'is_ambiguous'),
  attempts: readNumber(row, 'attempts') ?? 0,
});

/** Sums the rows of a count by state: `state`, `total`, `held`. */
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
