/** Next.js with server actions: what the action received on the server has the code, however the visitor came to the form. */
import type { Page } from 'playwright/test';
import { expect, test } from '../site/test.js';
import { typeInto, UCC } from './app.js';
import { BUILD_MS, type NextSite, startNext } from './next.js';

// One worker, and so one server.
test.describe.configure({ mode: 'default' });

let next: NextSite;

test.beforeAll(async () => {
  test.setTimeout(BUILD_MS);
  next = await startNext(test.info().outputPath('next.log'));
});

test.afterAll(() => next.stop());

/** Submits the form of the page, and expects the code in what the server has of it. */
async function expectCode(page: Page, email: string): Promise<void> {
  await typeInto(page.getByLabel('E-mail'), email);
  await page.getByRole('button', { name: 'Join' }).click();
  const { ucc } = await next.received('join', (entry) => JSON.stringify(entry['email']) === JSON.stringify([email]));
  expect(ucc).toEqual([UCC]);
  await next.received(
    'message',
    ({ type, fields }) => type === 'submission' && Reflect.get(Object(fields), 'email') === email,
  );
}

for (const field of ['none', 'hidden', 'visible'] as const) {
  const whose = field === 'none' ? 'our own' : `the author's ${field}`;

  test(`Next.js: the server action gets the code after a client navigation, in ${whose} field`, async ({ page }) => {
    await page.goto(`${next.origin}/?ucc=${UCC}`);
    await page.getByRole('link', { name: field, exact: true }).click();
    await page.waitForURL(`**/signup/${field}`);
    await expectCode(page, `walked-${field}@example.com`);
  });

  test(`Next.js: the server action gets the code of a page that was hydrated, in ${whose} field`, async ({ page }) => {
    await page.goto(`${next.origin}/?ucc=${UCC}`);
    await page.goto(`${next.origin}/signup/${field}`);
    await expectCode(page, `opened-${field}@example.com`);
  });
}
