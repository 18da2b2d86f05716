/** Sites built with frameworks: each is installed by its own lock, with the package in it as `npm pack` gives it. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import { readSnippets, writeFiles } from '../docs/snippets.js';
import { fetchNode } from '../engines/nodes.mjs';
import { listen } from '../services/wire.js';

const ROOT = join(import.meta.dirname, '../..');
const PROJECTS = join(ROOT, 'test/.bundles');
const LOCK = 'package-lock.json';
/** How long a server may take to answer on a busy machine. */
const START_MS = 60_000;
const NPM = { shell: process.platform === 'win32' };

/** Frameworks ask for a newer Node than the tests do. */
const NODE = fetchNode(22) ?? process.execPath;

/** Cello's sandbox, which the samples name, answered by its stand-in. */
const redirectTo = (url: string) =>
  `--import=data:text/javascript,${encodeURIComponent(
    `const real = fetch; globalThis.fetch = (to, init) => real(typeof to === 'string' ? to.replace('https://api.sandbox.cello.so', '${url}') : to, init);`,
  )}`;

function run(command: string, args: readonly string[], options: object): string {
  const { status, stdout, stderr } = spawnSync(command, args, { ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${stdout}${stderr}`);
  return stdout;
}

/** The folder in which a lock's packages are installed, which is done once. */
function install(source: string, name: string): string {
  const lock = createHash('sha256')
    .update(readFileSync(join(source, LOCK)))
    .digest('hex')
    .slice(0, 16);
  const folder = join(PROJECTS, `${name}-${lock}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}-${process.pid}`;
  mkdirSync(draft, { recursive: true });
  for (const file of ['package.json', LOCK]) cpSync(join(source, file), join(draft, file));
  run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: draft, ...NPM });
  renameSync(draft, folder);
  return folder;
}

/** Puts the package there as `npm install` does: what `npm pack` gives, and not a link to this folder. */
function unpack(folder: string): void {
  const draft = mkdtempSync(join(tmpdir(), 'cello-companion-pack-'));
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', draft];
  const [{ filename }] = JSON.parse(run('npm', args, { cwd: ROOT, ...NPM }));
  const target = join(folder, 'node_modules/cello-companion');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  run('tar', ['-xzf', join(draft, filename), '-C', target, '--strip-components=1'], {});
  rmSync(draft, { recursive: true });
}

export interface Project {
  /** The folder in `test/guides` with what the site has of its own, its packages and their lock. */
  readonly name: string;
  /** Where `attribution.js`, `cello.js` and `accounts.js` belong, and where files that are served as they are. */
  readonly server: string;
  readonly served: string;
  /** The compiler and the server: a file and its arguments. */
  readonly build: readonly string[];
  readonly start: readonly string[];
  readonly env?: Record<string, string>;
}

/** Writes a site anew: what it has of its own, and the guide's files as they are printed. Gives its folder. */
export function writeSite({ name, server, served }: Project): string {
  const source = join(import.meta.dirname, name);
  const folder = install(source, name);
  for (const file of readdirSync(folder))
    if (!['node_modules', 'package.json', LOCK].includes(file)) rmSync(join(folder, file), { recursive: true });
  cpSync(source, folder, { recursive: true });
  unpack(folder);
  const printed = readSnippets('docs/server.md');
  const accounts =
    'export const createAccount = async ({ email }) => ({ id: crypto.randomUUID(), email, name: "Ada" });\n';
  writeFiles(folder, [
    ...readSnippets(`docs/guides/${name}.md`),
    [`${server}/attribution.js`, printed.get('attribution.js') ?? ''],
    [`${server}/cello.js`, printed.get('cello.js') ?? ''],
    [`${server}/accounts.js`, accounts],
  ]);
  mkdirSync(join(folder, served), { recursive: true });
  cpSync(join(ROOT, 'dist/cello-companion.js'), join(folder, served, 'cello-companion.js'));
  return folder;
}

/** Builds a site on a machine that has no keys. */
export function buildSite({ build }: Project, folder: string): void {
  const { CELLO_ACCESS_KEY_ID: _id, CELLO_SECRET_ACCESS_KEY: _secret, ...env } = process.env;
  run(NODE, build, { cwd: folder, env: { ...env, NODE_ENV: 'production', ...QUIET } });
}

/** Removes what a site kept while it had no keys. */
export function forgetEvents(folder: string): void {
  for (const end of ['', '-shm', '-wal']) rmSync(join(folder, `cello.db${end}`), { force: true });
}

const QUIET = { NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' };

export interface Site {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a site that was built.
 *
 * @param cello - The address of Cello's stand-in.
 * @param keys - What the site has of Cello's keys.
 */
export async function startSite(
  { start, env }: Project,
  folder: string,
  cello: string,
  keys: Record<string, string>,
): Promise<Site> {
  const free = await listen(() => {});
  await free.close();
  const [file = '', ...args] = start;
  const child = spawn(NODE, [join(folder, file), ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...QUIET,
      NODE_ENV: 'production',
      NODE_OPTIONS: redirectTo(cello),
      HOST: '127.0.0.1',
      PORT: String(free.port),
      ...env,
      ...keys,
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL'); // asked politely, some wait for connections that a browser keeps
    await ended;
  };
  const answers = () =>
    fetch(free.origin).then(
      ({ status }) => status,
      () => 0, // it does not listen yet
    );
  try {
    await expect.poll(answers, { timeout: START_MS, intervals: [100] }).toBe(200);
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin: free.origin, stop };
}
