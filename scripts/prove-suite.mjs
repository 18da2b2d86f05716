// Runs every test once, every door in every engine, and what needs no browser on each release of Node; writes how many held
// into docs/evidence/suite.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fetchNode } from '../test/engines/nodes.mjs';
import { ENGINES, fillIn, runTests } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/suite.md', import.meta.url);
const NODES = ['20', '22', '24'];

const describe = (name, results) => {
  const failed = results.filter(({ isGood }) => !isGood).map(({ title }) => title);
  const held = results.length - failed.length;
  return {
    isGood: results.length > 0 && !failed.length,
    row: `| ${name} | ${held} of ${results.length} | ${failed.join('; ')} |`,
  };
};

/**
 * Runs the suite.
 *
 * @returns Whether everything held.
 */
export function proveSuite() {
  const inBrowsers = runTests(['--project=package', ...ENGINES.map((name) => `--project=${name}`)]);
  const rows = ['package', ...ENGINES].map((name) =>
    describe(
      name,
      inBrowsers.filter(({ project }) => project === name),
    ),
  );
  for (const major of NODES) {
    const node = fetchNode(major);
    rows.push(describe(`Node ${major}`, node ? runTests(['--project=node'], {}, node) : []));
  }
  const table = ['| where | held | what did not |', '|---|--:|---|', ...rows.map(({ row }) => row)].join('\n');
  writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), 'suite', table));
  console.log(`Suite: docs/evidence/suite.md has the table.\n${table}`);
  return rows.every(({ isGood }) => isGood);
}
