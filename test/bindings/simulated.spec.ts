/** The bindings in component tests: simulated DOMs, nothing mocked, and a real endpoint that remembers. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'playwright/test';

const UCC = 'pNRB1aYqArN';
const CHILD = fileURLToPath(new URL('simulated-app.mjs', import.meta.url));

async function run(...args: readonly string[]) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [CHILD, ...args]);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const MISTAKES = [
  expect.stringMatching(/^TypeError: \[cello-companion\] useUcc\(\) must be used in/),
  expect.stringMatching(/^TypeError: \[cello-companion\] start has no option "endpont"/),
  expect.stringMatching(/^TypeError: \[cello-companion\] "timeout" must be milliseconds, got "soon"/),
];

for (const framework of ['react19', 'react18', 'vue'] as const) {
  const same = framework === 'vue' ? {} : { functions: 1 };

  test(`${framework} in jsdom: shows and fills the code, reports once, forgets it when refused, and starts again`, async () => {
    expect(await run('jsdom', framework)).toEqual({
      ...same,
      ucc: UCC,
      shown: `${UCC} address ${UCC}`,
      codes: [UCC],
      captured: [UCC],
      submitted: [['demo', UCC]],
      refused: ['', ''],
      again: [UCC],
      isFree: true,
      mistakes: MISTAKES,
      problems: [],
    });
  });

  // The companion itself does nothing there: see test/unit/browser/simulated.spec.ts.
  test(`${framework} in happy-dom: renders without a code, breaks nothing, and every call settles`, async () => {
    expect(await run('happy-dom', framework)).toEqual({
      ...same,
      ucc: null,
      shown: '  ',
      codes: [''],
      captured: [],
      submitted: [],
      refused: ['', ''],
      again: [''],
      isFree: true,
      mistakes: MISTAKES,
      problems: [],
    });
  });
}
