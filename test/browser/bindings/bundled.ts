/** A page with an app that uses the bindings as the build left them, bundled with the libraries beside. */
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { writeFiles } from '../../docs/snippets.js';
import { bundleFile } from '../../libraries/bundle.js';
import type { Site } from '../../site/site.js';
import { test } from '../../site/test.js';

export const UCC = 'pNRB1aYqArN';
export const LINK = `/?ucc=${UCC}`;

const LIBRARIES = join(import.meta.dirname, '../../libraries');
const DIST = join(import.meta.dirname, '../../../dist');

/** How long a test may take, most of it for the bundler on a machine that is busy with browsers. */
const BUILD_MS = 90_000;

const JOIN = `export const join = (values) =>
  fetch('/join', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(values) });`;

/**
 * Serves a page with an app on it, and opens it. What the page warns of is in the page's `warnings`.
 *
 * @param main - The app's first file. It may import `./join.js` and the other files.
 * @param path - The address that is opened, a referral link by default.
 */
export async function openApp(
  page: Page,
  site: Site,
  main: string,
  { files = [], path = LINK }: { readonly files?: Iterable<readonly [string, string]>; readonly path?: string } = {},
): Promise<void> {
  test.setTimeout(BUILD_MS);
  const folder = join(LIBRARIES, '.bundles', `bindings-${test.info().testId}`);
  writeFiles(folder, [
    ...files,
    ['join.js', JOIN],
    ['nuxt-app.js', 'export const defineNuxtPlugin = (plugin) => plugin;'],
    ['page.jsx', main],
  ]);
  const script = await bundleFile(join(folder, 'page.jsx'), 'development', {
    'cello-companion/react': join(DIST, 'react/index.js'),
    'cello-companion/vue': join(DIST, 'vue/index.js'),
    react: join(LIBRARIES, 'node_modules/react'), // one React for the app and for us; Vue has a plugin there
    'nuxt/app': join(folder, 'nuxt-app.js'),
  });
  site.route('/app.js', () => new Response(script, { headers: { 'content-type': 'text/javascript' } }));
  const listen = `<script>warnings = []; for (const level of ['warn', 'error'])
    console[level] = (...words) => warnings.push(words.join(' '))</script>`;
  site.page('/', `${listen}<div id="app"></div><script src="/app.js"></script>`);
  await page.goto(site.url(path));
}
