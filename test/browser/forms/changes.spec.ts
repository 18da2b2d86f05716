/** The code may change: fields follow. */
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const INSIDE = '<input type="email" name="email" value="ada@example.com" aria-label="E-mail"><button>Join</button>';
const FORM = `<form method="post" action="/join">${INSIDE}</form>`;

doors(() => {
  test('fills a form that was used before the code was known', async ({ page, site, start, call }) => {
    site.page('/', start() + FORM);
    await page.goto(site.url('/'));
    await page.getByLabel('E-mail').focus();
    expect(await page.locator('form').innerHTML()).toBe(INSIDE);
    await call('setUcc', UCC);
    await expect(page.locator('input[name=ucc]')).toHaveValue(UCC);
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });

  test('writes nothing into a form that nobody used, when the code comes late', async ({ page, site, start, call }) => {
    site.page('/', start() + FORM);
    await page.goto(site.url('/'));
    await call('setUcc', UCC);
    expect(await page.locator('form').innerHTML()).toBe(INSIDE);
    expect(await page.evaluate('new FormData(document.forms[0]).getAll("ucc")')).toEqual([UCC]);
  });

  for (const route of ['/signup?ucc=second', '/#/signup?ucc=second'])
    test(`takes the code that a change of route brings: ${route}`, async ({ page, site, start }) => {
      site.page('/', `${start()}${FORM.repeat(2)}<input type="hidden" name="ucc" form="none">`);
      await page.goto(site.url(`/?ucc=${UCC}`));
      await page.getByLabel('E-mail').first().focus();
      await page.evaluate((path) => history.pushState(null, '', path), route);
      await page.getByLabel('E-mail').nth(1).focus();
      await expect(page.locator('form input[name=ucc]').first(), 'a form that was filled').toHaveValue('second');
      await page.getByRole('button').first().click();
      expect((await site.received('form')).values('ucc')).toEqual(['second']);
    });

  test('changes a visible field that we filled, and leaves it once a person changed it', async ({
    page,
    site,
    start,
    call,
  }) => {
    const form = '<form><input name="email" aria-label="E-mail"><input name="ucc" aria-label="Code"></form>';
    site.page('/', start() + form);
    await page.goto(site.url(`/?ucc=${UCC}`));
    await page.getByLabel('E-mail').focus();
    await expect(page.getByLabel('Code')).toHaveValue(UCC);
    await call('setUcc', 'second');
    await expect(page.getByLabel('Code')).toHaveValue('second');
    await page.getByLabel('Code').evaluate((field: HTMLInputElement) => {
      field.value = 'typed';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await call('setUcc', 'third');
    await page.getByLabel('E-mail').focus();
    await expect(page.getByLabel('Code')).toHaveValue('typed');
  });

  for (const verb of ['forget', 'stop', 'setConsent'])
    test(`takes the fields back: ${verb}`, async ({ page, site, start, call }) => {
      const fields = '<input type="hidden" name="ucc"><input name="ucc" value="">';
      site.page('/', `${start()}${FORM}<form><input name="email">${fields}</form>`);
      await page.goto(site.url(`/?ucc=${UCC}`));
      const before = await page.locator('body').innerHTML();
      await page.locator('[name=email]').first().focus();
      await page.locator('[name=email]').nth(1).focus();
      const read = () =>
        page.locator('[name=ucc]').evaluateAll((all) => all.map((field) => Reflect.get(field, 'value')));
      expect(await read()).toEqual([UCC, UCC, UCC]);
      await call(verb, ...(verb === 'setConsent' ? ['denied'] : []));
      expect(await page.locator('body').innerHTML()).toBe(before);
      expect(await read()).toEqual(['', '']);
      await page.locator('[name=email]').first().press('a');
      expect(await page.evaluate('[...document.forms].map((form) => new FormData(form).get("ucc"))')).toEqual([
        null,
        '',
      ]);
    });

  test('takes the field out of a form that was not in the page when consent was withdrawn', async ({
    page,
    site,
    start,
    call,
  }) => {
    site.page('/', start() + FORM);
    await page.goto(site.url(`/?ucc=${UCC}`));
    await page.getByLabel('E-mail').focus();
    await page.evaluate('kept = document.forms[0]; kept.remove()');
    await call('setConsent', 'denied');
    await page.evaluate('document.body.append(kept)');
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([]);
  });

  test('gives the former value back after the code has changed', async ({ page, site, start, call }) => {
    site.page('/', `${start()}<form><input name="email"><input type="hidden" name="ucc"></form>`);
    await page.goto(site.url(`/?ucc=${UCC}`));
    const before = await page.locator('body').innerHTML();
    await page.locator('[name=email]').focus();
    await call('setUcc', 'second');
    await expect(page.locator('[name=ucc]')).toHaveValue('second');
    await call('stop');
    expect(await page.locator('body').innerHTML()).toBe(before);
  });
}, ['@one-engine']);
