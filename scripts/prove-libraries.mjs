// Runs every case of test/libraries several times, in each engine, and writes how often it held into
// docs/evidence/libraries.md, with the versions that were tried.
import { readFileSync, writeFileSync } from 'node:fs';
import '../test/libraries/install.mjs';
import { ENGINES, fillIn, runTests } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/libraries.md', import.meta.url);
const PACKAGE = new URL('../test/libraries/package.json', import.meta.url);

/** The cases of a file, in rows: what stands before the colon of a title is the library, what follows is the case. */
function count(results) {
  const files = new Map();
  for (const { file, title, project, isGood } of results) {
    const name = file.replace(/.*\//, '').replace('.spec.ts', '');
    const rows = files.get(name) ?? new Map();
    files.set(name, rows);
    const [held, tried] = rows.get(title)?.[project] ?? [0, 0];
    rows.set(title, { ...rows.get(title), [project]: [held + (isGood ? 1 : 0), tried + 1] });
  }
  return files;
}

const writeCell = (cell) => (cell ? `${cell[0]} of ${cell[1]}` : '–');

const writeTable = ([name, rows]) => `
### ${name}

| case | ${ENGINES.join(' | ')} |
|---|${ENGINES.map(() => '--:|').join('')}
${[...rows].map(([title, cells]) => `| ${title.replaceAll('|', '\\|')} | ${ENGINES.map((engine) => writeCell(cells[engine])).join(' | ')} |`).join('\n')}
`;

function listVersions() {
  const { devDependencies } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
  return Object.entries(devDependencies)
    .map(([name, version]) => `${name} ${version.replace(/^npm:.*@/, '')}`)
    .join(', ');
}

/**
 * Measures the libraries.
 *
 * @param rounds - How often each test runs in each engine.
 * @returns Whether everything held.
 */
export function proveLibraries({ rounds }) {
  const results = runTests(['test/libraries/', `--repeat-each=${rounds}`]);
  const held = results.filter(({ isGood }) => isGood).length;
  const told = `${held.toLocaleString('en')} of ${results.length.toLocaleString('en')} runs held.`;
  const tables = [...count(results)].map(writeTable).join('');
  const text = `${told}\n\nVersions: ${listVersions()}.\n${tables}`;
  writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), 'matrix', text));
  console.log(`Libraries: ${told} docs/evidence/libraries.md has the table.`);
  return held === results.length;
}
