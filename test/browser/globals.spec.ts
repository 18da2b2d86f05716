import { IMPORTS } from '../site/site.js';
import { doors, expect, test } from '../site/test.js';

/** What came since the page's first script noted what there was. `__pw…` is Playwright's own. */
const ADDED = "Object.getOwnPropertyNames(window).filter((name) => !before.includes(name) && !name.startsWith('__pw'))";

doors(() => {
  test('takes exactly one global name', { tag: '@every-engine' }, async ({ page, site, start }) => {
    // `companion` is the name under which the npm door's page keeps what start() gave.
    const before =
      "<script>globalThis.companion = null; globalThis.before = ['before', ...Object.getOwnPropertyNames(window)]</script>";
    site.page('/', before + start());
    await page.goto(site.url('/?ucc=pNRB1aYqArN'));
    const added = await page.evaluate<string[]>(ADDED);
    // Cello's own queue may be made where Cello's script has not been yet.
    expect(added.filter((name) => name !== 'CelloAttributionCmd')).toEqual(['CelloCompanion']);
  });
});

test('does nothing when it is imported and not started', async ({ page, site }) => {
  site.page(
    '/',
    `<script>before = ['before', 'imported', ...Object.getOwnPropertyNames(window)]</script>
    <script type="importmap">${JSON.stringify({ imports: IMPORTS.bundle })}</script>
    <script type="module">import * as all from 'cello-companion'; globalThis.imported = Object.keys(all);</script>
    <form method="post" action="/join"><input type="email" name="email"><button>Join</button></form>`,
  );
  await page.goto(site.url('/?ucc=pNRB1aYqArN'));
  expect(await page.evaluate('imported')).toContain('start');
  expect(await page.evaluate(ADDED)).toEqual([]);
  expect(await page.evaluate('document.cookie + localStorage.length + sessionStorage.length')).toBe('00');
  await page.locator('input').focus();
  await page.getByRole('button').click();
  expect((await site.received('form')).entries).toEqual([['email', '']]);
});

test('works from the files of the package as they are, by an import map', async ({ page, site }) => {
  site.page(
    '/',
    `<script type="importmap">${JSON.stringify({ imports: IMPORTS.files })}</script>
    <script type="module">import { start } from 'cello-companion'; start();</script>
    <form method="post" action="/join"><input type="email" name="email"><button>Join</button></form>`,
  );
  await page.goto(site.url('/?ucc=pNRB1aYqArN'));
  await page.getByRole('button').click();
  expect((await site.received('form')).values('ucc')).toEqual(['pNRB1aYqArN']);
});
