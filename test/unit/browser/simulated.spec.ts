import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'playwright/test';

const UCC = 'pNRB1aYqArN';
const CHILD = fileURLToPath(new URL('../../services/simulated-dom.mjs', import.meta.url));

const run = async (...args: readonly string[]) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [CHILD, ...args]);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
};

for (const runner of ['vitest', 'jest'])
  test(`works in jsdom, as ${runner} runs it`, async () => {
    expect(await run('jsdom', runner)).toEqual({
      ucc: UCC,
      field: UCC,
      again: 1,
      left: 0,
      isFree: true,
      sent: ['capture', 'submission'],
      problems: [],
    });
  });

// happy-dom knows no attribute selector that is unquoted and ignores case.
for (const runner of ['vitest', 'jest'])
  test(`does nothing in happy-dom, as ${runner} runs it, and breaks nothing`, async () => {
    expect(await run('happy-dom', runner)).toEqual({
      ucc: null,
      field: null,
      again: 0,
      left: 0,
      isFree: true,
      sent: [],
      problems: [],
    });
  });

for (const library of ['jsdom', 'happy-dom'])
  test(`does nothing on about:blank in ${library}, and breaks nothing`, async () => {
    const { threw, ucc, sent, problems } = await run(library, 'jest', 'about:blank');
    expect({ threw, ucc, sent, problems }).toEqual({ threw: undefined, ucc: null, sent: [], problems: [] });
  });
