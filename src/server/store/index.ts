/**
 * The stores: their contracts, and the two that need no other package.
 */
export { type Backlog, createBacklog } from './backlog.js';
export { memoryStore } from './memory/index.js';
export { repeatBusy } from './patience.js';
export type { Counts, Fate, Lease, NewEntry, OpenEntry, ParkedEntry, Person, Queue } from './queue.js';
export type { Claim, Receipt, Receipts } from './receipts.js';
export type { Change, NewRecord, Records, Stage, StoredRecord } from './records.js';
export { type Database, type SqlValue, type Statement, sqliteStore } from './sqlite/index.js';
export { isStoreWith, type Store, type StoreOptions } from './store.js';
export { StoreBusyError } from './store-busy-error.js';
