/** A submission is known for what it is: one message each, and none for what is no submission. */

import { countSettled, doors, EMAIL, expect, FORM, LINK, test, UCC } from '../../site/forms.js';

const AUTOSAVE = `<script>const save = () => fetch('/draft', { method: 'POST', body: new FormData(document.forms[0]) }).catch(() => {})</script>`;

doors(() => {
  for (const [title, leave] of Object.entries({
    'a link that is clicked afterwards': '<a href="/next">Next</a>',
    'a link whose click saves': '<a href="/next" onclick="save()">Next</a>',
    'a link that saves when the field loses its focus': '<a href="/next" onpointerdown="save()">Next</a>',
    'a button that leaves by script': '<a onpointerdown="save()" onclick="location.href = \'/next\'" href="#">Next</a>',
    'a page that saves while it is left':
      '<script>addEventListener("beforeunload", save)</script><a href="#" onclick="location.href = \'/next\'">Next</a>',
    'a page that saves at a touch, and again while it is left':
      '<script>addEventListener("beforeunload", save)</script><a onpointerdown="save()" onclick="location.href = \'/next\'" href="#">Next</a>',
  }))
    test(`takes an autosave for no submission: ${title}`, async ({ page, site, open }) => {
      site.page('/next', 'Next');
      await open(FORM + AUTOSAVE + leave);
      await page.evaluate('save()');
      expect((await site.received('form')).values('ucc'), 'the draft has the code').toEqual([UCC]);
      await page.getByRole('link').click();
      await page.waitForURL('**/next');
      await site.beat(page);
      expect(site.all('submission')).toEqual([]);
    });

  for (const method of ['get', 'post'])
    test(`knows form.submit() for one submission, by ${method}`, async ({ page, site, open }) => {
      site.page('/join', 'Thanks');
      await open(`<form data-cello-companion="demo" method="${method}" action="/join">${EMAIL}</form>`);
      await page.evaluate('document.forms[0].submit()');
      expect((await site.received('submission')).json).toMatchObject({ kind: 'demo', ucc: UCC });
      await page.waitForURL('**/join**');
      expect(await countSettled(page, site)).toBe(1);
    });

  test('knows form.submit() for one submission where the page saves while it is left', async ({ page, site, open }) => {
    const saveAtTheEnd = '<script>addEventListener("beforeunload", save)</script>';
    site.page('/join', 'Thanks');
    await open(FORM + AUTOSAVE + saveAtTheEnd);
    await page.evaluate('document.forms[0].submit()');
    await page.waitForURL('**/join');
    await site.received('submission');
    expect(await countSettled(page, site)).toBe(1);
  });

  test('takes an autosave of another form for no submission, just before form.submit()', async ({
    page,
    site,
    open,
  }) => {
    const draft = `<form id="draft" method="post" action="/draft">${EMAIL}</form>`;
    site.page('/join', 'Thanks');
    await open(draft + FORM.replace('<form', '<form id="join"'));
    await page.evaluate('void new FormData(document.forms[0]); setTimeout(() => document.forms[1].submit())');
    await page.waitForURL('**/join');
    expect((await site.received('submission')).json).toMatchObject({ form: 'join' });
    await site.beat(page);
    expect(site.all('submission')).toHaveLength(1);
  });

  test('counts once where a handler asks for a token and then calls form.submit()', async ({ page, site, open }) => {
    const handler = `<script>document.forms[0].addEventListener('submit', (event) => {
      event.preventDefault();
      fetch('/token').then((answer) => answer.text()).then((token) => {
        const field = document.createElement('input');
        Object.assign(field, { type: 'hidden', name: 'token', value: token });
        event.target.append(field);
        event.target.submit();
      });
    })</script>`;
    site.route('/token', () => new Promise((answer) => setTimeout(() => answer(new Response('t0ken')), 1100)));
    await open(FORM + handler);
    await page.getByRole('button').click();
    const form = await site.received('form');
    expect(form.values('ucc')).toEqual([UCC]);
    expect(form.values('token')).toEqual(['t0ken']);
    await page.waitForURL('**/join');
    expect(await countSettled(page, site)).toBe(1);
  });

  test('takes an autosave in the middle of a form for nothing, and its submission for one', async ({
    page,
    site,
    open,
  }) => {
    await open(`${FORM}${AUTOSAVE}<script>document.forms[0].oninput = save</script>`);
    await page.evaluate(`const { email } = document.forms[0];
      for (const value of ['g@example.com', 'gr@example.com']) { email.value = value; email.dispatchEvent(new Event('input', { bubbles: true })) }`);
    await page.getByRole('button').click();
    await page.waitForURL('**/join');
    await site.received('submission');
    expect(await countSettled(page, site)).toBe(1);
    for (const form of site.all('form')) expect(form.values('ucc')).toEqual([UCC]);
  });

  test('takes two submissions with different contents for two', async ({ page, site, open }) => {
    const handler = `<script>document.forms[0].addEventListener('submit', (event) => event.preventDefault())</script>`;
    await open(FORM + handler, { include: 'email' });
    await page.evaluate(`const [form] = document.forms;
      form.requestSubmit(); form.requestSubmit();
      form.email.value = 'grace@example.com'; form.requestSubmit(); form.requestSubmit()`);
    const emails = [await site.received('submission'), await site.received('submission')].map(
      ({ json }) => Object(json).fields.email,
    );
    expect(emails.sort()).toEqual(['ada@example.com', 'grace@example.com']);
    expect(await countSettled(page, site)).toBe(2);
  });

  test('sends the fields that the site asked for: the first non-empty of a name, no files, no passwords, no cards', async ({
    page,
    site,
    open,
  }) => {
    const names = 'email name plan terms size file password again pin card button off';
    await open(
      `<form>
        <input name="email" value=""><input name="email" value="ada@example.com"><input name="name" value="O'Brien &amp; &quot;Co&quot;">
        <input type="radio" name="plan" value="free"><input type="radio" name="plan" value="pro" checked>
        <input type="checkbox" name="terms" value="yes"><select name="size"><option>S<option selected>M</select>
        <input type="file" name="file"><input type="password" name="password" value="secret">
        <input name="again" value="secret" autocomplete="section-a new-password webauthn"><input name="pin" type="password" value="secret">
        <input name="card" value="4111" autocomplete="billing cc-number"><input name="off" value="x" disabled>
        <button name="button" value="x">Join</button></form>
        <script>document.forms[0].onsubmit = (event) => event.preventDefault()</script>`,
      { include: names },
    );
    await page.locator('[name=pin]').focus();
    await page.evaluate(() => document.querySelector('[name=pin]')?.setAttribute('type', 'text')); // shown to the visitor
    await page
      .locator('[name=password]')
      .evaluate((field) =>
        field.replaceWith(Object.assign(document.createElement('input'), { name: 'password', value: 'secret' })),
      );
    await page.getByText('Join').click();
    expect((await site.received('submission')).json).toMatchObject({
      fields: { email: 'ada@example.com', name: `O'Brien & "Co"`, plan: 'pro', size: 'M' },
    });
    const [{ json } = { json: null }] = site.all('submission');
    expect(Object.keys(Object(json).fields).sort()).toEqual(['email', 'name', 'plan', 'size']);
    expect(JSON.stringify(json)).not.toContain('secret');
  });

  test('says of which kind and name a form is', async ({ page, site, start }) => {
    const forms = {
      marked: '<form id="marked" data-cello-companion="demo">',
      password: '<form name="password"><input type="password" autocomplete="new-password">',
      unknown: `<form>${EMAIL}<input name="id" value="1"><input name="name" value="2">`,
    };
    const handler = `<script>document.addEventListener('submit', (event) => event.preventDefault())</script>`;
    site.page(
      '/',
      start({ endpoint: site.endpoint }) +
        handler +
        Object.values(forms)
          .map((form) => `${form}</form>`)
          .join(''),
    );
    await page.goto(site.url(LINK));
    for (const [index, expected] of [
      ['demo', 'marked'],
      ['signup', 'password'],
      [null, null],
    ].entries()) {
      await page.evaluate(`document.forms[${index}].requestSubmit()`);
      const [kind, form] = expected;
      expect((await site.received('submission')).json).toMatchObject({ kind, form });
    }
  });

  test('fills and does not send where the page reports by hand', async ({ page, site, open }) => {
    const attach = `<script>addEventListener('load', () => {
      const { companion } = CelloCompanion;
      companion.attach(document.forms[0], { send: false });
      companion.attach(document.forms[1], { kind: 'demo' });
    })</script>`;
    const handler = `<script>document.addEventListener('submit', (event) => event.preventDefault())</script>`;
    await open(`${FORM}<form id="second"><input name="x"></form>${handler}${attach}`);
    await page.evaluate('document.forms[0].requestSubmit(); document.forms[1].requestSubmit()');
    expect((await site.received('submission')).json).toMatchObject({ kind: 'demo', form: 'second' });
    expect(await countSettled(page, site)).toBe(1);
    expect(await page.evaluate('[...document.forms].map((form) => new FormData(form).getAll("ucc"))')).toEqual([
      [UCC],
      [UCC],
    ]);
  });
});
