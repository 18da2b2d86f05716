// Runs every form situation many times, in each engine and through both doors, and writes how often it held into
// docs/evidence/forms.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { ENGINES, fillIn, runTests } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/forms.md', import.meta.url);

/** How often each situation held, by file and engine: `Map { 'codes' => Map { title => { chromium: [20, 20] } } }`. */
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

| situation | ${ENGINES.join(' | ')} |
|---|${ENGINES.map(() => '--:|').join('')}
${[...rows].map(([title, cells]) => `| ${title.replaceAll('|', '\\|')} | ${ENGINES.map((engine) => writeCell(cells[engine])).join(' | ')} |`).join('\n')}
`;

/**
 * Measures the forms.
 *
 * @param rounds - How often each test runs, in each engine and through each door.
 * @returns Whether everything held.
 */
export function proveForms({ rounds }) {
  const results = runTests(['test/browser/forms', `--repeat-each=${rounds}`]);
  const held = results.filter(({ isGood }) => isGood).length;
  const told = `${held.toLocaleString('en')} of ${results.length.toLocaleString('en')} runs held.`;
  const tables = [...count(results)].map(writeTable).join('');
  writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), 'matrix', `${told}\n${tables}`));
  console.log(`Forms: ${told} docs/evidence/forms.md has the table.`);
  return held === results.length;
}
