/** An engine without a driver: what a driver switches off, or cannot do, a page does by itself and tells the server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findUndriven } from './engines.mjs';

/** How long an engine may take from nothing to its first request: several seconds, and more on a busy machine. */
export const START_MS = 45_000;

/** Of Firefox's extensions only those of the profile and its own: not what the system may have, such as a blocker. */
const PREFS = 'user_pref("extensions.enabledScopes", 5);';

type Engine = keyof typeof findUndriven;

/** WebKit needs a screen: xvfb-run gives one. */
const COMMANDS: { readonly [engine in Engine]: (path: string, folder: string, url: string) => readonly string[] } = {
  chromium: (path, folder, url) => [
    path,
    '--headless=new',
    '--no-sandbox',
    '--no-first-run',
    '--disable-background-networking',
    `--user-data-dir=${folder}`,
    url,
  ],
  firefox: (path, folder, url) => [path, '--headless', '--no-remote', '--profile', folder, url],
  webkit: (path, _folder, url) => ['xvfb-run', '-a', path, '--private', url],
};

/**
 * Opens a page in an engine, with a new profile and without a driver.
 *
 * @returns Ends the engine, with the processes that it started.
 */
export function openUndriven(engine: Engine, url: string): () => Promise<void> {
  const path = findUndriven[engine]();
  if (!path) throw new Error(`There is no ${engine} here that runs without a driver.`);
  const folder = mkdtempSync(join(tmpdir(), 'undriven-'));
  writeFileSync(join(folder, 'user.js'), PREFS); // only Firefox reads it
  const [command = '', ...args] = COMMANDS[engine](path, folder, url);
  const child: ChildProcess = spawn(command, args, { stdio: 'ignore', detached: true });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return async () => {
    if (child.pid && child.exitCode === null) process.kill(-child.pid);
    await gone;
    // Its other processes end a moment later, and write until then.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
}
