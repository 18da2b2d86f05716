// Everything that must hold, the cheap checks first. Each runs even if one before it failed, unless there is nothing
// built to check. The last lines say how long each step took, and what it came to.
//   npm test                       all of it
//   npm test -- --project=node     the checks, and the tests that Playwright chooses by these arguments
import { spawn } from 'node:child_process';
import { findNode, OTHERS } from '../test/engines/nodes.mjs';

/** What needs no build, and the build, which fails for any wrong type in `src`. */
const SOURCES = [
  ['build', 'npm run --silent build'],
  ['format and lint', 'biome check .'],
];

/** What is asked of that which was built. */
const BUILT = [
  ['types, tests', 'tsc --noEmit -p tsconfig.test.json'],
  [
    'what must and must not compile',
    'tsc -p test/types && tsc -p test/types/tsconfig.server.json && tsc -p test/types/tsconfig.pg-boss.json && tsc -p test/types/tsconfig.worker.json',
  ],
  ['package, publint', 'publint --strict'],
  ['package, are the types wrong', 'attw --pack . --profile esm-only --exclude-entrypoints script'],
];

const startMs = Date.now();
/** `{ name, seconds, isGood, failures }` of each step. */
const steps = [];

/** Runs a step and gives what it comes to: `{ passed, failed }`. */
async function step(name, work) {
  const beginMs = Date.now();
  const result = await work();
  const { failed, failures = [] } = result;
  steps.push({ name, seconds: (Date.now() - beginMs) / 1000, isGood: !failed, failures });
  return result;
}

const run = (command, args, options) =>
  new Promise((resolve) => {
    const child = spawn(command, args, options);
    let output = '';
    let summary = null;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
    child.on('message', (message) => (summary = message));
    child.on('close', (code) => resolve({ code, output, summary }));
  });

/** Runs one check. Its output is shown only if it fails. */
async function check(command) {
  // Some pack the package: its `prepack` would build again, and pull dist/ from under the others.
  const env = { ...process.env, npm_config_ignore_scripts: 'true' };
  const { code, output } = await run(command, [], { shell: true, stdio: ['ignore', 'pipe', 'pipe'], env });
  if (code) console.log(`FAIL > ${command}\n${output}`);
  return code ? { passed: 0, failed: 1 } : { passed: 1, failed: 0 };
}

/** Runs checks, two at a time: each keeps one core busy. Gives their results in the order of the list. */
async function checkAll(checks) {
  const results = [];
  const queue = [...checks.entries()];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [place, [name, command]] = next;
      results[place] = await step(name, () => check(command));
    }
  };
  await Promise.all([work(), work()]);
  return results;
}

/** Runs Playwright under a Node. Its summary comes from test/engines/summary.ts. */
async function test(node, args) {
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const { code, summary } = await run(node, ['node_modules/playwright/cli.js', 'test', ...args], { stdio });
  const result = summary ?? { passed: 0, failed: 0 };
  return code && !result.failed ? { ...result, failed: 1 } : result;
}

/** Where a release of Node could make a difference: rules in plain JavaScript, SQLite, HTTP, and its web classes. */
const BY_RELEASE = 'unit/|server/(store|read-ucc)/|server/(mounts|node-handler|lambda-handler)\\b';

/** What runs on the other releases of Node: on 22 also what needs it, as pg-boss and PostgreSQL do. docs/evidence/suite.md has the rest. */
const OTHER_TESTS = {
  22: `@node22|PostgreSQL|^(?=.*\\b(${BY_RELEASE}))(?!.*@long)`,
  24: `^(?=.*\\b(${BY_RELEASE}))(?!.*@(long|node22))`,
};

async function runAll() {
  const results = await checkAll(SOURCES);
  if (results[0].failed) return results;
  results.push(...(await checkAll(BUILT)));
  const args = process.argv.slice(2);
  results.push(await step(`tests, Node ${process.versions.node}`, () => test(process.execPath, args)));
  for (const major of args.length ? [] : OTHERS) {
    const node = findNode(major);
    if (node)
      results.push(
        await step(`tests by release, Node ${major}`, () =>
          // They wait for leases and for PostgreSQL more than they compute.
          test(node, ['--project=node', '--workers=200%', `--grep=${OTHER_TESTS[major]}`]),
        ),
      );
    else console.log(`not run: tests on Node ${major}, which is not here`);
  }
  return results;
}

const results = await runAll();
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
for (const { name, failures } of steps) for (const failure of failures) console.log(`FAIL  ${name}: ${failure}`);
for (const { name, seconds, isGood } of steps)
  console.log(`${isGood ? 'ok  ' : 'FAIL'} ${seconds.toFixed(1).padStart(6)} s  ${name}`);
const [minutes, rest] = [Math.floor((Date.now() - startMs) / 60_000), Math.round((Date.now() - startMs) / 1000) % 60];
console.log(`${sum('passed')} passed, ${sum('failed')} failed, in ${minutes} min ${rest} s`);
process.exitCode = sum('failed') ? 1 : 0;
