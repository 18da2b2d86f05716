// Runs every form situation many times, in each engine, through both doors, and writes how often it held into
// docs/forms.md.
//
//   npm run prove:forms -- --repeat=10
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const DOCUMENT = new URL('../docs/forms.md', import.meta.url);
const { values } = parseArgs({ options: { repeat: { type: 'string', default: '5' } } });

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'prove-forms-'));
  const file = join(folder, 'results.json');
  const args = ['test', 'test/browser/forms', `--repeat-each=${values.repeat}`, '--reporter=json'];
  spawnSync(process.execPath, ['node_modules/playwright/cli.js', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  });
  const results = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
  return results;
}

/** All specs below a suite, each with the file it stands in. */
const flatten = ({ file, suites = [], specs = [] }) => [
  ...specs.map((spec) => ({ ...spec, file })),
  ...suites.flatMap((suite) => flatten({ ...suite, file: suite.file ?? file })),
];

/** How often each situation held and was tried: `{ title: { chromium: [20, 20] } }`, by file. */
function count(specs) {
  const files = new Map();
  for (const { file, title, tests } of specs) {
    const rows = files.get(file) ?? new Map();
    files.set(file, rows);
    const cells = rows.get(title) ?? {};
    rows.set(title, cells);
    for (const { projectName, results } of tests) {
      const [held, tried] = cells[projectName] ?? [0, 0];
      const good = results.filter(({ status }) => status === 'passed').length;
      cells[projectName] = [held + good, tried + results.length];
    }
  }
  return files;
}

const nameOf = (file) => file.replace(/.*\//, '').replace('.spec.ts', '');
const escapeCell = (text) => text.replace(/ @not-\w+/g, '').replaceAll('|', '\\|');

function describe(files, engines) {
  const show = (cell) => (cell ? `${cell[0]} of ${cell[1]}` : '–');
  return [...files].map(
    ([file, rows]) => `
### ${nameOf(file)}

| situation | ${engines.join(' | ')} |
|---|${engines.map(() => '--:|').join('')}
${[...rows].map(([title, cells]) => `| ${escapeCell(title)} | ${engines.map((engine) => show(cells[engine])).join(' | ')} |`).join('\n')}
`,
  );
}

const { suites, errors = [] } = runTests();
for (const { message } of errors) console.error(message);
const files = count(suites.flatMap((suite) => flatten(suite)));
const all = [...files.values()].flatMap((rows) => [...rows.values()]);
const engines = ['chromium', 'firefox', 'webkit'].filter((engine) => all.some((cells) => engine in cells));
const sum = (index) => all.flatMap((cells) => Object.values(cells)).reduce((total, cell) => total + cell[index], 0);
const page = readFileSync(DOCUMENT, 'utf8');
const text = `\n${sum(0).toLocaleString('en')} of ${sum(1).toLocaleString('en')} runs held.\n${describe(files, engines).join('')}\n`;
writeFileSync(
  DOCUMENT,
  page.replace(/(?<=<!-- prove: begin -->\n)[\s\S]*(?=<!-- prove: end -->)/, () => text),
);
console.log(`Forms: ${sum(0)} of ${sum(1)} runs held; docs/forms.md has the table.`);
if (errors.length || sum(0) < sum(1)) process.exitCode = 1;
