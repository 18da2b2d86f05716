/** What the tests need from the machine beside Node, and whether it is there. Installs and starts nothing. */

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findBinaries } from '../services/postgres-server.mjs';
import { findEngines, findUndriven, hasShell } from './engines.mjs';
import { findNode, OTHERS } from './nodes.mjs';

const FOLDERS = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
const UBLOCK = '/usr/share/mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}/uBlock0@raymondhill.net';

/** The path of the system's Redis; `undefined` if it has none. */
export const findRedis = () => FOLDERS.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path));

/** Whether Firefox has Debian's uBlock Origin. */
export const hasUblock = () => existsSync(UBLOCK);

/**
 * @returns {string[]} What is missing: `chromium`, `headless shell`, `firefox`, `webkit`, `postgresql`, `redis`, `ublock`,
 *   `node 22`, `node 24`.
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
    ublock: hasUblock(),
    ...Object.fromEntries(OTHERS.map((major) => [`node ${major}`, findNode(major)])),
  };
  return Object.keys(found).filter((name) => !found[name]);
}
