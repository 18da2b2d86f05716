/**
 * What the server half keeps, composed of its concerns. Each concern's file says what it promises; the folders beside
 * keep it in memory, in SQLite and in PostgreSQL.
 */
import { isFields } from '../input/index.js';
import type { Queue } from './queue.js';
import type { Receipts } from './receipts.js';
import type { Records } from './records.js';

/** Where the server half keeps what must outlive a request: one for all that takes a `store`. */
export interface Store {
  /** Which messages were handled, so that none is handled twice. */
  readonly receipts: Receipts;
  /** Which code came under which key, and what is known of sign-ups and demos. */
  readonly records: Records;
  /** The events that wait for Cello. */
  readonly events: Queue;
}

/** Makes the guard of a store that has these concerns, for whoever takes a `store`. */
export const isStoreWith =
  <K extends keyof Store>(...concerns: readonly K[]) =>
  (value: unknown): value is Pick<Store, K> =>
    isFields(value) && concerns.every((concern) => isFields(value[concern]));

/** What a store may be told. */
export interface StoreOptions {
  /** The time in ms since 1970. Default: the clock. */
  readonly clock?: () => number;
}
