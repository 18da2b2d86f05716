/**
 * The system's PostgreSQL, started for a while on a free port of the loopback.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where Debian puts the binaries, newest first; else whatever stands in the path. `TEST_POSTGRES=pglite` looks for none.
 * @returns {string | null}
 */
export function findBinaries() {
  if (process.env['TEST_POSTGRES'] === 'pglite') return null;
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(root, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null;
}

/** PostgreSQL refuses to run as root; Debian's package makes a user for it. */
function findOwner() {
  if (process.getuid?.() !== 0) return null;
  /** @type {(flag: string) => number} */
  const ask = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g') };
}

/**
 * A port of the loopback that nobody listens on.
 * @returns {Promise<number>}
 */
export const findPort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/**
 * Resolves when the server says that it is ready.
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<void>}
 */
const waitUntilReady = (server) =>
  new Promise((resolve, reject) => {
    let log = '';
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
    server.stderr?.on('data', (chunk) => {
      log += chunk;
      if (/ready to accept (read-only )?connections/.test(log)) resolve(); // a standby says the former
    });
  });

/** A child's end. */
const waitUntilGone = (/** @type {import('node:child_process').ChildProcess} */ child) =>
  new Promise((resolve) => child.once('exit', resolve));

/** A folder that PostgreSQL may write to. */
function createHome() {
  const owner = findOwner();
  const home = mkdtempSync(join(tmpdir(), 'cello-companion-pg-'));
  if (owner) chownSync(home, owner.uid, owner.gid);
  return { home, data: join(home, 'data'), options: { ...owner, cwd: home } };
}

/**
 * A PostgreSQL of our own, that runs.
 * @typedef {object} Server
 * @property {number} port
 * @property {() => Promise<void>} restart As an operator does it: whoever is connected is cut off, and what was committed is on the disk.
 * @property {() => Promise<void>} crash As if its machine had failed: nobody is told anything. Then it starts again, and recovers.
 * @property {() => Promise<void>} die The same, and it stays down.
 * @property {() => Promise<void>} stop Ends it, and removes its files.
 */

/**
 * Runs the server in a folder that is there.
 * @param {string} folder Where the binaries are.
 * @param {ReturnType<typeof createHome>} place
 * @param {boolean} isDurable
 * @returns {Promise<Server>}
 */
async function runServer(folder, { home, data, options }, isDurable) {
  const port = await findPort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${home}`,
    `fsync=${isDurable ? 'on' : 'off'}`,
    'max_connections=200',
  ];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const run = async () => {
    const server = spawn(join(folder, 'postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    await waitUntilReady(server);
    return server;
  };
  let server = await run();
  /** @type {(signal: NodeJS.Signals) => Promise<void>} */
  const end = async (signal) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.removeAllListeners('exit');
    const isGone = waitUntilGone(server);
    server.kill(signal);
    await isGone;
  };
  /** @type {(signal: NodeJS.Signals) => Promise<void>} */
  const again = async (signal) => {
    await end(signal);
    server = await run();
  };
  // https://www.postgresql.org/docs/current/server-shutdown.html: SIGINT is a fast shutdown, SIGQUIT an immediate one
  return {
    port,
    restart: () => again('SIGINT'),
    crash: () => again('SIGQUIT'),
    die: () => end('SIGQUIT'),
    async stop() {
      await end('SIGINT');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/**
 * Starts a PostgreSQL of our own. `fsync` is off: the tests kill its processes, not its machine.
 * @param {string} folder Where the binaries are.
 * @param {{ isDurable?: boolean }} [options] `isDurable`: with `fsync`, for measuring.
 */
export async function startPostgres(folder, { isDurable = false } = {}) {
  const place = createHome();
  execFileSync(join(folder, 'initdb'), ['-D', place.data, '-A', 'trust', '-U', 'postgres', '--no-sync'], {
    ...place.options,
    stdio: 'ignore',
  });
  return runServer(folder, place, isDurable);
}

/**
 * Starts a hot standby: a copy of a running server that follows it, until `SELECT pg_promote()` makes it the server.
 * @param {string} folder Where the binaries are.
 * @param {Server} primary
 */
export async function startStandby(folder, primary) {
  const place = createHome();
  const copy = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'postgres', '-D', place.data, '-R', '--no-sync'];
  execFileSync(join(folder, 'pg_basebackup'), [...copy, '-c', 'fast'], { ...place.options, stdio: 'ignore' });
  return runServer(folder, place, false);
}
