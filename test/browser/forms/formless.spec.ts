/** Pages without a form, forms that are read from outside, pages that are one form, and wizards. */

import { countSettled, doors, EMAIL, expect, LINK, test, UCC } from '../../site/forms.js';
import { serveLibrary } from '../../site/libraries.js';

const post = (body: string) => `fetch('/join', { method: 'POST', body: new URLSearchParams(${body}) })`;
/** Hands over an element, when the page has loaded. */
const attach = (selector: string, options = '{}') =>
  `<script>addEventListener('load', () => { undo = CelloCompanion.companion.attach(document.querySelector('${selector}'), ${options}) })</script>`;

doors(() => {
  for (const [title, field] of Object.entries({
    'of the name': '<input type="hidden" name="ucc" id="code">',
    'that is marked': '<input type="hidden" name="input_5" id="code" data-cello-companion="ucc">',
    'that is marked and shown': '<input id="code" data-cello-companion="ucc">',
  }))
    test(`fills a field ${title}, on a page without a form`, async ({ page, site, start, call }) => {
      const button = `<button onclick="${post('{ ucc: code.value }')}">Join</button>`;
      site.page('/', `${start()}<div>${EMAIL}${field}${button}</div>`);
      await page.goto(site.url(LINK));
      const before = await page.locator('div').innerHTML();
      await page.getByRole('button').click();
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
      await call('setUcc', 'second');
      await expect(page.locator('#code')).toHaveValue('second');
      await call('stop');
      expect(await page.locator('div').innerHTML()).toBe(before);
      await expect(page.locator('#code')).toHaveValue('');
    });

  test('fills such a field in a shadow root, and none before the first use', async ({ page, site, start }) => {
    const host = `<x-app></x-app><script>document.querySelector('x-app').attachShadow({ mode: 'open' }).innerHTML =
      '<input type="hidden" name="ucc"><input aria-label="Name"><input name="ucc" aria-label="Code">'</script>`;
    site.page('/', start() + host);
    await page.goto(site.url(LINK));
    const read = () =>
      page.evaluate(
        '[...document.querySelector("x-app").shadowRoot.querySelectorAll("[name=ucc]")].map((field) => field.value)',
      );
    expect(await read()).toEqual(['', '']);
    await page.getByLabel('Name').focus();
    expect(await read(), 'what is shown and not marked is left alone').toEqual([UCC, '']);
  });

  test('takes an element for a form, and its only button for its submission', async ({ page, site, start }) => {
    const html = `<div id="signup">${EMAIL}<input type="hidden" name="ucc" id="code"><button onclick="${post('{ ucc: code.value }')}">Join</button></div>`;
    const options = { endpoint: site.endpoint, include: 'email' };
    site.page('/', start(options) + html + attach('#signup', '{ kind: "signup" }'));
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({
      kind: 'signup',
      form: 'signup',
      via: 'form',
      fields: { email: 'ada@example.com' },
    });
    await page.evaluate('undo()');
    await page.getByLabel('E-mail').fill('grace@example.com');
    await page.getByRole('button').click();
    await site.received('form');
    expect(await countSettled(page, site)).toBe(1);
  });

  test('puts a field of ours into an element that has none, and takes the button that submits', async ({
    page,
    site,
    start,
  }) => {
    const buttons = `<button type="button">Show</button><button>Help</button><button type="submit">Join</button>`;
    site.page(
      '/',
      `${start({ endpoint: site.endpoint })}<div id="signup">${EMAIL}${buttons}</div>${attach('#signup')}`,
    );
    await page.goto(site.url(LINK));
    await expect(page.locator('#signup > input[type=hidden][name=ucc]')).toHaveValue(UCC);
    await page.getByText('Show').click();
    await page.getByText('Help').click();
    expect(await countSettled(page, site)).toBe(0);
    await page.getByText('Join').click();
    await site.received('submission');
    await page.evaluate('undo()');
    await expect(page.locator('[name=ucc]')).toHaveCount(0);
  });

  test('takes the forms in an element that was handed over', async ({ page, site, start }) => {
    const html = `<div><form id="login" action="/login" method="post">${EMAIL}<input type="password" name="p"><button>In</button></form></div>`;
    site.page('/', start({ endpoint: site.endpoint }) + html + attach('div', '{ kind: "demo" }'));
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({ kind: 'demo', form: 'login' });
  });

  for (const [title, read] of Object.entries({
    'form.elements': '{ ucc: document.forms[0].elements.ucc?.value ?? "" }',
    'serialize()': '$("form").serialize()',
  }))
    test(`is found by a button outside of the form that reads it by ${title}`, async ({ page, site, start }) => {
      const html = `<form>${EMAIL}</form><form id="empty"><input type="email"></form><button id="send">Join</button>`;
      const script = `<script>send.onclick = () => ${post(read)}</script>`;
      site.page('/', start() + serveLibrary(site, 'jquery') + html + script);
      await page.goto(site.url(LINK));
      await page.evaluate('send.click()');
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
      expect(await page.locator('#empty').innerHTML(), 'a form that nobody filled').toBe('<input type="email">');
    });

  const FETCH = post('new FormData(document.forms[0])');
  for (const [title, mark, script] of [
    ['marked', 'data-cello-companion="signup"', ''],
    ['handed over', '', attach('form', '{ kind: "signup" }')],
  ] as const)
    test(`takes the only button of a form that is ${title} and that no button submits`, async ({
      page,
      site,
      start,
    }) => {
      const html = `<form ${mark}>${EMAIL.replace(/value="[^"]*"/, 'required')}<button type="button" onclick="${FETCH}">Join</button></form>`;
      site.page('/', start({ endpoint: site.endpoint, include: 'email' }) + html + script);
      await page.goto(site.url(LINK));
      await page.getByRole('button').click();
      await site.received('form');
      expect(await countSettled(page, site), 'nobody has given an address').toBe(0);
      await page.getByLabel('E-mail').fill('ada@example.com');
      await page.getByRole('button').click();
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
      expect((await site.received('submission')).json).toMatchObject({
        kind: 'signup',
        fields: { email: 'ada@example.com' },
      });
      await page.evaluate('document.forms[0].append(document.createElement("p")); document.forms[0].requestSubmit()');
      await page.waitForURL('**/?*email=*');
      expect(await countSettled(page, site), 'what a click began, and a submission ended').toBe(1);
    });

  for (const [title, html] of Object.entries({
    'that nobody marked': `<form>${EMAIL}<button type="button">Join</button></form>`,
    'with another plain button': `<form data-cello-companion="signup">${EMAIL}<button type="button">Show</button><button type="button">Join</button></form>`,
    'with a button that submits': `<form data-cello-companion="signup" onsubmit="return false">${EMAIL}<button type="button">Join</button><button>Save</button></form>`,
  }))
    test(`takes no click for the submission of a form ${title}`, async ({ page, site, start }) => {
      site.page('/', start({ endpoint: site.endpoint }) + html);
      await page.goto(site.url(LINK));
      for (const button of await page.locator('button[type=button]').all()) await button.click();
      await expect(page.locator('[name=ucc]')).toHaveValue(UCC);
      expect(await countSettled(page, site)).toBe(0);
    });

  test('serves a page that is one form (ASP.NET) by the button that is pressed', async ({ page, site, start }) => {
    const login = `<input name="user" aria-label="User"><input type="password" name="pass"><button name="login" formaction="/account/login">Log in</button>`;
    const html = `<form id="aspnetForm" method="post" action="./">${login}<input type="search" name="q"><button name="search">Search</button>
      <input type="email" name="ctl00$email" aria-label="E-mail"><button name="news">Subscribe</button></form>`;
    site.page('/', start({ endpoint: site.endpoint, include: 'email' }) + html);
    await page.goto(site.url(LINK));
    await page.getByText('Log in').click();
    expect((await site.received('form')).values('ucc')).toEqual([]);
    await page.waitForURL('**/account/login');
    await page.goto(site.url('/'));
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByText('Subscribe').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({ fields: { email: 'ada@example.com' } });
    await page.getByText('Thank you').waitFor();
    expect(await countSettled(page, site)).toBe(1);
  });

  test('tells of a part of such a page that was handed over, once', async ({ page, site, start }) => {
    const html = `<form id="all" method="post" action="/join"><div id="part">${EMAIL}<button>Join</button></div><input type="email" name="other" value="grace@example.com"></form>`;
    site.page('/', start({ endpoint: site.endpoint, include: 'email' }) + html + attach('#part', '{ kind: "signup" }'));
    await page.goto(site.url(LINK));
    await page.getByText('Join').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({
      form: 'part',
      kind: 'signup',
      fields: { email: 'ada@example.com' },
    });
    await page.waitForURL('**/join');
    expect(await countSettled(page, site)).toBe(1);
  });

  test('takes the steps of a wizard without a form for one submission a person', async ({ page, site, start }) => {
    const steps = ['', '<input name="team" value="10">', '<input name="plan" value="pro">'];
    const script = `<script>let step = 0; const steps = ${JSON.stringify(steps)};
      addEventListener('click', ({ target }) => { if (target.matches('button')) fields.innerHTML = steps[++step] ?? '' })</script>`;
    const html = `<div id="wizard"><div id="fields">${EMAIL}</div><button>Next</button></div>`;
    site.page('/', start({ endpoint: site.endpoint, include: 'email' }) + html + script + attach('#wizard'));
    await page.goto(site.url(LINK));
    for (const _ of steps) await page.getByRole('button').click();
    expect((await site.received('submission')).json).toMatchObject({ fields: { email: 'ada@example.com' } });
    expect(await countSettled(page, site)).toBe(1);
    await page.evaluate(
      (html) => document.querySelector('#fields')?.insertAdjacentHTML('beforeend', html),
      EMAIL.replace('ada', 'grace'),
    );
    await page.getByRole('button').click();
    expect((await site.received('submission')).json).toMatchObject({ fields: { email: 'grace@example.com' } });
  });

  test('takes a step of a wizard that shows another part of its form for none', async ({ page, site, start }) => {
    const html = `<form method="post" action="/join"><div>${EMAIL}<button type="button" onclick="this.parentElement.hidden = true; more.hidden = false">Next</button></div>
      <div id="more" hidden><input name="team" value="10"><button>Join</button></div></form>`;
    site.page('/', start({ endpoint: site.endpoint }) + html);
    await page.goto(site.url(LINK));
    await page.getByText('Next').click();
    expect(await countSettled(page, site)).toBe(0);
    await page.getByText('Join').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    await site.received('submission');
    await page.waitForURL('**/join');
    expect(await countSettled(page, site)).toBe(1);
  });
}, ['@one-engine']);
