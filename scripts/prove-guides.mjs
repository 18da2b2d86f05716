// Runs the code of every guide, and writes how often it held into docs/evidence/guides.md, with the versions that were tried.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import '../test/engines/packages.mjs';
import { fillIn, runTests } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/guides.md', import.meta.url);
const ROOT = new URL('../package.json', import.meta.url);
const GUIDES = new URL('../test/guides/', import.meta.url);

/** What the root has of the guides' frameworks. */
const OF_ROOT = ['@hono/node-server', 'express', 'fastify', 'hono', 'miniflare', 'next'];

const readPackages = (url) => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(url, 'utf8'));
  return { ...dependencies, ...devDependencies };
};

function listVersions() {
  const sites = readdirSync(GUIDES, { withFileTypes: true })
    .filter((one) => one.isDirectory() && one.name !== 'node_modules')
    .map(({ name }) => [name, readPackages(new URL(`${name}/package.json`, GUIDES))]);
  const ofRoot = Object.entries(readPackages(ROOT)).filter(([name]) => OF_ROOT.includes(name));
  const all = [...ofRoot, ...Object.entries(readPackages(new URL('package.json', GUIDES)))];
  const write = (entries) => entries.map(([name, version]) => `${name} ${version}`).join(', ');
  return [
    `In Node: ${write(all)}.`,
    ...sites.map(([name, packages]) => `The site \`${name}\`: ${write(Object.entries(packages))}.`),
  ].join('\n\n');
}

function writeTable(results) {
  const titles = [...new Set(results.map(({ title }) => title))];
  const rows = titles.map((title) => {
    const runs = results.filter((one) => one.title === title);
    return `| ${title} | ${runs.filter(({ isGood }) => isGood).length} of ${runs.length} |`;
  });
  return `| case | held |\n|---|--:|\n${rows.join('\n')}`;
}

/**
 * Measures the guides.
 *
 * @param rounds - How often each test runs.
 * @returns Whether everything held.
 */
export function proveGuides({ rounds }) {
  const results = [
    ...runTests(['--project=node', 'test/docs/guides', `--repeat-each=${rounds}`]),
    ...runTests(['--project=guides', '--workers=1', `--repeat-each=${rounds}`], { TEST_GUIDES: '1' }),
  ];
  const held = results.filter(({ isGood }) => isGood).length;
  const told = `${held} of ${results.length} runs held.`;
  const text = `${told}\n\n${listVersions()}\n\n${writeTable(results)}`;
  writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), 'guides', text));
  console.log(`Guides: ${told} docs/evidence/guides.md has the table.`);
  return results.length > 0 && held === results.length;
}
