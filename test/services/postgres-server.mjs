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
      if (log.includes('ready to accept connections')) resolve();
    });
  });

/**
 * Starts a PostgreSQL of our own. `fsync` is off: the tests kill its clients, not its machine.
 * @param {string} folder Where the binaries are.
 * @param {{ isDurable?: boolean }} [options] `isDurable`: with `fsync`, for measuring.
 * @returns {Promise<{ port: number, restart: () => Promise<void>, stop: () => Promise<void> }>}
 */
export async function startPostgres(folder, { isDurable = false } = {}) {
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
  const end = () =>
    new Promise((resolve) => {
      server.removeAllListeners('exit');
      server.once('exit', resolve);
      server.kill('SIGINT'); // a fast shutdown: whoever is connected is cut off
    });
  return {
    port,
    async restart() {
      await end();
      server = await run();
    },
    async stop() {
      await end();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
