/**
 * A Redis for the tests: the system's (test/engines/machine.mjs), started on a free port of the loopback and ended with the test. It keeps nothing.
 */
import { spawn } from 'node:child_process';
import { findPort } from './postgres-server.mjs';

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
