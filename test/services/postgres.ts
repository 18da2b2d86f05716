/**
 * A PostgreSQL for the tests: the system's, started on a free port of the loopback and ended with the worker; where there
 * is none, PGlite inside the process. A run says which.
 */
import { PGlite } from '@electric-sql/pglite';
import { type PgBossStore, type PgPool, pgBossStore } from 'cello-companion/server/pg-boss';
import pg from 'pg';
import { test as base } from 'playwright/test';
import { createNoBoss } from './no-boss.mjs';
import { findBinaries, startPostgres } from './postgres-server.mjs';

const binaries = findBinaries();

/** Whether there is a PostgreSQL that several processes can share. PGlite lives in one. */
export const hasServer = binaries !== null;

let databases = 0;

/** Makes an empty database. */
async function createDatabase(port: number): Promise<string> {
  const url = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`;
  const name = `test_${process.pid}_${databases++}`;
  const client = new pg.Client(url('postgres'));
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return url(name);
}

/** PGlite has one connection: whoever has it keeps it until he is done. */
function createLitePool(lite: PGlite): PgPool {
  let queue: Promise<void> = Promise.resolve();
  return {
    async connect() {
      let release = () => {};
      const before = queue;
      queue = new Promise((resolve) => {
        release = resolve;
      });
      await before;
      return {
        query: async (text, values) =>
          values?.length ? lite.query(text, values) : { rows: (await lite.exec(text)).at(-1)?.rows ?? [] },
        release,
      };
    },
  };
}

/** An outbox's store on a PostgreSQL, with everything behind it. */
export interface PostgresStore extends PgBossStore {
  /** Ends pg-boss and the connections. */
  close(): Promise<void>;
}

const createPool = (connectionString: string, max = 10) => new pg.Pool({ connectionString, max });

/** Opens a store in a database of the server. */
export async function openStore(url: string, leaseMs = 60_000, pool = createPool(url)): Promise<PostgresStore> {
  const { PgBoss } = await import('pg-boss'); // here, since it is not made for every Node that the rest is tried on
  const boss = new PgBoss({ connectionString: url, schedule: false, max: 3 });
  await boss.start(); // who hears the errors of both, when a connection breaks, is the store
  const close = async () => {
    await boss.stop({ graceful: false });
    await pool.end();
  };
  return { ...pgBossStore({ boss, pool, leaseMs }), close };
}

/** A store in schemas of its own, in the one PGlite of this worker: it takes seconds to start. */
async function openLiteStore(lite: PGlite, pool: PgPool, leaseMs: number): Promise<PostgresStore> {
  const name = `test_${databases++}`;
  const { fromPglite, PgBoss } = await import('pg-boss');
  const boss = new PgBoss({ db: fromPglite(lite), backend: 'pglite', schema: `boss_${name}`, schedule: false });
  boss.on('error', () => {});
  await boss.start();
  return {
    ...pgBossStore({ boss, pool, leaseMs, schema: name }),
    close: () => boss.stop({ graceful: false }),
  };
}

export interface Postgres {
  /** The address of an empty database of its own. Only where `hasServer`. */
  createUrl(): Promise<string>;
  /** A store in an empty database. */
  openStore(leaseMs?: number): Promise<PostgresStore>;
  /** A store in a schema of its own, without pg-boss: for receipts and referrals. */
  openTables(clock: () => number): Promise<PgBossStore>;
}

type Running = Postgres & { stop(): Promise<unknown> };

/** The system's. */
async function startServed(binaries: string): Promise<Running> {
  const server = await startPostgres(binaries);
  const createUrl = () => createDatabase(server.port);
  const pool = new pg.Pool({ connectionString: await createUrl(), max: 10 });
  pool.on('error', () => {}); // an idle connection that the other side closed
  return {
    createUrl,
    openStore: async (leaseMs) => openStore(await createUrl(), leaseMs),
    openTables: async (clock) =>
      pgBossStore({ boss: createNoBoss(pool), pool, schema: `tables_${databases++}`, clock }),
    async stop() {
      await pool.end();
      await server.stop();
    },
  };
}

/** PGlite, where there is no other. */
async function startLite(): Promise<Running> {
  const lite = await PGlite.create();
  const pool = createLitePool(lite);
  return {
    createUrl: () => Promise.reject(new Error('PGlite has no address')),
    openStore: (leaseMs = 60_000) => openLiteStore(lite, pool, leaseMs),
    openTables: async (clock) =>
      pgBossStore({ boss: createNoBoss(pool), pool, schema: `tables_${databases++}`, clock }),
    stop: () => lite.close(),
  };
}

/** Playwright's `test` with a PostgreSQL, one a worker. */
export const test = base.extend<object, { postgres: Postgres }>({
  postgres: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's text, and takes no other
    async ({}, use) => {
      console.log(binaries ? `PostgreSQL: ${binaries}` : 'PostgreSQL: none found, PGlite stands in for it');
      const postgres = await (binaries ? startServed(binaries) : startLite());
      await use(postgres);
      await postgres.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});
