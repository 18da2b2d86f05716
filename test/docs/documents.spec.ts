import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'playwright/test';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const DOCUMENTS = [
  ...readdirSync(new URL('docs/', ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
];

for (const path of DOCUMENTS)
  test(`${path} points at documents that are there`, () => {
    const links = [...read(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(new URL(link, new URL(path, ROOT))))).toEqual([]);
  });

test('the drawing of the house has every room of src, and none that is not there', () => {
  const [, drawing = ''] = /^ {4}src\/\n((?: {4}.*\n)+)/m.exec(read('ARCHITECTURE.md')) ?? [];
  const drawn = [...drawing.matchAll(/^ +([a-z-]+)\/(?: |$)/gm)].map(([, name = '']) => name);
  const rooms = ['', 'browser/', 'server/', 'command/'].flatMap((parent) =>
    readdirSync(new URL(`src/${parent}`, ROOT), { withFileTypes: true }).filter((one) => one.isDirectory()),
  );
  expect(drawn.sort()).toEqual(rooms.map(({ name }) => name).sort());
});

/** How the README spells a default: `none` for what is left out, words side by side, the rest as code. */
const spell = (value: unknown): string =>
  value === null || (Array.isArray(value) && !value.length)
    ? 'none'
    : value === false
      ? 'off'
      : `\`${Array.isArray(value) ? value.join(' ') : value}\``;

test('the README’s table of options has every option with its default', async () => {
  const rows = [...read('README.md').matchAll(/^\| `(data-[a-z-]+)` \| `(\w+)` \| (.*?) \|/gm)];
  const { parseOptions } = await import(new URL('dist/browser/options.js', ROOT).href);
  // `null` says that the site said nothing: then a browser's Global Privacy Control may have its say.
  const defaults = Object.entries({ ...parseOptions({}), consent: 'granted' });
  expect(rows.map(([, , name, stated = '']) => [name, stated.replace(/:.*/, '')])).toEqual(
    defaults.map(([name, value]) => [name, spell(value)]),
  );
  for (const [, attribute = '', name = ''] of rows)
    expect(attribute).toBe(`data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
});
