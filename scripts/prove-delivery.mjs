// Runs the fault matrix many times, counts, and writes the tables into docs/reliability.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DOC = new URL('../docs/reliability.md', import.meta.url);
const ENGINES = ['chromium', 'firefox', 'webkit'];
const COUNTS = ['sent', 'arrived', 'counted', 'lost', 'twice'];

const run = (args, env, timeoutMs) => {
  const cli = ['node_modules/playwright/cli.js', 'test', '--reporter=json', `--timeout=${timeoutMs}`, ...args];
  return spawnSync(process.execPath, cli, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
    .status;
};

/** Every result of a report, with the title of its test. Doors are counted together. */
const findResults = ({ suites = [], specs = [] }) => [
  ...specs.flatMap(({ title, tests }) =>
    tests.flatMap((one) => one.results.map((result) => ({ title, test: one, result }))),
  ),
  ...suites.flatMap(findResults),
];

function runTests(args, env = {}, timeoutMs = 60_000) {
  const folder = mkdtempSync(join(tmpdir(), 'prove-'));
  const file = join(folder, 'report.json');
  const status = run(args, { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file }, timeoutMs);
  const results = findResults(JSON.parse(readFileSync(file, 'utf8')));
  rmSync(folder, { recursive: true });
  return { status, results };
}

const readNote = ({ test, result }, type) => {
  const { description } =
    [...(result.annotations ?? []), ...test.annotations].findLast((note) => note.type === type) ?? {};
  return description ? JSON.parse(description) : null;
};

/** Sums up the rows of each test by engine: `{ 'tries again …': { chromium: { sent: 40, … } } }`. */
function sumUp(results) {
  const table = {};
  for (const one of results) {
    const row = readNote(one, 'delivery');
    const isBroken = one.result.status !== 'passed';
    if (!row && !isBroken) continue;
    table[one.title] ??= {};
    table[one.title][one.test.projectName] ??= { sent: 0, arrived: 0, counted: 0, lost: 0, twice: 0, broken: 0 };
    const sum = table[one.title][one.test.projectName];
    for (const name of COUNTS) sum[name] += row?.[name] ?? 0;
    if (isBroken) sum.broken += 1;
  }
  return table;
}

const writeCell = (sum) =>
  sum ? `${COUNTS.map((name) => sum[name]).join(' / ')}${sum.broken ? ` (${sum.broken} failed)` : ''}` : '–';

function writeTable(table) {
  const lines = Object.entries(table).map(
    ([title, row]) => `| ${title.replace(/ @\S+/g, '')} | ${ENGINES.map((name) => writeCell(row[name])).join(' | ')} |`,
  );
  return [`| sent / arrived / counted / lost / twice | ${ENGINES.join(' | ')} |`, '|---|---|---|---|', ...lines].join(
    '\n',
  );
}

const replace = (doc, name, text) =>
  doc.replace(
    new RegExp(`(<!-- ${name} -->)[^]*(<!-- /${name} -->)`),
    (_all, begin, end) => `${begin}\n${text}\n${end}`,
  );

/**
 * Measures the delivery.
 * @param rounds - How often each test of the matrix runs, in each engine and through each door.
 * @param submissions - How many the chaos run makes.
 * @returns Whether everything held.
 */
export function proveDelivery({ rounds, submissions, seed }) {
  const matrix = runTests(['test/browser/delivery', `--repeat-each=${rounds}`]);
  const chaos = runTests(['--project=node', '--grep=@chaos'], { CHAOS_SEED: seed, CHAOS_SUBMISSIONS: submissions });
  const [note] = chaos.results.map((one) => readNote(one, 'chaos'));
  const told = note
    ? `Seed ${note.seed}: ${note.submitted} submissions, ${note.arrived} requests; ${note.countedOnce} counted once, ${note.countedTwice} twice, ${note.inOutbox} in an outbox, ${note.givenUp} given up with an event, ${note.diedWithPage} died with a page whose storage took nothing, ${note.lost} lost.`
    : 'The chaos run failed.';
  const table = `Each test ran ${rounds} time(s) an engine and door, on ${process.platform}, Node ${process.versions.node}.\n\n${writeTable(sumUp(matrix.results))}`;
  writeFileSync(DOC, replace(replace(readFileSync(DOC, 'utf8'), 'matrix', table), 'chaos', told));
  return matrix.status === 0 && chaos.status === 0;
}
