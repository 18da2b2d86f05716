/** It never hurts the host: strange names, strange pages, strict policies. */
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const EMAIL = '<input type="email" name="email" value="ada@example.com" aria-label="E-mail">';
const FORM = `<form method="post" action="/join">${EMAIL}<button>Join</button></form>`;
const codes = '[...document.querySelectorAll("form")].map((form) => new FormData(form).getAll("ucc").join())';

/** Names that hide a property of the form, of which something of ours might want to know. */
const NAMES =
  'submit action elements id name method appendChild querySelector querySelectorAll addEventListener nodeType matches getAttribute parentNode ownerDocument getRootNode contains closest form reset __proto__ constructor length'.split(
    ' ',
  );

doors(() => {
  test('reaches forms whose fields hide the properties of the form', async ({ page, site, start }) => {
    const forms = NAMES.map(
      (name) => `<form method="post" action="/join">${EMAIL}<input name="${name}" value="x"></form>`,
    );
    site.page('/', start({ endpoint: site.endpoint, include: 'email' }) + forms.join(''));
    await page.goto(site.url(LINK));
    expect(await page.evaluate(codes), 'as data').toEqual(NAMES.map(() => UCC));
    await page.evaluate('for (const field of document.querySelectorAll("[name=email]")) field.focus()');
    expect(await page.locator('input[name=ucc]').count(), 'as fields').toBe(NAMES.length);
    await page.evaluate('HTMLFormElement.prototype.requestSubmit.call(document.querySelectorAll("form")[0])');
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({
      form: null,
      fields: { email: 'ada@example.com' },
    });
  });

  test('reaches a form with all of these names at once', async ({ page, site, start }) => {
    const fields = NAMES.map((name) => `<input name="${name}" value="x">`).join('');
    site.page(
      '/',
      `${start({ endpoint: site.endpoint })}<form method="post" action="/join">${EMAIL}${fields}<button>Join</button></form>`,
    );
    await page.goto(site.url(LINK));
    await page.evaluate('document.querySelector("button").click()'); // Playwright stumbles over these names
    const { entries } = await site.received('form');
    expect(entries.map(([name]) => name)).toEqual(['email', ...NAMES, 'ucc']);
    await site.received('submission');
    await page.waitForURL('**/join');
  });

  test('finds its way on a page whose elements hide the properties of the document and the window', async ({
    page,
    site,
    start,
  }) => {
    const names = [
      'cookie',
      'currentScript',
      'createElement',
      'querySelectorAll',
      'defaultView',
      'readyState',
      'URL',
      'baseURI',
      'dispatchEvent',
    ];
    const images = names.map((name) => `<img name="${name}">`).join('');
    const others = `<form name="getElementById"></form><a id="CelloAttribution" href="/x"></a><a id="addEventListener"></a><a id="nodeType"></a>`;
    site.page('/', images + others + start({ endpoint: site.endpoint }) + FORM);
    await page.goto(site.url(LINK));
    await page.evaluate('document.forms[1].requestSubmit()');
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({ ucc: UCC });
  });

  for (const index of [0, 1])
    test(`works on a page that adds to Object.prototype and Array.prototype, in ${index ? "the author's" : 'our own'} field`, async ({
      page,
      site,
      start,
    }) => {
      const words = 'value once signal former type name id kind send email form action method submitter label'.split(
        ' ',
      );
      const pollute = `<script>for (const word of ${JSON.stringify(words)}) Object.prototype[word] = 'polluted';
      Array.prototype.last = function () { return this[this.length - 1] }</script>`;
      // The page does what the visitor would: WebKit's driver runs its own script in it, and trips over the same additions.
      const use = `<script>document.addEventListener('cello-companion:referral', () => setTimeout(() => {
        document.querySelectorAll('[name=email]')[${index}].focus();
        document.querySelectorAll('button')[${index}].click();
      }))</script>`;
      const hidden = '<input type="hidden" name="ucc">';
      const forms = [FORM, FORM.replace('<button', `${hidden}<button`)];
      const script = start({ endpoint: site.endpoint, include: 'email plan' });
      site.page('/', pollute + forms.join('') + use + script);
      await page.goto(site.url(LINK)).catch(() => {}); // the form may lead away before the page has loaded
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
      expect((await site.received('submission')).json).toMatchObject({ fields: { email: 'ada@example.com' } });
    });

  test('changes no attribute of the page, before and after the first use', async ({ page, site, start, call }) => {
    const watch = `<script>changes = [];
      new MutationObserver((records) => changes.push(...records.map(({ type, target, attributeName }) => type + ' ' + target.localName + ' ' + attributeName)))
        .observe(document.documentElement, { subtree: true, attributes: true })</script>`;
    const visible = '<form><input name="email"><input name="ucc"></form>';
    site.page('/', watch + start({ endpoint: site.endpoint }) + FORM + visible);
    await page.goto(site.url(LINK));
    await page.evaluate('for (const field of document.querySelectorAll("[name=email]")) field.focus()');
    await call('stop');
    expect(await page.evaluate('changes')).toEqual([]);
  });

  for (const [title, patch] of Object.entries({
    'fetch throws': 'window.fetch = () => { throw new Error("patched") }',
    'matches() throws': 'Element.prototype.matches = () => { throw new Error("patched") }',
    'appendChild() throws': 'Node.prototype.appendChild = () => { throw new Error("patched") }',
    'querySelectorAll() throws':
      'Document.prototype.querySelectorAll = Element.prototype.querySelectorAll = () => { throw new Error("patched") }',
    'getAttribute() throws': 'Element.prototype.getAttribute = () => { throw new Error("patched") }',
    'a form has no elements':
      'Object.defineProperty(HTMLFormElement.prototype, "elements", { get() { throw new Error("patched") } })',
  }))
    test(`submits the form all the same where ${title}`, async ({ page, site, start }) => {
      site.page(
        '/',
        `<script>addEventListener('load', () => { ${patch} })</script>${start({ endpoint: site.endpoint })}${FORM}`,
      );
      await page.goto(site.url(LINK));
      await page.evaluate(
        'document.forms[0].email.focus(); document.forms[0].querySelector?.length; document.forms[0].requestSubmit()',
      );
      expect((await site.received('form')).values('email')).toEqual(['ada@example.com']);
      await page.waitForURL('**/join');
    });

  test('works under a strict policy with Trusted Types', async ({ page, site, start }) => {
    const policy =
      "default-src 'none'; img-src data:; script-src 'nonce-page' 'strict-dynamic'; connect-src 'self'; form-action 'self'; require-trusted-types-for 'script'; base-uri 'none'";
    site.page('/', start({ endpoint: site.endpoint }) + FORM, { 'content-security-policy': policy });
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({ ucc: UCC });
  });

  test('takes a form in a document without a window, and one that is in no document', async ({ page, site, start }) => {
    site.page('/', start());
    await page.goto(site.url(LINK));
    await page.evaluate(`other = document.implementation.createHTMLDocument('');
      other.body.innerHTML = loose = '<form><input name="email"></form>';
      form = document.createElement('form');
      undo = [CelloCompanion.companion.attach(other), CelloCompanion.companion.attach(form)];
      undefined`);
    expect(await page.evaluate('[new FormData(other.forms[0]).get("ucc"), new FormData(form).get("ucc")]')).toEqual([
      UCC,
      UCC,
    ]);
    await page.evaluate('undo.forEach((one) => one())');
    expect(await page.evaluate('[other.body.innerHTML === loose, form.innerHTML]')).toEqual([true, '']);
  });

  test('survives malformed cookies of others', async ({ page, site, start }) => {
    const cookies = `<script>for (const one of ['%E0%A4%A', 'a=%', 'cello-companion=%E0%A4%A', 'cello-referral=%']) document.cookie = one</script>`;
    site.page('/', cookies + start({ endpoint: site.endpoint }) + FORM);
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });

  test('starts, stops and starts again, and leaves the page each time as it was', async ({
    page,
    site,
    start,
    call,
  }) => {
    site.page('/', start() + FORM);
    await page.goto(site.url(LINK));
    await page.evaluate(async () => {
      const global = Reflect.get(window, 'CelloCompanion');
      Reflect.set(window, 'before', document.body.innerHTML);
      document.querySelector('input')?.focus();
      Reflect.set(window, 'first', global.companion);
    });
    expect(await page.locator('[name=ucc]').count()).toBe(1);
    await call('stop');
    expect(await page.evaluate('document.body.innerHTML === before')).toBe(true);
    await page.evaluate('document.querySelector("input").blur(); document.querySelector("input").focus()');
    expect(await page.evaluate('document.body.innerHTML === before')).toBe(true);
    expect(await page.evaluate(codes)).toEqual(['']);
    await page.evaluate(`(async () => {
      const { start } = await import('cello-companion').catch(() => ({}));
      if (start) start();
      else await new Promise((done) => { const tag = document.createElement('script'); tag.src = '/cello-companion.js?again'; tag.onload = done; document.head.append(tag); });
    })()`);
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });

  test('never stops a submission, and never submits by itself', async ({ page, site, start }) => {
    const spy = `<script>addEventListener('submit', (event) => setTimeout(() => localStorage.setItem('prevented', event.defaultPrevented)))</script>`;
    site.page('/', start({ endpoint: site.endpoint }) + spy + FORM);
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    await page.waitForURL('**/join');
    await site.received('submission');
    await site.beat(page);
    expect(site.all('form')).toHaveLength(1);
  });
});

// Its modules would need CORS headers of their own: the script tag only.
test('works in a sandbox without cookies and storage', async ({ page, site, start }) => {
  site.page('/', start() + FORM, { 'content-security-policy': 'sandbox allow-scripts allow-forms' });
  await page.goto(site.url(LINK));
  await page.getByRole('button').click();
  expect((await site.received('form')).values('ucc')).toEqual([UCC]);
});
