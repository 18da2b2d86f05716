// Runs Playwright and gives what each test came to.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The engines, in the order of the tables. */
export const ENGINES = ['chromium', 'firefox', 'webkit'];

/**
 * Every result below a suite, with the file and the title of its test. The doors stand side by side. The outermost suite
 * is the test's file; one inside may name where its `describe` was written, as that of the doors does.
 */
const flatten = ({ file = '', suites = [], specs = [] }) => [
  ...specs.flatMap(({ title, tests }) =>
    tests.flatMap(({ projectName, annotations, results }) =>
      results.map((result) => ({
        file,
        title: title.replace(/ @\S+/g, ''),
        project: projectName,
        isGood: result.status === 'passed',
        notes: [...annotations, ...(result.annotations ?? [])],
      })),
    ),
  ),
  ...suites.flatMap((suite) => flatten({ ...suite, file: file || suite.file })),
];

/**
 * Every door in every engine, whatever `npm test` leaves out.
 *
 * @param args - Arguments of `playwright test`.
 * @param env - Environment variables on top of ours.
 * @param node - Path of the Node that runs them.
 * @returns `[{ file, title, project, isGood, notes }]`, one for each run of a test. Files that do not load are said on
 *   the console, and throw.
 */
export function runTests(args, env = {}, node = process.execPath) {
  const folder = mkdtempSync(join(tmpdir(), 'prove-'));
  const file = join(folder, 'report.json');
  try {
    spawnSync(node, ['node_modules/playwright/cli.js', 'test', '--reporter=json', ...args], {
      env: { ...process.env, TEST_EVERYTHING: '1', ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { suites, errors } = JSON.parse(readFileSync(file, 'utf8'));
    if (errors.length) throw new Error(errors.map(({ message }) => message).join('\n'));
    const results = suites.flatMap(flatten);
    for (const { project, title, isGood } of results) if (!isGood) console.error(`failed [${project}] ${title}`);
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The newest note of a type that a test left, parsed; `null` where it left none. */
export function readNote({ notes }, type) {
  const note = notes.findLast((one) => one.type === type);
  return note ? JSON.parse(note.description) : null;
}

/** How often each test held, by file and engine: `Map { 'codes' => Map { title => { chromium: [20, 20] } } }`. */
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

const writeRow = ([title, cells]) =>
  `| ${title.replaceAll('|', '\\|')} | ${ENGINES.map((engine) => writeCell(cells[engine])).join(' | ')} |`;

/**
 * A table for each file of tests: how often each held in each engine.
 *
 * @param results - What `runTests` gave.
 * @param what - What a row is, for the table's head.
 */
export const writeTables = (results, what) =>
  [...count(results)]
    .map(([name, rows]) => {
      const head = `| ${what} | ${ENGINES.join(' | ')} |\n|---|${ENGINES.map(() => '--:|').join('')}`;
      return `\n### ${name}\n\n${head}\n${[...rows].map(writeRow).join('\n')}\n`;
    })
    .join('');

/** Writes a text between the two marks of a name in a document. */
export const fillIn = (document, name, text) =>
  document.replace(
    new RegExp(`(<!-- ${name} -->\n)[^]*(<!-- /${name} -->)`),
    (_all, begin, end) => `${begin}${text}\n${end}`,
  );
