/**
 * Entry point `cello-companion/server/pg-boss`: the store on pg-boss and PostgreSQL, for more than one machine.
 */
export {
  type Boss,
  type PgBossOptions,
  type PgBossStore,
  type PgClient,
  type PgPool,
  type PgResult,
  pgBossStore,
  // biome-ignore lint/plugin: a second door into the store, because users of the first need not have pg-boss
} from './store/postgres/index.js';
