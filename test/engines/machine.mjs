/** What the tests need from the machine beside Node, and whether it is there. Installs and starts nothing. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findBinaries } from '../services/postgres-server.mjs';
import { findEngines, findUndriven, hasShell } from './engines.mjs';
import { findNode, OTHERS } from './nodes.mjs';

const FOLDERS = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
const UBLOCK = '/usr/share/mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}/uBlock0@raymondhill.net';

/** The path of the system's Redis; `undefined` if it has none. */
export const findRedis = () => FOLDERS.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path));

/** The path of Python 3; `undefined` if there is none. */
export const findPython = () => FOLDERS.map((folder) => join(folder, 'python3')).find((path) => existsSync(path));

/** The path of a PHP that has PDO's driver for SQLite; `undefined` if there is none. */
export function findPhp() {
  const path = FOLDERS.map((folder) => join(folder, 'php')).find((one) => existsSync(one));
  return path && /^pdo_sqlite$/m.test(spawnSync(path, ['-m'], { encoding: 'utf8' }).stdout) ? path : undefined;
}

/** Whether Firefox has Debian's uBlock Origin. */
export const hasUblock = () => existsSync(UBLOCK);

/**
 * @returns {string[]} What is missing: `chromium`, `headless shell`, `firefox`, `webkit`, `postgresql`, `redis`, `python`,
 *   `php`, `ublock`, `node 22`, `node 24`.
 */
export function findMissing() {
  const engines = findEngines();
  const found = {
    chromium: engines.chromium && findUndriven.chromium(),
    'headless shell': hasShell(),
    firefox: engines.firefox,
    webkit: engines.webkit,
    postgresql: findBinaries(),
    redis: findRedis(),
    python: findPython(),
    php: findPhp(),
    ublock: hasUblock(),
    ...Object.fromEntries(OTHERS.map((major) => [`node ${major}`, findNode(major)])),
  };
  return Object.keys(found).filter((name) => !found[name]);
}
