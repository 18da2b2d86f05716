/**
 * Door `cello-companion/server/pg-boss`: the store on pg-boss and PostgreSQL, for more than one machine.
 */
export type { Boss, PgBossOptions } from './pg-boss-options.js';
export { type PgBossStore, pgBossStore } from './pg-boss-store.js';
export type { PgClient, PgPool, PgResult } from './postgres.js';
