/** The door of the server entry: re-exports only. */
export type { Database, Statement } from './database.js';
export { memoryStore, type Store, type StoreOptions, sqliteStore } from './store.js';
