// Runs the tests of killed and frozen processes, of several workers, of restarts and a failover of PostgreSQL, of outages, of
// answers and of memory, and the fuzz in full, and writes
// what they counted into docs/evidence/server.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fetchNode } from '../test/engines/nodes.mjs';
import { fillIn, readNote, runTests } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/server.md', import.meta.url);

/** What test/services/sites.ts notes, and its column. */
const COLUMNS = {
  kills: 'blows',
  users: 'users',
  lost: 'not sent',
  twice: 'sent twice',
  parked: 'parked',
  held: 'held',
};

const writeRow = ({ title, ...counts }) =>
  `| ${[title, ...Object.keys(COLUMNS).map((name) => counts[name].toLocaleString('en'))].join(' | ')} |`;

/** What pg-boss needs, in case this is an older one. */
const PG_BOSS_NODE = '22';

const PATTERN = [
  'crash',
  'outbox/frozen',
  'workers',
  'outbox/failover',
  'test/server/fuzz',
  'outbox/memory',
  'outbox/growth',
  'attribution/answer-time',
  'outbox/probe',
];

/** Those that also run on PostgreSQL. */
const ON_POSTGRES = ['crash', 'outbox/frozen', 'workers', 'outbox/failover'];

const readNotes = (results, type) => results.flatMap((one) => readNote(one, type) ?? []);
const count = (number) => number.toLocaleString('en');
const writeTable = (heads, rows) =>
  [
    `| ${heads.join(' | ')} |`,
    `|---|${heads
      .slice(1)
      .map(() => '--:|')
      .join('')}`,
    ...rows,
  ].join('\n');

const writeMemory = ({ title, count: times, grownBytes }) =>
  `| ${count(times)} ${title} | ${(grownBytes / 1e6).toFixed(1)} MB |`;
const writeAnswer = ({ title, medianMs, mostMs }) =>
  `| ${title} | ${medianMs.toFixed(1)} ms | ${mostMs.toFixed(1)} ms |`;
const writeOutage = ({ title, waiting, tries, mostPerMinute }) =>
  `| ${title} | ${count(waiting)} | ${count(tries)} | ${mostPerMinute} |`;

const writeGrowth = ({ title, waiting, ms }) =>
  `| ${title} | ${count(waiting)} | ${['add', 'settle', 'stats'].map((call) => `${(ms[call] / 5).toFixed(2)} ms`).join(' | ')} |`;

/** Runs the tests; those of pg-boss on a Node that it runs on. */
function runAll(env) {
  const here = runTests(['--project=node', ...PATTERN], env);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return here;
  const node = fetchNode(PG_BOSS_NODE);
  if (!node) throw new Error(`Node ${PG_BOSS_NODE} is not here, and could not be fetched`);
  return [...here, ...runTests(['--project=node', '--grep=@node22', ...ON_POSTGRES], env, node)];
}

/**
 * Measures the server half.
 *
 * @param kills - How often the crash test kills a process, a store.
 * @param inputs - How many inputs each property of the fuzz gets.
 * @returns Whether everything held.
 */
export function proveServer({ kills, inputs }) {
  const env = {
    CRASH_KILLS: kills,
    PROVE_FREEZES: String(Math.ceil(kills / 10)),
    PROVE_RESTARTS: String(Math.ceil(kills / 30)),
    FUZZ_RUNS: inputs,
    PROVE_SENDS: '100000',
    PROVE_MESSAGES: '1000000',
    PROVE_SIGNUPS: '1000',
    PROVE_WAITING: '100000',
  };
  const results = runAll(env);
  const failed = results.filter(({ isGood }) => !isGood);
  const told = failed.length ? `**Failed: ${failed.map(({ title }) => title).join('; ')}.**\n\n` : '';
  const crash = writeTable(['case', ...Object.values(COLUMNS)], readNotes(results, 'crash').map(writeRow));
  const outage = writeTable(
    ['without Cello', 'waiting', 'tries', 'most in a minute'],
    readNotes(results, 'outage').map(writeOutage),
  );
  const answer = writeTable(['sign-up over', 'median', 'longest'], readNotes(results, 'answer').map(writeAnswer));
  const growth = writeTable(
    ['outbox over', 'waiting', 'two adds', 'add, claim and settle', 'stats'],
    readNotes(results, 'growth').map(writeGrowth),
  );
  const memory = writeTable(['after', 'memory grew by'], readNotes(results, 'memory').map(writeMemory));
  const text = `${told}On ${process.platform}, Node ${process.versions.node}; PostgreSQL on Node ${PG_BOSS_NODE} at least.

${crash}

${outage}

${answer}

${growth}

${memory}

The fuzz ran ${count(Number(inputs))} inputs a property; nothing but 2xx and 4xx came, and memory stayed flat.`;
  writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), 'server', text));
  console.log(
    `Server: ${results.length - failed.length} of ${results.length} held; docs/evidence/server.md has the table.`,
  );
  return results.length > 0 && !failed.length;
}
