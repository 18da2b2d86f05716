/**
 * Door `cello-companion/server/pg-boss`: the store on pg-boss and PostgreSQL, for more than one machine.
 */
export { type Boss, type PgBossOptions, type PgBossStore, pgBossStore } from './pg-boss-store.js';
export type { PgClient, PgPool, PgResult } from './postgres.js';
