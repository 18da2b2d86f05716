/**
 * A Redis for the tests: the system's, started on a free port of the loopback and ended with the test. It keeps nothing.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findPort } from './postgres-server.mjs';

const FOLDERS = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(':')];

/** Where the system's Redis is; `null` if it has none. */
export const redisPath = FOLDERS.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path)) ?? null;

/** Starts a Redis. */
export async function startRedis(path: string): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await findPort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn(path, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const isGone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    isGone.then(() => reject(new Error('Redis did not start')));
    server.stdout.on('data', (chunk) => String(chunk).includes('Ready to accept connections') && resolve());
  });
  return {
    port,
    stop: () => {
      server.kill('SIGTERM');
      return isGone;
    },
  };
}
