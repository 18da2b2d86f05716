/**
 * What the server stores, one concern per property. Each concern's file states its contract; the folders next to this
 * file implement it in memory, in SQLite and in PostgreSQL.
 */
import { isFields } from '../input/index.js';
import type { Queue } from './queue.js';
import type { Receipts } from './receipts.js';
import type { Records } from './records.js';

/** Stores what must outlive a request: one store for everything that takes a `store`. */
export interface Store {
  /** Which messages were handled, so that none is handled twice. */
  readonly receipts: Receipts;
  /** Which code belongs to which key, and what is known about sign-ups and demos. */
  readonly records: Records;
  /** The events that wait for Cello. */
  readonly events: Queue;
}

/** Creates a type guard for a store that has these concerns. */
export const isStoreWith =
  <K extends keyof Store>(...concerns: readonly K[]) =>
  (value: unknown): value is Pick<Store, K> =>
    isFields(value) && concerns.every((concern) => isFields(value[concern]));

/** The options of a store. */
export interface StoreOptions {
  /** Returns the time in ms since 1970. Default: the system clock. */
  readonly clock?: () => number;
}
