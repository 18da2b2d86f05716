// Runs the fault matrix many times and a long chaos run, counts, and writes both into docs/evidence/delivery.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { ENGINES, fillIn, readNote, runTests } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/delivery.md', import.meta.url);
const COUNTS = ['sent', 'arrived', 'counted', 'lost', 'twice'];
const NOTHING = { sent: 0, arrived: 0, counted: 0, lost: 0, twice: 0, failed: 0 };

/** Sums up the rows of each test by engine: `{ 'tries again …': { chromium: { sent: 40, … } } }`. */
function sumUp(results) {
  const table = {};
  for (const one of results) {
    const row = readNote(one, 'delivery');
    if (!row && one.isGood) continue;
    table[one.title] ??= {};
    table[one.title][one.project] ??= { ...NOTHING };
    const sum = table[one.title][one.project];
    for (const name of COUNTS) sum[name] += row?.[name] ?? 0;
    if (!one.isGood) sum.failed += 1;
  }
  return table;
}

const writeCell = (sum) =>
  sum ? `${COUNTS.map((name) => sum[name]).join(' / ')}${sum.failed ? ` (${sum.failed} failed)` : ''}` : '–';

const writeTable = (table) =>
  [
    `| ${COUNTS.join(' / ')} | ${ENGINES.join(' | ')} |`,
    '|---|---|---|---|',
    ...Object.entries(table).map(
      ([title, row]) => `| ${title} | ${ENGINES.map((name) => writeCell(row[name])).join(' | ')} |`,
    ),
  ].join('\n');

const write = (name, text) => writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), name, text));

/**
 * Measures the delivery in browsers.
 *
 * @param rounds - How often each test of the matrix runs, in each engine and through each door.
 * @returns Whether everything held.
 */
export function proveDelivery({ rounds }) {
  const results = runTests(['test/browser/messages', `--repeat-each=${rounds}`, '--timeout=60000']);
  const system = `${process.platform}, Node ${process.versions.node}`;
  write('matrix', `Each test ran ${rounds} times an engine and door, on ${system}.\n\n${writeTable(sumUp(results))}`);
  const held = results.filter(({ isGood }) => isGood).length;
  console.log(`Delivery: ${held} of ${results.length} runs held; docs/evidence/delivery.md has the table.`);
  return held === results.length;
}

/**
 * Runs the chaos.
 *
 * @param submissions - How many it makes.
 * @param seed - What it is drawn from.
 * @returns Whether every submission is accounted for.
 */
export function proveChaos({ submissions, seed }) {
  const env = { CHAOS_SEED: seed, CHAOS_SUBMISSIONS: submissions };
  const results = runTests(['--project=node', '--grep=@chaos'], env);
  const [note] = results.map((one) => readNote(one, 'chaos'));
  const told = note
    ? `Seed ${note.seed}: ${note.submitted} submissions, ${note.arrived} requests; ${note.countedOnce} counted once,
${note.countedTwice} twice, ${note.inOutbox} in an outbox, ${note.givenUp} given up with an event, ${note.diedWithPage} died with a page whose
storage took nothing, ${note.lost} lost.`
    : 'The chaos run failed.';
  write('chaos', told);
  console.log(`Chaos: ${told}`);
  return results.length > 0 && results.every(({ isGood }) => isGood);
}
