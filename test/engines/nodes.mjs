// The releases of Node that are supported beside the one at hand, and where their binaries are. They come from the
// packages behind the npm package `node`, into a folder of node_modules that no import reaches: as ordinary development
// dependencies they would put a `node` of their own before yours in every npm script.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The exact release for each major version. */
const RELEASES = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' };

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/nodes/', import.meta.url));
const IS_WINDOWS = process.platform === 'win32';

/** The package that holds the binary for this machine, as `node` itself names it. */
const nameOf = () => {
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return [prefix, IS_WINDOWS ? 'win' : process.platform, process.arch].join('-');
};

/** Those that `npm test` tries beside the one it runs on. */
export const OTHERS = ['22', '24'].filter((major) => !process.versions.node.startsWith(`${major}.`));

const folderOf = (major) => join(CACHE, RELEASES[major]);
const binaryIn = (folder) => join(folder, 'node_modules', nameOf(), 'bin', IS_WINDOWS ? 'node.exe' : 'node');

/**
 * @param {number | string} major - `20`, `22` or `24`.
 * @returns {string | undefined} Path of the binary: the running one if it is of that version, else the fetched one.
 */
export function findNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const path = binaryIn(folderOf(major));
  return existsSync(path) ? path : undefined;
}

/**
 * Fetches the binary of a release, some 40 MB, if it is not here yet.
 *
 * @param {number | string} major - `20`, `22` or `24`; anything else is a `TypeError`.
 * @returns {string | undefined} Its path; `undefined` where it cannot be had, which is said on the console.
 */
export function fetchNode(major) {
  const release = RELEASES[major];
  if (!release) throw new TypeError(`"major" must be one of ${Object.keys(RELEASES).join(', ')}, got ${major}`);
  const found = findNode(major);
  if (found) return found;
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'draft-')); // two that fetch at once must not see each other's half
  writeFileSync(join(draft, 'package.json'), '{ "private": true }');
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `${nameOf()}@${release}`];
  const { status } = spawnSync('npm', args, { cwd: draft, stdio: ['ignore', 'ignore', 'inherit'], shell: IS_WINDOWS });
  try {
    if (status === 0 && !findNode(major)) renameSync(draft, folderOf(major));
  } catch {
    // somebody else was faster
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return findNode(major);
}
