/** A page with an app in it, as a visitor who came by a link opens it and submits it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import type { Received } from '../site/received.js';
import type { Site } from '../site/site.js';
import { expect } from '../site/test.js';
import { bundleApp, type Mode } from './bundle.js';

export const UCC = 'pNRB1aYqArN';
export const LINK = `/?ucc=${UCC}`;
export const EMAIL = 'ada@example.com';

/** What the author of a form wrote for the code. */
export type Field = 'none' | 'hidden' | 'visible';

/** An app: its file below `apps`, and its function that shows the form where that is not `mount`. */
export interface App {
  readonly file: string;
  readonly mount?: string;
  readonly mode?: Mode;
}

/** Serves a script on the site, and gives the tag that loads it. */
export function serveScript(site: Site, path: string, script: string): string {
  site.route(path, () => new Response(script, { headers: { 'content-type': 'text/javascript' } }));
  return `<script src="${path}"></script>`;
}

/**
 * Serves a file of a library as its makers publish it, and gives the tag that loads it.
 *
 * @param file - Below `node_modules`, e.g. `jquery/dist/jquery.min.js`.
 */
export async function serveLibrary(site: Site, file: string): Promise<string> {
  return serveScript(site, `/library/${file}`, await readFile(join(import.meta.dirname, 'node_modules', file), 'utf8'));
}

/** Serves a page that shows an app, and opens it by a link. */
export async function openApp(page: Page, site: Site, door: string, app: App, field: Field): Promise<void> {
  const tag = serveScript(site, '/app.js', await bundleApp(app.file, app.mode));
  const call = `app.${app.mount ?? 'mount'}(document.querySelector('#app'), ${JSON.stringify(field)})`;
  site.page('/', `${door}<div id="app"></div>${tag}<script>${call}</script>`);
  await page.goto(site.url(LINK));
}

/** Shows the app anew in the page that is open, as it shows it in a new one. */
export async function showAgain(page: Page, { mount = 'mount' }: App, field: Field): Promise<void> {
  await page.evaluate(
    ([name, given]) => {
      const root = Object.assign(document.createElement('div'), { id: 'app' });
      document.querySelector('#app')?.replaceWith(root);
      Reflect.get(window, 'app')[name](root, given);
    },
    [mount, field] as const,
  );
}

/**
 * Types a text. The drivers of stock Firefox and WebKit write into the field's own property, which React watches, so that
 * it hears of no change: there it is done as the browser does it for a person, behind the back of the page.
 */
export async function typeInto(field: Locator, text: string): Promise<void> {
  if (field.page().context().browser()?.browserType().name() === 'chromium') return field.fill(text);
  await field.focus();
  await field.evaluate((element, value) => {
    Reflect.set(Object.getPrototypeOf(element), 'value', value, element);
    for (const event of ['input', 'change']) element.dispatchEvent(new Event(event, { bubbles: true, composed: true }));
  }, text);
}

/** What a visitor does. */
export async function signUp(page: Page, email: string = EMAIL): Promise<void> {
  await typeInto(page.getByLabel('E-mail'), email);
  await page.getByRole('button', { name: 'Join' }).click();
}

/** All values that a request to the site's own handler has under a name, whichever way it was sent. */
export function valuesOf({ json, values }: Received, name: string): readonly unknown[] {
  const body = Object(json);
  return name in body ? [Reflect.get(body, name)] : values(name);
}

/** The next request to the site's own handler: the e-mail and the codes that it has. */
export async function receive(
  site: Site,
): Promise<{ readonly email: readonly unknown[]; readonly ucc: readonly unknown[] }> {
  const received = await site.received('form');
  return { email: valuesOf(received, 'email'), ucc: valuesOf(received, 'ucc') };
}

/** Whose field has the code, for a title. */
export const nameField = (field: Field): string => (field === 'none' ? 'our own field' : `the author's ${field} field`);

/** Opens an app by a link, signs up, and expects that its handler has the code once, and that the endpoint was told. */
export async function expectCode(page: Page, site: Site, door: string, app: App, field: Field): Promise<void> {
  await openApp(page, site, door, app, field);
  await signUp(page);
  expect(await receive(site)).toEqual({ email: [EMAIL], ucc: [UCC] });
  await expectTold(site);
}

/** The same with a code that the person typed: the app's handler has that one, and ours nowhere. */
export async function expectTyped(page: Page, site: Site, door: string, app: App): Promise<void> {
  await openApp(page, site, door, app, 'visible');
  await typeInto(page.getByLabel('Invite code'), 'MINE-2026');
  await signUp(page);
  expect(await receive(site)).toEqual({ email: [EMAIL], ucc: ['MINE-2026'] });
}

/** Expects that the endpoint was told of one submission, with the code and the person. */
export async function expectTold(site: Site, email: string = EMAIL): Promise<void> {
  const { json } = await site.received('submission');
  expect(json).toMatchObject({ ucc: UCC, fields: { email } });
}
