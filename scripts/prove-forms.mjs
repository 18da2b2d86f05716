// Runs every form situation many times, in each engine and through both doors, and writes how often it held into
// docs/evidence/forms.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fillIn, runTests, writeTables } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/forms.md', import.meta.url);

/**
 * Measures the forms.
 *
 * @param rounds - How often each test runs, in each engine and through each door.
 * @returns Whether everything held.
 */
export function proveForms({ rounds }) {
  const results = runTests(['test/browser/forms', `--repeat-each=${rounds}`]);
  const held = results.filter(({ isGood }) => isGood).length;
  const told = `${held.toLocaleString('en')} of ${results.length.toLocaleString('en')} runs held.`;
  writeFileSync(
    DOCUMENT,
    fillIn(readFileSync(DOCUMENT, 'utf8'), 'matrix', `${told}\n${writeTables(results, 'situation')}`),
  );
  console.log(`Forms: ${told} docs/evidence/forms.md has the table.`);
  return held === results.length;
}
