/**
 * What an outbox does.
 */
import type { CelloEvent } from '../events/index.js';
import type { Counts } from '../store/index.js';
import type { Blocked, LastError } from './health.js';
import type { ParkedEvent } from './options.js';

/** How an event is added. */
export interface AddOptions {
  /**
   * What the event is recognised by: each key is sent once. Default: `<trigger>:<newUserId>`, for a paid invoice with its
   * number behind. A refund has none: give the refund's id; for demos the booking's id, if one user may attend several.
   */
  readonly key?: string | undefined;
  /**
   * Your own transaction: the event commits or vanishes with your rows. On SQLite the handle that is in a transaction, on
   * the file that the store has; on PostgreSQL what the store's documentation names.
   */
  readonly db?: unknown;
}

/** What `add` made of an event. */
export interface Added {
  readonly key: string;
  /** `false`: the key was there before, sent or not, and nothing was added. */
  readonly isNew: boolean;
}

/** What `flush` did. */
export interface Flushed {
  /** How many it sent itself. */
  readonly sent: number;
  /** How many wait or are in hand now, of all processes. */
  readonly waiting: number;
  /** Why nothing is sent; `null` if nothing stands in the way. */
  readonly blocked: Blocked | null;
}

/** How many events are where, and whether Cello takes them. */
export interface OutboxStats extends Counts {
  /** Why nothing is sent: Cello refuses the keys, or many tries failed in a row. `null`: nothing stands in the way. */
  readonly blocked: Blocked | null;
  /** The newest failure, of any process; `null` before the first. */
  readonly lastError: LastError | null;
}

/** Keeps events until Cello has them. */
export interface Outbox {
  /**
   * Keeps an event. When it resolves, the event is safe, as safe as the store is. While another process has the SQLite
   * file it tries again by itself, for a minute at most, and the event loop is free meanwhile.
   *
   * With a SQLite handle as `db` the event is written before this returns, and what goes wrong is thrown rather than
   * rejected, so that a synchronous transaction rolls back. It is never tried again then: your transaction is yours to
   * repeat.
   *
   * @throws {TypeError} (without `db`, as a rejection) That names the field.
   */
  add(event: CelloEvent, options?: AddOptions): Promise<Added>;
  /** Begins to send. Does nothing if it has begun. */
  start(): void;
  /**
   * Stops sending. What is due is sent first, for at most `drainMs` (default: 10,000); what is on its way is waited for.
   * The rest stays in the store. Leaves no timer behind.
   */
  stop(options?: { readonly drainMs?: number | undefined }): Promise<void>;
  /**
   * Sends what is due, and what a dead process had in hand, for at most `maxMs` (default: 10,000): for a cron job, or for
   * `waitUntil` of a serverless function. What is on its way when the time is over counts as waiting.
   *
   * @throws {TypeError} (as a rejection) If `maxMs` is no number of ms.
   */
  flush(options?: { readonly maxMs?: number | undefined }): Promise<Flushed>;
  /** How many events are where, and whether Cello takes them. */
  stats(): Promise<OutboxStats>;
  /** The events that wait for a person, oldest first. */
  parked(limit?: number): Promise<readonly ParkedEvent[]>;
  /**
   * Sends an event now that is parked or waits, mended or as it is.
   *
   * @param event - The mended event: of the same trigger and `newUserId`.
   * @returns `false` if no event of this key is parked or waits.
   * @throws {TypeError} (as a rejection) That names the field.
   */
  resend(key: string, event?: CelloEvent): Promise<boolean>;
  /**
   * Gives up an event that is parked or waits: it is no event, or Cello's Event Feed has it. What it held goes on, and its
   * key stays taken.
   *
   * @returns `false` if no event of this key is parked or waits.
   */
  discard(key: string): Promise<boolean>;
  /**
   * Removes the events of a person that Cello has not yet, for good; one that is on its way is not sent again. Keys of what
   * was sent stay.
   *
   * @param person - An e-mail address, an id (`user.id` or `newUserId`), or both; in any case of letters.
   * @returns How many there were.
   * @throws {TypeError} (as a rejection) If there is neither.
   */
  erase(person: {
    readonly email?: string | null | undefined;
    readonly userId?: string | null | undefined;
  }): Promise<number>;
  /**
   * Forgets the keys of what was sent or given up so many days ago. A forgotten key is free: the same event would be sent
   * again. What waits is kept.
   *
   * @param options - `olderThanDays`: at least 30.
   * @returns How many were forgotten.
   * @throws {TypeError} (as a rejection) If it is fewer.
   */
  prune(options: { readonly olderThanDays: number }): Promise<number>;
}
