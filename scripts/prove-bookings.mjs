// Runs the fuzz of every booking receiver in full, and the lives of bookings in many orders, and writes what they counted into
// docs/evidence/bookings.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fillIn, readNote, runTests } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/bookings.md', import.meta.url);

const count = (number) => number.toLocaleString('en');

/** A table of what the tests noted: a column for each of these properties. */
function writeTable(results, type, columns) {
  const rows = results
    .map((one) => readNote(one, type))
    .filter((note) => note)
    .map((note) =>
      Object.keys(columns).map((name) => (typeof note[name] === 'number' ? count(note[name]) : note[name])),
    );
  const rule = [
    '---',
    ...Object.keys(columns)
      .slice(1)
      .map(() => '--:'),
  ];
  return [Object.values(columns), rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * Tries the booking receivers.
 *
 * @param inputs - How many inputs the fuzz gives each tool.
 * @param orders - In how many orders each life is told.
 * @returns Whether everything held.
 */
export function proveBookings({ inputs, orders }) {
  const env = { FUZZ_RUNS: inputs, LIVES_RUNS: orders };
  const results = runTests(['--project=node', 'test/server/bookings'], env);
  const failed = results.filter(({ isGood }) => !isGood);
  const told = failed.length ? `**Failed: ${failed.map(({ title }) => title).join('; ')}.**\n\n` : '';
  const fuzz = writeTable(results, 'fuzz', { tool: 'tool', inputs: 'inputs', recorded: 'understood as ours' });
  const lives = writeTable(results, 'lives', { title: 'life', webhooks: 'webhooks', orders: 'orders' });
  const text = `${told}On ${process.platform}, Node ${process.versions.node}.\n\n${fuzz}\n\n${lives}`;
  writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), 'bookings', text));
  console.log(
    `Bookings: ${results.length - failed.length} of ${results.length} held; docs/evidence/bookings.md has the tables.`,
  );
  return results.length > 0 && !failed.length;
}
