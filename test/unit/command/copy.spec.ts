import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import hashes from '../../../dist/integrity.json' with { type: 'json' };
import manifest from '../../../package.json' with { type: 'json' };
import { test as base } from './terminal.js';

const DIST = new URL('../../../dist/', import.meta.url);
const SCRIPT = 'cello-companion.js';
const NAMES = Object.keys(hashes);

/** The folder that the site of these tests serves. */
const test = base.extend<{ readonly served: string }>({
  served: async ({ terminal }, use) => {
    const served = join(terminal.folder, 'public');
    mkdirSync(served);
    await use(served);
  },
});

const hashOf = (path: string) => `sha384-${createHash('sha384').update(readFileSync(path)).digest('base64')}`;

test('copies every file that a page may load, with the licences, and prints a tag that fits', async ({
  terminal,
  served,
}) => {
  const { status, stdout, stderr } = await terminal.call('copy', 'public/');
  expect([status, stderr]).toEqual([0, '']);
  const licences = readdirSync(DIST).filter((name) => name.endsWith('.LICENSE.txt'));
  expect(readdirSync(served).sort()).toEqual([...NAMES, ...licences].sort());
  for (const [name, hash] of Object.entries(hashes)) expect(hashOf(join(served, name))).toBe(hash);
  expect(stdout).toContain(
    `<script async src="/${SCRIPT}" integrity="${hashOf(join(served, SCRIPT))}" data-endpoint="/api/cello" data-include="email"></script>`,
  );
  expect(stdout).toContain(`cello-companion ${manifest.version} is in public/`);
  expect(stdout).not.toContain('\u001b');
});

test('says that nothing changed when it runs twice', async ({ terminal, served }) => {
  await terminal.call('copy', 'public');
  const before = readdirSync(served);
  const { status, stdout } = await terminal.call('copy', 'public');
  expect([status, readdirSync(served)]).toEqual([0, before]);
  expect(stdout).toMatch(/cello-companion\.js +unchanged/);
  expect(stdout).not.toMatch(/ (new|replaced)$/m);
});

test('replaces another version of ours, and says which', async ({ terminal, served }) => {
  writeFileSync(join(served, SCRIPT), '/*! cello-companion 0.0.7 | MIT | js-cookie | MIT */\n!function(){}();');
  writeFileSync(join(served, `${SCRIPT}.LICENSE.txt`), 'cello-companion.js contains js-cookie.\n\nof another year');
  const { status, stdout } = await terminal.call('copy', 'public');
  expect(status).toBe(0);
  expect(stdout).toMatch(/cello-companion\.js +replaced, was 0\.0\.7/);
  expect(hashOf(join(served, SCRIPT))).toBe(hashes[SCRIPT]);
});

/** What may stand where our file belongs, and is not ours. */
const FOREIGN: { readonly [what: string]: (path: string) => void } = {
  'a script of somebody': (path) => writeFileSync(path, 'alert("mine")'),
  'an empty file': (path) => writeFileSync(path, ''),
  'a script that mentions us': (path) => writeFileSync(path, '// loads cello-companion 0.1.0 | MIT\n'),
};

for (const [what, plant] of Object.entries(FOREIGN))
  test(`leaves ${what} alone, and writes nothing beside it`, async ({ terminal, served }) => {
    plant(join(served, SCRIPT));
    const before = readFileSync(join(served, SCRIPT), 'utf8');
    const { status, stdout, stderr } = await terminal.call('copy', 'public');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`  ${SCRIPT}\n`);
    expect(stderr).toContain('--force');
    expect([readdirSync(served), readFileSync(join(served, SCRIPT), 'utf8')]).toEqual([[SCRIPT], before]);
    const forced = await terminal.call('copy', 'public', '--force');
    expect(forced.status).toBe(0);
    expect(forced.stdout).toMatch(/cello-companion\.js +replaced, was not ours/);
    expect(hashOf(join(served, SCRIPT))).toBe(hashes[SCRIPT]);
  });

test('leaves a link that leads nowhere alone', async ({ terminal, served }) => {
  symlinkSync('nowhere', join(served, SCRIPT));
  expect((await terminal.call('copy', 'public')).status).toBe(1);
});

