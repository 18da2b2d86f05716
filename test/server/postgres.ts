/**
 * A PostgreSQL for the tests: the system's, started on a free port of the loopback and ended with the worker; where there
 * is none, PGlite inside the process. A run says which.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { type PgPool, pgBossStore } from 'cello-companion/server/pg-boss';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { test as base } from 'playwright/test';

/** Where Debian puts the binaries, newest first; else whatever stands in the path. `TEST_POSTGRES=pglite` looks for none. */
function findBinaries(): string | null {
  if (process.env['TEST_POSTGRES'] === 'pglite') return null;
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(root, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null;
}

const binaries = findBinaries();

/** Whether there is a PostgreSQL that several processes can share. PGlite lives in one. */
export const hasServer = binaries !== null;

/** PostgreSQL refuses to run as root; Debian's package makes a user for it. */
function findOwner(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const ask = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g') };
}

/** A port of the loopback that nobody listens on. */
export const findPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Resolves when the server says that it is ready. */
const waitUntilReady = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let log = '';
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
    server.stderr?.on('data', (chunk) => {
      log += chunk;
      if (log.includes('ready to accept connections')) resolve();
    });
  });

interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL of our own. `fsync` is off: the tests kill its clients, not its machine. */
export async function startPostgres(folder: string): Promise<Server> {
  const owner = findOwner();
  const home = mkdtempSync(join(tmpdir(), 'cello-companion-pg-'));
  if (owner) chownSync(home, owner.uid, owner.gid);
  const data = join(home, 'data');
  const options = { ...owner, cwd: home };
  execFileSync(join(folder, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync'], {
    ...options,
    stdio: 'ignore',
  });
  const port = await findPort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${home}`,
    'fsync=off',
    'max_connections=200',
  ];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const server = spawn(join(folder, 'postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  await waitUntilReady(server);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.removeAllListeners('exit');
        server.once('exit', () => {
          rmSync(home, { recursive: true, force: true });
          resolve();
        });
        server.kill('SIGINT'); // a fast shutdown
      }),
  };
}

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
