// Installs the libraries of this folder, unless what its lock says is installed already.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const LOCK = `${HERE}package-lock.json`;
/** The lock of the last install, kept where an install begins by clearing. */
const INSTALLED = `${HERE}node_modules/.installed-lock.json`;

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // ENOENT: nothing installed
  }
}

if (read(LOCK) !== read(INSTALLED)) {
  console.log('> npm ci --prefix test/libraries');
  // Some of them ask for a newer Node, for what runs on a server. They are bundled for browsers here.
  const { status } = spawnSync('npm', ['ci', '--prefix', HERE, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: HERE,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
  copyFileSync(LOCK, INSTALLED);
}
