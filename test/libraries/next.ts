/** The site in `next`, built once by Next.js's own compiler and served by its own server. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import { listen } from '../services/wire.js';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = join(import.meta.dirname, 'next');
/** Apart from the other libraries, which have a React of their own: a site with two of them does not render. */
const BUILDS = join(ROOT, 'test/.bundles');
const NEXT = createRequire(import.meta.url).resolve('next/dist/bin/next');
const QUIET = { NEXT_TELEMETRY_DISABLED: '1' };

/** How long its compiler may take on a machine that is busy with browsers. */
export const BUILD_MS = 180_000;

function hashSources(): string {
  const hash = createHash('sha256');
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => /\.\w+$/.test(file));
  const paths = [...files.sort().map((file) => join(SOURCES, file)), join(ROOT, 'package-lock.json')];
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}

/** Builds the site, unless that was done before, and gives its folder. */
function buildSite(): string {
  const folder = join(BUILDS, `next-${hashSources()}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}-${process.pid}`; // as deep as the folder, so that it finds the same packages
  mkdirSync(draft, { recursive: true });
  cpSync(SOURCES, draft, { recursive: true });
  mkdirSync(join(draft, 'public'));
  const env = { ...process.env, ...QUIET };
  const { status, stdout, stderr } = spawnSync(process.execPath, [NEXT, 'build'], {
    cwd: draft,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`next build failed:\n${stdout}${stderr}`);
  rmSync(join(draft, '.next/cache'), { recursive: true, force: true });
  renameSync(draft, folder);
  return folder;
}

/** What the site wrote down: `join`, what the server action received; `message`, what the endpoint did. */
export interface Entry {
  readonly what: 'join' | 'message';
  readonly [name: string]: unknown;
}

export interface NextSite {
  readonly origin: string;
  /** What it received of a kind, as soon as there is something. */
  readonly received: (what: Entry['what'], isWanted: (entry: Entry) => boolean) => Promise<Entry>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the site.
 *
 * @param log - The file into which it writes what it receives.
 */
export async function startNext(log: string): Promise<NextSite> {
  const folder = buildSite();
  copyFileSync(join(ROOT, 'dist/cello-companion.js'), join(folder, 'public/cello-companion.js'));
  const free = await listen(() => {});
  await free.close();
  const child: ChildProcess = spawn(process.execPath, [NEXT, 'start', '-p', String(free.port), '-H', '127.0.0.1'], {
    cwd: folder,
    env: { ...process.env, ...QUIET, LOG: log },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const answers = () =>
    fetch(free.origin).then(
      ({ status }) => status,
      () => 0, // it does not listen yet
    );
  await expect.poll(answers, { timeout: 60_000, intervals: [100] }).toBe(200);
  const read = (): Entry[] =>
    (existsSync(log) ? readFileSync(log, 'utf8') : '')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return {
    origin: free.origin,
    async received(what, isWanted) {
      const find = () => read().find((entry) => entry.what === what && isWanted(entry));
      await expect.poll(() => Boolean(find()), { timeout: 15_000, intervals: [50] }).toBe(true);
      const entry = find();
      if (!entry) throw new Error(`Nothing of the kind "${what}" was received.`);
      return entry;
    },
    async stop() {
      // Asked politely, Next.js waits for every connection, also for one that Chromium opened ahead and never used.
      child.kill('SIGKILL');
      await ended;
    },
  };
}
