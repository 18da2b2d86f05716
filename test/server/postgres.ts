/**
 * A PostgreSQL for the tests: the system's, started on a free port of the loopback and ended with the worker; where there
 * is none, PGlite inside the process. A run says which.
 */
import { PGlite } from '@electric-sql/pglite';
import { type PgPool, pgBossStore } from 'cello-companion/server/pg-boss';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { test as base } from 'playwright/test';
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
export interface PostgresStore {
  readonly events: ReturnType<typeof pgBossStore>['events'];
  /** Ends pg-boss and the connections. */
  close(): Promise<void>;
}

/** Opens a store in a database of the server. */
export async function openStore(url: string, leaseMs = 60_000): Promise<PostgresStore> {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const boss = new PgBoss({ connectionString: url, schedule: false, maintenanceIntervalSeconds: 1, max: 3 });
  pool.on('error', () => {}); // an idle connection that the other side closed
  boss.on('error', () => {});
  await boss.start();
  const close = async () => {
    await boss.stop({ graceful: false, wait: true });
    await pool.end();
  };
  return { ...pgBossStore({ boss, pool, leaseMs }), close };
}

/** A store in schemas of its own, in the one PGlite of this worker: it takes seconds to start. */
async function openLiteStore(lite: PGlite, leaseMs: number): Promise<PostgresStore> {
  const name = `test_${databases++}`;
  const pool = createLitePool(lite);
  const executeSql = async (text: string, values: unknown[]) => {
    const client = await pool.connect();
    try {
      return { rows: [...(await client.query(text, values)).rows] };
    } finally {
      client.release();
    }
  };
  const boss = new PgBoss({
    db: { executeSql },
    schema: `boss_${name}`,
    schedule: false,
    maintenanceIntervalSeconds: 1,
  });
  boss.on('error', () => {});
  await boss.start();
  return {
    ...pgBossStore({ boss, pool, leaseMs, schema: name }),
    close: () => boss.stop({ graceful: false, wait: true }),
  };
}

interface Postgres {
  /** The address of an empty database of its own. Only where `hasServer`. */
  createUrl(): Promise<string>;
  /** A store in an empty database. */
  openStore(leaseMs?: number): Promise<PostgresStore>;
}

/** Playwright's `test` with a PostgreSQL, one a worker. */
export const test = base.extend<object, { postgres: Postgres }>({
  postgres: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's text, and takes no other
    async ({}, use) => {
      console.log(binaries ? `PostgreSQL: ${binaries}` : 'PostgreSQL: none found, PGlite stands in for it');
      if (!binaries) {
        const lite = new PGlite();
        const createUrl = () => Promise.reject(new Error('PGlite has no address'));
        await use({ createUrl, openStore: (leaseMs = 60_000) => openLiteStore(lite, leaseMs) });
        await lite.close();
        return;
      }
      const server = await startPostgres(binaries);
      const createUrl = () => createDatabase(server.port);
      await use({ createUrl, openStore: async (leaseMs) => openStore(await createUrl(), leaseMs) });
      await server.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});
