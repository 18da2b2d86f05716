// Runs every case of test/libraries several times, in each engine, and writes how often it held into
// docs/evidence/libraries.md, with the versions that were tried.
import { readFileSync, writeFileSync } from 'node:fs';
import '../test/engines/packages.mjs';
import { fillIn, runTests, writeTables } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/libraries.md', import.meta.url);
const PACKAGE = new URL('../test/libraries/package.json', import.meta.url);

function listVersions() {
  const { devDependencies } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
  return Object.entries(devDependencies)
    .map(([name, version]) => `${name} ${version.replace(/^npm:.*@/, '')}`)
    .join(', ');
}

/**
 * Measures the libraries.
 *
 * @param rounds - How often each test runs in each engine.
 * @returns Whether everything held.
 */
export function proveLibraries({ rounds }) {
  const results = runTests(['test/libraries/', `--repeat-each=${rounds}`]);
  const held = results.filter(({ isGood }) => isGood).length;
  const told = `${held.toLocaleString('en')} of ${results.length.toLocaleString('en')} runs held.`;
  const text = `${told}\n\nVersions: ${listVersions()}.\n${writeTables(results, 'case')}`;
  writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), 'matrix', text));
  console.log(`Libraries: ${told} docs/evidence/libraries.md has the table.`);
  return held === results.length;
}
