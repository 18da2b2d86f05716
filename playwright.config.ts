import { defineConfig } from 'playwright/test';
import { findEngines } from './test/engines/engines.mjs';

const engines = Object.entries(findEngines());

// biome-ignore lint/style/noDefaultExport: Playwright reads its configuration from the default export
export default defineConfig({
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 30_000,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['dot'], ['./test/engines/summary.ts']],
  projects: [
    { name: 'node', testDir: 'test', testMatch: ['{unit,server,docs,stand-ins}/**/*.spec.ts', 'demo/start.spec.ts'] },
    { name: 'package', testDir: 'test/package' },
    // `@not-webkit` in a title or tag leaves a test out where an engine's driver cannot do it. The test says why.
    ...engines.map(([name, use]) => ({
      name,
      testDir: 'test',
      testMatch: ['browser/**/*.spec.ts', 'demo/{walk,look}.spec.ts'],
      use,
      grepInvert: new RegExp(`@not-${name}\\b`),
    })),
  ],
});
