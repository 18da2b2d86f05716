import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { fetchPackages } from '../../services/fetched.mjs';
import { createFolder } from '../../services/stores.js';

const VERSION = '1.4.5';
const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`;

/** Bun as npm brings it: the package `bun` has one of a hundred MB for each platform behind it. */
function findBun(): string {
  const name = `@oven/bun-${PLATFORM}`;
  const folder = fetchPackages(`bun-${VERSION}`, [`${name}@${VERSION}`]);
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');
}

test('on Bun, a handle of bun:sqlite keeps everything, also an event in the site’s own transaction', () => {
  test.setTimeout(180_000); // Bun is fetched when it is first needed
  const folder = createFolder();
  const output = execFileSync(findBun(), ['test/services/bun-child.mjs', join(folder.path, 'cello.db')], {
    encoding: 'utf8',
  });
  expect(JSON.parse(output)).toEqual({
    found: 'test',
    states: ['ours', 'busy'],
    sent: ['ada'],
    locked: 'StoreBusyError',
  });
  folder.remove();
});
