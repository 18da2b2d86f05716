import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { findBun } from '../../services/bun.js';
import { createFolder } from '../../services/stores.js';

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
