/** Every way in which a form appears. Each is filled at its first use, and its handler receives the code. */

import { serveLibrary } from '../../site/libraries.js';
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const INSIDE = '<input type="email" name="email" value="ada@example.com" aria-label="E-mail"><button>Join</button>';
const FORM = `<form method="post" action="/join">${INSIDE}</form>`;

/** What the page has at first, and how the form comes. Every one ends with one form and its one button. */
const WAYS: { readonly [title: string]: readonly [html: string, appear: string] } = {
  'parsed with the page': [FORM, ''],
  'inserted late': ['', 'document.body.append(make())'],
  'nested in HTML that is inserted': [
    '<main></main>',
    'document.querySelector("main").innerHTML = "<div><section>" + html + "</section></div>"',
  ],
  'cloned, after the first was used': [
    FORM,
    'const [form] = document.forms; form.email.focus(); form.replaceWith(form.cloneNode(true))',
  ],
  'taken out of a template': [
    `<template>${FORM}</template>`,
    'document.body.append(document.querySelector("template").content.cloneNode(true))',
  ],
  'in a dialog that opens': [`<dialog>${FORM}</dialog>`, 'document.querySelector("dialog").showModal()'],
  'emptied by innerHTML and built anew, after it was used': [
    FORM,
    'const [form] = document.forms; form.email.focus(); form.innerHTML = ""; form.innerHTML = inside',
  ],
  'written anew with our field in its HTML': [
    FORM,
    'const [form] = document.forms; form.email.focus(); form.innerHTML += ""; form.innerHTML += form.innerHTML.match(/<input[^>]*ucc[^>]*>/)[0]',
  ],
  're-rendered by a framework that removes what it does not know, after it was used': [
    FORM,
    'const [form] = document.forms; form.email.focus(); form.querySelector("[name=ucc]").remove()',
  ],
  'reset, after it was used': [FORM, 'const [form] = document.forms; form.email.focus(); form.reset()'],
  'moved here out of another document': [
    '',
    `const other = document.implementation.createHTMLDocument('');
     other.body.innerHTML = html; document.body.append(document.adoptNode(other.forms[0]))`,
  ],
  'moved here out of a frame in which it was used': [
    '<iframe></iframe>',
    `const other = document.querySelector('iframe').contentDocument;
     other.body.innerHTML = html; other.forms[0].email.focus(); document.body.append(other.forms[0])`,
  ],
};

doors(() => {
  for (const [title, [html, appear]] of Object.entries(WAYS))
    test(`reaches a form that is ${title}`, async ({ page, site, start }) => {
      const tools = `<script>const html = ${JSON.stringify(FORM)}, inside = ${JSON.stringify(INSIDE)};
        const make = () => document.createRange().createContextualFragment(html)</script>`;
      site.page('/', start() + tools + html);
      await page.goto(site.url(LINK));
      await page.evaluate(appear);
      expect(await page.evaluate('new FormData(document.forms[0]).getAll("ucc")'), 'as data').toEqual([UCC]);
      await page.getByRole('button').click();
      expect((await site.received('form')).values('ucc'), 'as submitted').toEqual([UCC]);
    });

  test('has the field in a form from its first use on, and nothing before', async ({ page, site, start }) => {
    site.page('/', start() + FORM);
    await page.goto(site.url(LINK));
    expect(await page.locator('form').innerHTML()).toBe(INSIDE);
    await page.getByLabel('E-mail').focus();
    await expect(page.locator('form > input[type=hidden][name=ucc]')).toHaveValue(UCC);
    expect(await page.evaluate('document.forms[0].elements.ucc.value')).toBe(UCC);
  });

  test('has the field before any handler of the page runs, whatever the first use is', async ({
    page,
    site,
    start,
  }) => {
    const spy = `<script>seen = {};
      for (const type of ['focusin', 'pointerdown', 'keydown', 'click', 'submit'])
        document.addEventListener(type, (event) => {
          event.preventDefault();
          seen[type] = event.target.closest('form').querySelector('[name=ucc]')?.value;
        }, true)</script>`;
    site.page('/', start() + spy + FORM.repeat(5));
    await page.goto(site.url(LINK));
    await page.evaluate(() => {
      const forms = [...document.forms];
      const field = (index: number) => forms[index]?.querySelector('input');
      field(0)?.focus();
      field(1)?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true }));
      field(2)?.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, composed: true }));
      forms[3]
        ?.querySelector('button')
        ?.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }));
      forms[4]?.requestSubmit();
    });
    expect(await page.evaluate('seen')).toEqual({
      focusin: UCC,
      pointerdown: UCC,
      keydown: UCC,
      click: UCC,
      submit: UCC,
    });
  });

  test('stays in a form that Turbo brings, and that it brings back out of its cache', async ({ page, site, start }) => {
    const head = start() + serveLibrary(site, 'turbo');
    const link = '<a href="/next">Next</a>';
    const html = (body: string) =>
      `<!doctype html><html><head><title>A test</title>${head}</head><body>${body}</body></html>`;
    site.page('/', html(link + FORM));
    site.page('/next', html(FORM.replace('/join', '/other')));
    await page.goto(site.url(LINK));
    await page.getByLabel('E-mail').focus();
    await page.getByRole('link').click();
    await page.waitForURL('**/next');
    await expect(page.locator('form')).toHaveAttribute('action', '/other');
    expect(await page.evaluate('new FormData(document.forms[0]).getAll("ucc")')).toEqual([UCC]);
    await page.evaluate('history.back()');
    await expect(page.locator('form')).toHaveAttribute('action', '/join');
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });

  test('reaches a form that htmx swaps in', async ({ page, site, start }) => {
    site.page('/', `${start()}${serveLibrary(site, 'htmx')}<div hx-get="/part" hx-trigger="click">Show</div>`);
    site.route('/part', () => new Response(FORM, { headers: { 'content-type': 'text/html' } }));
    await page.goto(site.url(LINK));
    await page.getByText('Show').click();
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });

  test('fills a form again to which the visitor comes back', async ({ page, site, start }) => {
    site.page('/', start() + FORM);
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    await page.waitForURL('**/join');
    await page.goBack();
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });
});
