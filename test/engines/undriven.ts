/** An engine without a driver: what a driver switches off, or cannot do, a page does by itself and tells the server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findWebKitGtk } from './webkitgtk.mjs';

/** WebKit needs a screen: xvfb-run gives one. */
const COMMANDS: { readonly [engine: string]: (path: string, folder: string, url: string) => readonly string[] } = {
  chromium: (path, folder, url) => [
    path,
    '--headless=new',
    '--no-sandbox',
    '--no-first-run',
    '--disable-background-networking',
    `--user-data-dir=${folder}`,
    '--remote-debugging-port=0', // the headless shell would print its page and end
    url,
  ],
  firefox: (path, folder, url) => [path, '--headless', '--no-remote', '--profile', folder, url],
  webkit: (path, _folder, url) => ['xvfb-run', '-a', path, '--private', url],
};

/**
 * Opens a page in an engine, with a new profile and without a driver.
 *
 * @param engine - `chromium`, `firefox` or `webkit`.
 * @param path - Where its binary is; where nobody says, WebKitGTK's.
 * @returns Ends the engine, with the processes that it started.
 */
export function openUndriven(engine: string, path: string | undefined, url: string): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'undriven-'));
  const [command = '', ...args] = COMMANDS[engine]?.(path ?? findWebKitGtk() ?? '', folder, url) ?? [];
  const child: ChildProcess = spawn(command, args, { stdio: 'ignore', detached: true });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return async () => {
    if (child.pid && child.exitCode === null) process.kill(-child.pid);
    await gone;
    // Its other processes end a moment later, and write until then.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
}
