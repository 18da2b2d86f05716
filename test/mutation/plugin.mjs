// Lets the mutation tester ask our tests in one process: a new process for each of thousands of mutants would start Node and
// its packages thousands of times. Every mutant gets the bundle anew, so that what a module does as it loads is asked, too.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** In the copy of the project, to which the tester changes before it asks for anything. */
const findBundle = () => pathToFileURL(resolve('test/mutation/specs.mjs')).href;

/** What a broken copy does after its test is a failure of that test, too. */
let stray = null;
for (const event of ['unhandledRejection', 'uncaughtException'])
  process.on(event, (error) => {
    stray ??= error;
  });

let turn = 0;

/** Runs the tests, or those of the filter, until one fails. */
async function runTests({ filter, isBailing, mutant, hitLimit }) {
  const state = { activeMutant: mutant, hitLimit, hitCount: hitLimit === undefined ? undefined : 0 };
  globalThis.__stryker__ = state;
  stray = null;
  const results = [];
  const { tests } = await import(`${findBundle()}?${turn++}`);
  for (const { name, run } of tests) {
    if (filter && !filter.includes(name)) continue;
    const startMs = Date.now();
    state.currentTestId = name;
    let error = null;
    try {
      await run();
      error = stray;
    } catch (caught) {
      error = caught;
    }
    const test = { id: name, name, timeSpentMs: Date.now() - startMs };
    results.push(
      error ? { ...test, status: 1, failureMessage: String(error.message ?? error) } : { ...test, status: 0 },
    );
    if (error && isBailing) break;
  }
  return { results, coverage: state.mutantCoverage, isEndless: state.hitCount > hitLimit };
}

class InProcess {
  capabilities() {
    return { reloadEnvironment: true };
  }

  init() {}

  async dryRun() {
    const { results, coverage } = await runTests({});
    return { status: 'complete', tests: results, mutantCoverage: coverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    try {
      const { results, isEndless } = await runTests({
        filter: testFilter,
        isBailing: true,
        mutant: activeMutant.id,
        hitLimit,
      });
      if (isEndless) return { status: 'timeout', reason: 'hit limit' };
      const failed = results.filter(({ status }) => status === 1);
      if (!failed.length) return { status: 'survived', nrOfTests: results.length };
      return {
        status: 'killed',
        nrOfTests: results.length,
        killedBy: failed.map(({ id }) => id),
        failureMessage: failed[0].failureMessage,
      };
    } catch (error) {
      return { status: 'killed', nrOfTests: 0, killedBy: [], failureMessage: `while it loaded: ${error.message}` };
    }
  }

  dispose() {}
}

const create = () => new InProcess();
create.inject = [];

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', factory: create }];
