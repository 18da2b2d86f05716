// Breaks the code in every small way that a tool knows, one at a time, and asks the tests whether they notice:
//   npm run prove -- --only=mutation --subjects=ucc,cookie
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchNode } from '../test/engines/nodes.mjs';
import { EQUIVALENT } from '../test/mutation/equivalent.mjs';
import { SUBJECTS } from '../test/mutation/subjects.mjs';
import { fillIn } from './playwright.mjs';

const FOLDER = fileURLToPath(new URL('../test/mutation/', import.meta.url));
const CACHE = fileURLToPath(new URL('../node_modules/.cache/mutation/', import.meta.url));
const DOCUMENT = new URL('../docs/evidence/mutation.md', import.meta.url);
const STRYKER = join(FOLDER, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const GOAL = 90;

/** Its packages have a place of their own: it needs Node 22, and nobody else needs it. */
function installTool() {
  if (existsSync(STRYKER)) return true;
  const args = ['ci', '--prefix', FOLDER, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  return spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' }).status === 0;
}

/** Runs the tool over a subject, and gives the mutants by file; `null` if it could not. */
function mutate(node, { files, specs }) {
  mkdirSync(CACHE, { recursive: true });
  const [config, report] = [join(CACHE, 'config.json'), join(CACHE, 'report.json')];
  const settings = {
    mutate: files,
    testRunner: 'in-process',
    plugins: ['./test/mutation/plugin.mjs'],
    buildCommand: `node test/mutation/bundle.mjs ${specs.join(' ')}`,
    coverageAnalysis: 'perTest',
    concurrency: 1,
    reporters: ['json'],
    jsonReporter: { fileName: report },
    ignorePatterns: ['dist', 'docs', 'demo-page', 'test/libraries', 'test/guides', 'test-results'],
    tempDirName: 'node_modules/.cache/stryker',
    timeoutMS: 20_000, // of a machine that does other things, too
  };
  writeFileSync(config, JSON.stringify(settings));
  const PATH = [dirname(node), process.env['PATH']].join(delimiter);
  const { status } = spawnSync(node, [STRYKER, 'run', config], { stdio: 'inherit', env: { ...process.env, PATH } });
  return status === 0 ? JSON.parse(readFileSync(report, 'utf8')).files : null;
}

/** What stood at a mutant's place. */
function readPlace(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  return [lines[0].slice(start.column - 1), ...lines.slice(1)].join('\n');
}

const shorten = (text) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 90 ? `${line.slice(0, 87)}…` : line;
};

/** A mutant that nobody noticed: where, what became what, and why that changes nothing, if somebody has found so. */
function describeSurvivor(file, source, { location, replacement, status }) {
  const before = shorten(readPlace(source, location));
  const after = shorten(replacement);
  const reason = EQUIVALENT[file.replace('src/', '')]?.[`${before} → ${after}`] ?? null;
  return { file, line: location.start.line, before, after, reason, isAsked: status !== 'NoCoverage' };
}

function judge(files) {
  const all = Object.entries(files).flatMap(([file, { mutants, source }]) =>
    mutants.filter(({ status }) => status !== 'Ignored').map((mutant) => ({ file, source, ...mutant })),
  );
  const survivors = all
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map((mutant) => describeSurvivor(mutant.file, mutant.source, mutant));
  const equal = survivors.filter(({ reason }) => reason).length;
  const noticed = all.length - survivors.length;
  return { count: all.length, noticed, equal, survivors, percent: (100 * noticed) / (all.length - equal) };
}

/** As code. A word joiner keeps a regular expression's `](` from looking like a link to those who read Markdown line by line. */
const quote = (text) => {
  const safe = text.replaceAll('](', ']\u2060(');
  return safe.includes('`') ? `\`\` ${safe} \`\`` : `\`${safe}\``;
};

const describeRow = (name, { count, noticed, equal, survivors, percent }) =>
  `| ${name} | ${count} | ${noticed} | ${equal} | ${survivors.length - equal} | ${percent.toFixed(1)} % |`;

const describeSurvivors = ({ survivors }) =>
  survivors
    .map(
      ({ file, line, before, after, reason, isAsked }) =>
        `- ${file}:${line}: ${quote(before)} → ${quote(after)}${reason ? `: ${reason}` : isAsked ? '' : ' (no test comes here)'}`,
    )
    .join('\n') || 'None survived.';

/** Writes a subject's row and its survivors; what other runs found stays. */
function write(name, result) {
  let page = readFileSync(DOCUMENT, 'utf8');
  const row = new RegExp(`^\\| ${name} \\|.*$`, 'm');
  page = page.replace(row, () => describeRow(name, result));
  writeFileSync(DOCUMENT, fillIn(page, `mutants of ${name}`, describeSurvivors(result)));
}

/**
 * Runs the subjects, one after the other.
 *
 * @param subjects - Names, with commas between; without them all.
 * @returns Whether each reached the goal.
 */
export function proveMutation({ subjects }) {
  const node = fetchNode(22);
  const names = subjects?.split(',') ?? Object.keys(SUBJECTS);
  if (!node || !installTool()) return false;
  return names
    .map((name) => {
      const files = mutate(node, SUBJECTS[name]);
      if (!files) return false;
      const result = judge(files);
      write(name, result);
      console.log(`Mutation: ${name}, ${result.percent.toFixed(1)} % of ${result.count}`);
      return result.percent >= GOAL;
    })
    .every(Boolean);
}
