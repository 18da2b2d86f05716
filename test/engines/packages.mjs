// Installs the packages of the folders below that have a lock of their own, so that the root's `npm ci` stays small, unless
// what a lock says is installed already.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Front-end libraries, and what the guides of docs/guides run. */
const FOLDERS = ['libraries', 'guides'];

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // ENOENT: nothing installed
  }
}

function install(name) {
  const folder = fileURLToPath(new URL(`../${name}/`, import.meta.url));
  const lock = `${folder}package-lock.json`;
  // The lock of the last install, kept where an install begins by clearing.
  const installed = `${folder}node_modules/.installed-lock.json`;
  if (read(lock) === read(installed)) return;
  console.log(`> npm ci --prefix test/${name}`);
  // Some ask for a newer Node, for what runs on a server, and are bundled for browsers here. Nothing needs its scripts.
  const args = ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const stdio = ['ignore', 'inherit', 'inherit'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio, shell: process.platform === 'win32' });
  if (status !== 0) process.exit(1);
  copyFileSync(lock, installed);
}

for (const name of FOLDERS) install(name);