test('a folder of the file’s name is refused, with --force too, and nothing is written', async ({
  terminal,
  served,
}) => {
  mkdirSync(join(served, SCRIPT));
  expect((await terminal.call('copy', 'public')).status).toBe(1);
  const { status, stderr } = await terminal.call('copy', 'public', '--force');
  expect([status, stderr]).toEqual([1, expect.stringContaining('is a folder')]);
  expect(readdirSync(served)).toEqual([SCRIPT]);
});

test('makes no folder: a misspelt one would be served by nobody', async ({ terminal, served }) => {
  const { status, stderr } = await terminal.call('copy', 'pubilc');
  expect([status, readdirSync(terminal.folder)]).toEqual([1, ['public']]);
  expect(stderr).toContain('There is no folder "pubilc"');
  expect(stderr).toContain('Beside it there is public/');
  expect(readdirSync(served)).toEqual([]);
  expect((await terminal.call('copy', 'no/such/place')).stderr).toContain('There is no folder "no/such/place"');
});

test('refuses a file in place of a folder', async ({ terminal, served }) => {
  writeFileSync(join(served, 'index.html'), '');
  const { status, stderr } = await terminal.call('copy', 'public/index.html');
  expect([status, stderr]).toEqual([1, expect.stringContaining('"public/index.html" is a file')]);
});

test('says so where it may not write', ({ terminal, served }) => {
  chmodSync(terminal.folder, 0o755);
  chmodSync(served, 0o555);
  // The superuser may write everywhere, so the process gives that up once it has read the package.
  const code = `
    const [{ copyFiles }, { readPackage }] = await Promise.all([import('${DIST}command/copy.js'), import('${DIST}command/files.js')]);
    const files = readPackage();
    if (process.getuid() === 0) process.setuid(65534);
    console.log(copyFiles(files, { name: 'copy', folder: 'public', isForced: false, isJson: false }, process.cwd()).reason);`;
  const args = ['--input-type=module', '--eval', code];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: terminal.folder, encoding: 'utf8' });
  expect([stdout, stderr]).toEqual([expect.stringContaining('You may not write in'), '']);
});

/** A folder, and the address under which most servers have what lies in it. */
const ADDRESSES: readonly (readonly [folder: string, address: string])[] = [
  ['static', '/cello-companion.js'],
  ['public/js', '/js/cello-companion.js'],
  ['app/public/own files', '/own%20files/cello-companion.js'],
  ['public/assets/public', '/cello-companion.js'],
  ['somewhere', '/cello-companion.js'],
  ['publications/x', '/cello-companion.js'],
];

for (const [folder, address] of ADDRESSES)
  test(`takes ${folder} for ${address}`, async ({ terminal }) => {
    mkdirSync(join(terminal.folder, folder), { recursive: true });
    const { status, stdout } = await terminal.call('copy', folder);
    expect(status).toBe(0);
    expect(stdout).toContain(`<script async src="${address}"`);
  });

test('prints JSON that a build can read', async ({ terminal, served }) => {
  writeFileSync(join(served, SCRIPT), 'mine');
  const refused = JSON.parse((await terminal.call('copy', 'public', '--json')).stdout);
  expect([refused.isDone, refused.tag]).toEqual([false, null]);
  const { status, stdout } = await terminal.call('copy', 'public', '--json', '--force');
  const { isDone, version, folder, files, tag } = JSON.parse(stdout);
  expect([status, isDone, version, folder]).toEqual([0, true, manifest.version, served]);
  expect(files.find(({ name }: { name: string }) => name === SCRIPT)).toEqual({
    name: SCRIPT,
    integrity: hashes[SCRIPT],
    state: 'foreign',
    former: null,
  });
  expect(tag).toContain(hashes[SCRIPT]);
});

test('works as the process that npx starts', ({ terminal, served }) => {
  const { status, stdout, stderr } = terminal.spawn('copy', served);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('integrity="sha384-');
  expect(terminal.spawn('cpoy').status).toBe(2);
});
