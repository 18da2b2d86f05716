/**
 * Door `cello-companion/server/pg-boss`: the store on pg-boss and PostgreSQL, for more than one machine.
 */
export {
  type Boss,
  type PgBossOptions,
  type PgBossStore,
  type PgClient,
  type PgPool,
  type PgResult,
  pgBossStore,
} from './store/postgres/index.js';
