/** `test` with a site of its own, and both doors of the product. Every browser test imports this. */
import type { Page } from 'playwright/test';
import { test as base, expect } from '../engines/page.js';
import { type Server, startServer } from './server.js';
import { IMPORTS, type Site } from './site.js';

/** How a page takes the product in. */
export type Door = 'script' | 'npm';

/** Options by their npm name, as strings, numbers, booleans or lists of words. */
export interface Options {
  readonly [name: string]: string | number | boolean | readonly string[];
}

interface Fixtures {
  readonly door: Door;
  /** The test's own site. */
  readonly site: Site;
  /** The HTML that starts the companion with these options through the test's door. */
  readonly start: (options?: Options) => string;
  /** Calls a verb in the page through the test's door, e.g. `await call('getUcc')`. */
  readonly call: (verb: string, ...args: readonly unknown[]) => Promise<unknown>;
}

const NAMES: { readonly [door in Door]: string } = { script: 'script tag', npm: 'npm import' };

/** Strict policies let it in by name: `script-src 'nonce-page'`. */
const NONCE = 'nonce="page"';

const escapeQuotes = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

const toAttribute = ([name, value]: readonly [string, Options[string] | undefined]): string => {
  const key = `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return `${key}="${escapeQuotes(Array.isArray(value) ? value.join(' ') : String(value))}"`;
};

const STARTS: { readonly [door in Door]: (options: Options) => string } = {
  script: (options) =>
    `<script async ${NONCE} src="/cello-companion.js" ${Object.entries(options).map(toAttribute).join(' ')}></script>`,
  npm: (options) => `<script type="importmap" ${NONCE}>${JSON.stringify({ imports: IMPORTS.bundle })}</script>
    <script type="module" ${NONCE}>
      import { start } from 'cello-companion';
      globalThis.companion = start(${JSON.stringify(options).replaceAll('<', '\\u003c')});
    </script>`,
};

const CALLS: { readonly [door in Door]: (page: Page, verb: string, args: readonly unknown[]) => Promise<unknown> } = {
  script: (page, verb, args) =>
    page.evaluate(([name, given]) => Reflect.get(window, 'CelloCompanion')(name, ...given), [verb, args] as const),
  npm: (page, verb, args) =>
    page.evaluate(([name, given]) => Reflect.get(window, 'companion')[name](...given), [verb, args] as const),
};

export const test = base.extend<Fixtures, { readonly server: Server }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  door: ['script', { option: true }],
  site: async ({ server }, use) => {
    const { site, close } = server.open();
    await use(site);
    close();
  },
  start: async ({ door }, use) => use((options = {}) => STARTS[door](options)),
  call: async ({ door, page }, use) => use((verb, ...args) => CALLS[door](page, verb, args)),
});

/**
 * Runs the tests inside once through the script tag and once through the npm import. Both doors lead to the same files, so
 * `npm test` goes through the second in Chromium alone, and elsewhere only with tests that have the tag `@every-engine`:
 * those that would fail in one engine if a module loaded, ran or ended otherwise there. `TEST_EVERYTHING=1` leaves nothing out.
 *
 * @param tags - `@one-engine`: what these cases show would fail in every engine or in none.
 */
export function doors(define: () => void, tags: readonly string[] = []): void {
  for (const door of ['script', 'npm'] as const)
    test.describe(NAMES[door], { tag: [`@${door}`, ...tags] }, () => {
      test.use({ door });
      define();
    });
}

export { expect };
