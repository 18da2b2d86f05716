import { expect } from 'playwright/test';
import manifest from '../../../package.json' with { type: 'json' };
import { test } from './terminal.js';

for (const args of [[], ['--help'], ['-h'], ['help']])
  test(`says what it can do: ${args.join(' ') || 'no argument'}`, async ({ terminal }) => {
    const { status, stdout, stderr } = await terminal.call(...args);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('npx cello-companion copy <folder>');
  });

test('says what a command can do, and its exit statuses', async ({ terminal }) => {
  const { status, stdout } = await terminal.call('copy', '--help');
  expect(status).toBe(0);
  for (const part of ['--force', '--json', 'Exit status: 0']) expect(stdout).toContain(part);
});

test('says its version', async ({ terminal }) => {
  expect(await terminal.call('--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  expect((await terminal.call('-v')).stdout).toBe(`${manifest.version}\n`);
});

/** What is typed wrong, and what the answer names. */
const MISTAKES: readonly (readonly [args: readonly string[], said: string])[] = [
  [['cpoy', 'public'], 'Unknown command "cpoy". Did you mean copy?'],
  [['frobnicate'], 'Unknown command "frobnicate". Known: copy'],
  [['copy', 'public', '--froce'], 'Unknown option --froce. Did you mean --force?'],
  [['copy', '--jsno', 'public'], 'Unknown option --jsno. Did you mean --json?'],
  [['copy', 'public', '--overwrite-everything'], 'Unknown option --overwrite-everything. Known: --force, --json'],
  [['copy', 'public', '-f'], 'Unknown option -f.'],
  [['--verison'], 'Unknown option --verison. Did you mean --version?'],
  [['copy', 'public', '--force=yes'], '--force takes no value, got "yes".'],
  [['copy'], '"copy" needs the folder that your site serves, e.g. cello-companion copy public/'],
  [['copy', ''], '"copy" needs the folder'],
  [['copy', 'my', 'site'], '"copy" takes one argument, got 2: "my", "site". A name with spaces needs quotes.'],
];

for (const [args, said] of MISTAKES)
  test(`explains: ${args.join(' ')}`, async ({ terminal }) => {
    const { status, stdout, stderr } = await terminal.call(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
    expect(stderr).toContain('npx cello-companion --help');
  });

test('takes what follows -- as it stands', async ({ terminal }) => {
  expect((await terminal.call('copy', '--', '--public')).stderr).toContain('There is no folder "--public"');
});
