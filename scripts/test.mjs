// All checks, the cheap ones first. Each runs even if one before it failed, unless there is nothing built to check.
// The last line says what it came to.
import { spawn, spawnSync } from 'node:child_process';

const CHECKS = [
  ['format and lint', 'biome check .'],
  ['types, browser', 'tsc --noEmit -p .'],
  ['types, server', 'tsc --noEmit -p tsconfig.server.json'],
  ['build', 'npm run --silent build'],
  ['types, tests', 'tsc --noEmit -p tsconfig.test.json'],
  ['what must and must not compile', 'tsc -p test/types && tsc -p test/types/tsconfig.server.json'],
  ['package, publint', 'publint --strict'],
  ['package, are the types wrong', 'attw --pack . --profile esm-only --exclude-entrypoints script'],
];

/** Runs one check. Its output is shown only if it fails. */
function check([name, command]) {
  const startMs = Date.now();
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: 'utf8' });
  const isGood = status === 0;
  console.log(`${isGood ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - startMs) / 1000).toFixed(1)} s)`);
  if (!isGood) console.log(`> ${command}\n${stdout}${stderr}`);
  return isGood;
}

/** Runs Playwright with the arguments of this command. Its summary comes from test/engines/summary.ts. */
const runTests = () =>
  new Promise((resolve) => {
    let result = { passed: 0, failed: 0 };
    const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
    const child = spawn(process.execPath, ['node_modules/playwright/cli.js', 'test', ...process.argv.slice(2)], {
      stdio,
    });
    child.on('message', (summary) => {
      result = summary;
    });
    child.on('close', (code) => resolve(code && !result.failed ? { ...result, failed: 1 } : result));
  });

let passed = 0;
let failed = 0;
let isBuilt = true;
for (const one of CHECKS) {
  const isGood = check(one);
  if (isGood) passed += 1;
  else failed += 1;
  if (one[0] === 'build' && !isGood) {
    isBuilt = false;
    break;
  }
}
const tests = isBuilt ? await runTests() : { passed: 0, failed: 0 };
passed += tests.passed;
failed += tests.failed;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
