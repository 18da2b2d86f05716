// Stands for `playwright/test` where each of thousands of broken copies of the code is asked by the tests that need no
// browser: one process asks them all. Only what those tests use of it.
import { expect } from 'playwright/test';

export { expect };

/** What takes long, needs another Node, or opens files: the rules are the same in memory. */
const UNWANTED = /@(long|node22)\b|SQLite|PostgreSQL/;
/** All that the specs have told, in their order: `{ name, run() }`. */
export const tests = [];
let scope = { title: '', uses: {}, tags: '', after: [] };

/** The names that a test or a fixture takes out of its first parameter, as Playwright reads them. */
const namesOf = (work) =>
  (/^[^(]*\(\s*\{([^}]*)\}/.exec(String(work))?.[1] ?? '')
    .split(',')
    .map((part) => part.split(':')[0].trim())
    .filter(Boolean);

const parse = ([title, ...rest]) => ({
  title,
  tags: [rest.length > 1 ? (rest[0].tag ?? '') : ''].flat().join(' '),
  work: rest.at(-1),
});

/** Runs `work` with what it asks for, each made by its fixture and ended after it. */
function withFixtures(fixtures, uses, names, work, given = {}) {
  const [name, ...others] = names;
  if (!name) return work(given);
  const go = (value) => withFixtures(fixtures, uses, others, work, { ...given, [name]: value });
  if (name in given) return go(given[name]);
  const made = name in uses ? uses[name] : [fixtures[name]].flat()[0];
  if (typeof made !== 'function') return go(made);
  return withFixtures(
    fixtures,
    uses,
    namesOf(made),
    async (needed) => {
      let result;
      await made(needed, async (value) => {
        result = await withFixtures(fixtures, uses, others, work, { ...given, ...needed, [name]: value });
      });
      return result;
    },
    given,
  );
}

function createTest(fixtures) {
  const test = (...args) => {
    const { title, tags, work } = parse(args);
    const { uses, after } = scope;
    const name = `${scope.title} ${title} ${scope.tags} ${tags}`;
    if (UNWANTED.test(name)) return;
    const run = async () => {
      try {
        await withFixtures(fixtures, uses, namesOf(work), (given) => work(given, INFO));
      } finally {
        for (const hook of after) await hook({}, INFO);
      }
    };
    tests.push({ name: `${name.trim()} (${tests.length + 1})`, run });
  };
  const describe = (...args) => {
    const { title, tags, work } = parse(args.length > 1 ? args : ['', ...args]);
    const before = scope;
    scope = {
      title: `${before.title} ${title}`,
      tags: `${before.tags} ${tags}`,
      uses: { ...before.uses },
      after: [...before.after],
    };
    work();
    scope = before;
  };
  return Object.assign(test, {
    describe: Object.assign(describe, { configure() {} }),
    extend: (more) => createTest({ ...fixtures, ...more }),
    use: (values) => Object.assign(scope.uses, values),
    afterEach: (hook) => scope.after.push(hook),
    setTimeout() {},
    slow() {},
    step: (_, work) => work(),
  });
}

const INFO = { outputPath: () => '', setTimeout() {}, annotations: [] };

export const test = createTest({});
