/**
 * The interface of an outbox.
 */
import type { CelloEvent } from '../events/index.js';
import type { Counts } from '../store/index.js';
import type { Blocked, LastError } from './health.js';
import type { ParkedEvent } from './options.js';

/** The options of `add`. */
export interface AddOptions {
  /**
   * The event's idempotency key: each key is sent once. Default: `<trigger>:<newUserId>`, for a paid invoice followed
   * by its number. A refund has no default: pass the refund's id. For demos, pass the booking's id if a user may attend
   * several.
   */
  readonly key?: string | undefined;
  /**
   * Your own transaction: the event is committed or rolled back with your rows. On SQLite, the handle that is in a
   * transaction, on the same file as the store; on PostgreSQL, see the store's documentation.
   */
  readonly db?: unknown;
}

/** The result of `add`. */
export interface Added {
  readonly key: string;
  /** `false`: the key already existed, sent or not, and nothing was added. */
  readonly isNew: boolean;
}

/** The result of `flush`. */
export interface Flushed {
  /** How many events this call sent. */
  readonly sent: number;
  /** How many events are waiting or being sent now, in all processes. */
  readonly waiting: number;
  /** Why nothing is being sent; `null` if nothing blocks it. */
  readonly blocked: Blocked | null;
}

/** How many events are in each state, and whether Cello accepts them. */
export interface OutboxStats extends Counts {
  /** Why nothing is being sent: Cello rejects the keys, or many attempts failed in a row. `null`: nothing blocks it. */
  readonly blocked: Blocked | null;
  /** The latest failure, in any process; `null` before the first. */
  readonly lastError: LastError | null;
}

/** Keeps events until Cello has them. */
export interface Outbox {
  /**
   * Stores an event. Once it resolves, the event is as safe as the store is. While the store is locked, down or full,
   * it retries for up to a minute without blocking the event loop, then rejects.
   *
   * With a SQLite handle as `db`, the event is written before this returns, and errors are thrown rather than rejected,
   * so that a synchronous transaction rolls back. It is never retried then: repeating your transaction is up to you.
   *
   * @throws {TypeError} (without `db`, as a rejection) Names the field.
   */
  add(event: CelloEvent, options?: AddOptions): Promise<Added>;
  /** Starts sending. Does nothing if already started. */
  start(): void;
  /**
   * Stops sending. Sends what is due first, for at most `drainMs` (default: 10,000), and waits for attempts in
   * progress. Everything else stays in the store. Leaves no timer behind.
   */
  stop(options?: { readonly drainMs?: number | undefined }): Promise<void>;
  /**
   * Sends what is due, and what a dead process was sending, for at most `maxMs` (default: 10,000): for a cron job, or
   * for `waitUntil` in a serverless function. Attempts still in progress when the time is up count as waiting.
   *
   * If the store cannot be read, `onError` gets the error, and `waiting` counts what this process is sending.
   *
   * @throws {TypeError} (as a rejection) If `maxMs` is not a number of ms.
   */
  flush(options?: { readonly maxMs?: number | undefined }): Promise<Flushed>;
  /** How many events are in each state, and whether Cello accepts them. */
  stats(): Promise<OutboxStats>;
  /** The parked events, oldest first. */
  parked(limit?: number): Promise<readonly ParkedEvent[]>;
  /**
   * Sends a parked or waiting event now, corrected or unchanged.
   *
   * @param event - The corrected event, with the same trigger and `newUserId`.
   * @returns `false` if no parked or waiting event has this key.
   * @throws {TypeError} (as a rejection) Names the field.
   */
  resend(key: string, event?: CelloEvent): Promise<boolean>;
  /**
   * Discards a parked or waiting event: it is invalid, or Cello's Event Feed already has it. Events that it held back
   * are sent, and its key stays taken.
   *
   * @returns `false` if no parked or waiting event has this key.
   */
  discard(key: string): Promise<boolean>;
  /**
   * Permanently removes a person's events that Cello does not have yet; one that is being sent is not retried. Keys of
   * sent events are kept.
   *
   * @param person - An e-mail address, an id (`user.id` or `newUserId`), or both; matched case-insensitively.
   * @returns How many were removed.
   * @throws {TypeError} (as a rejection) If neither is given.
   */
  erase(person: {
    readonly email?: string | null | undefined;
    readonly userId?: string | null | undefined;
  }): Promise<number>;
  /**
   * Removes the keys of events that were sent or discarded this many days ago. A pruned key can be used again: the same
   * event would be sent once more. Waiting events are kept.
   *
   * @param options - `olderThanDays`: at least 30.
   * @returns How many were removed.
   * @throws {TypeError} (as a rejection) If it is less than 30.
   */
  prune(options: { readonly olderThanDays: number }): Promise<number>;
}
