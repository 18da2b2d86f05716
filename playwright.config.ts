import { availableParallelism } from 'node:os';
import { defineConfig } from 'playwright/test';
import { findEngines } from './test/engines/engines.mjs';

/** Every door in every engine, as `npm run prove` and the repository's own workflow have it. */
const isEverything = Boolean(process.env['TEST_EVERYTHING']);

/** `@everything`: what repeats a proof in one more way, and waits for `npm run prove` and the workflow. */
const repeated = isEverything ? [] : [/@everything\b/];

/** What an engine leaves out: see `doors` in test/site/test.ts, and `@not-webkit`, where an engine's driver cannot do it. */
const leftOut = (name: string) => [
  new RegExp(`@not-${name}\\b`),
  ...repeated,
  ...(isEverything || name === 'chromium' ? [] : [/^(?=.*@npm\b)(?!.*@every-engine\b)/, /@one-engine\b/]),
];

/** Other people's libraries are the same in every engine, nearly always: `npm test` asks Chromium. */
const libraries = (name: string) => (isEverything || name === 'chromium' ? [/\/test\/libraries\/.+\.spec\.ts$/] : []);

const engines = Object.entries(findEngines());

/** `@node22`: what needs Node 22.12, as pg-boss does. `npm test` runs it there, if it does not run on such a Node itself. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isOldNode = major < 22 || (major === 22 && minor < 12);

// biome-ignore lint/style/noDefaultExport: Playwright reads its configuration from the default export
export default defineConfig({
  fullyParallel: true,
  workers: Math.max(2, availableParallelism() / 2), // a browser keeps more than one core busy
  retries: 0,
  timeout: 30_000,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['dot'], ['./test/engines/summary.ts']],
  projects: [
    {
      name: 'node',
      testDir: 'test',
      testMatch: /\/test\/((unit|server|docs|stand-ins|bindings)\/.+|demo\/start)\.spec\.ts$/,
      grepInvert: [...repeated, ...(isOldNode ? [/@node22\b/] : [])],
    },
    { name: 'package', testDir: 'test/package' },
    // Frameworks that build whole sites, for minutes each: `npm run prove -- --only=guides`, and nothing else, asks for them.
    ...(process.env['TEST_GUIDES'] ? [{ name: 'guides', testDir: 'test/guides', use: findEngines()['chromium'] }] : []),
    ...engines.map(([name, use]) => ({
      name,
      testDir: 'test',
      testMatch: [/\/test\/(browser\/.+|demo\/(walk|look))\.spec\.ts$/, ...libraries(name)],
      use,
      grepInvert: leftOut(name),
    })),
  ],
});
