/** A page with forms, as a visitor who came by a link opens it, and what the endpoint made of its messages. */
import type { Page } from 'playwright/test';
import type { Site } from './site.js';
import { test as base, type Options } from './test.js';

export const UCC = 'pNRB1aYqArN';
export const LINK = `/?ucc=${UCC}`;
export const EMAIL = '<input type="email" name="email" value="ada@example.com" aria-label="E-mail">';
export const FORM = `<form method="post" action="/join">${EMAIL}<button>Join</button></form>`;

interface Fixtures {
  /** Serves a page that starts us before this HTML, with these options and the endpoint, and opens it by a link. */
  readonly open: (html: string, options?: Options) => Promise<void>;
}

export const test = base.extend<Fixtures>({
  open: ({ page, site, start }, use) =>
    use(async (html, options) => {
      site.page('/', start({ endpoint: site.endpoint, ...options }) + html);
      await page.goto(site.url(LINK));
    }),
});

/** How many submissions count: a message that was sent again has the same id. */
export const countSubmissions = (site: Site): number =>
  new Set(site.all('submission').map(({ json }) => Reflect.get(Object(json), 'id'))).size;

/** The same, when everything has arrived that the page sent before. */
export async function countSettled(page: Page, site: Site): Promise<number> {
  await site.beat(page);
  return countSubmissions(site);
}

export { doors, expect } from './test.js';
