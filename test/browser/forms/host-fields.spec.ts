/** The fields that a page's author put there for the code, and the framework that owns them. */
import { build } from 'esbuild';
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const EMAIL = '<input type="email" name="email" value="ada@example.com" aria-label="E-mail">';
const form = (inside: string) => `<form method="post" action="/join">${EMAIL}${inside}<button>Join</button></form>`;

/** Bundles a page's script with the real frameworks. */
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'jsx' },
    bundle: true,
    write: false,
    format: 'iife',
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
    },
    alias: { vue: 'vue/dist/vue.esm-bundler.js' },
    jsx: 'automatic',
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** Pages that submit what the framework remembers, and never ask the form. */
const STATES: { readonly [title: string]: string } = {
  'React 19, controlled': `
    import { useState } from 'react';
    import { createRoot } from 'react-dom/client';
    function Signup() {
      const [state, setState] = useState({ email: '', ucc: '' });
      const set = ({ target }) => setState((before) => ({ ...before, [target.name]: target.value }));
      const send = (event) => { event.preventDefault(); fetch('/join', { method: 'POST', body: new URLSearchParams(state) }) };
      return <form onSubmit={send}>
        <input type="email" name="email" aria-label="E-mail" value={state.email} onChange={set} />
        <input type={TYPE} name="ucc" value={state.ucc} onChange={set} /><button>Join</button></form>;
    }
    createRoot(document.querySelector('#root')).render(<Signup />);`,
  'Vue 3, v-model': `
    import { createApp } from 'vue';
    createApp({
      template: '<form @submit.prevent="send"><input type="email" v-model="state.email" aria-label="E-mail"><input type="' + TYPE + '" name="ucc" v-model="state.ucc"><button>Join</button></form>',
      data: () => ({ state: { email: '', ucc: '' } }),
      methods: { send() { fetch('/join', { method: 'POST', body: new URLSearchParams(this.state) }) } },
    }).mount('#root');`,
};

const COUNT = `<script>told = [];
  for (const type of ['input', 'change']) document.addEventListener(type, ({ target }) => told.push(type + ' ' + (target.name || target.id) + ' ' + target.value))</script>`;

doors(() => {
  for (const [title, source] of Object.entries(STATES))
    for (const type of ['text', 'hidden'])
      test(`is in the state of ${title}: ${type}`, async ({ page, site, start }) => {
        const script = await bundle(`const TYPE = '${type}';${source}`);
        site.route('/app.js', () => new Response(script, { headers: { 'content-type': 'text/javascript' } }));
        site.page('/', `${start({ endpoint: site.endpoint })}<div id="root"></div><script src="/app.js"></script>`);
        await page.goto(site.url(LINK));
        await page.getByLabel('E-mail').evaluate((field: HTMLInputElement) => {
          field.focus();
          // As a person's typing does it: behind the back of React, which watches the field's own property.
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'ada@example.com');
          field.dispatchEvent(new Event('input', { bubbles: true }));
        });
        await page.getByRole('button').click();
        const received = await site.received('form');
        expect(received.values('ucc')).toEqual([UCC]);
        expect(received.values('email')).toEqual(['ada@example.com']);
        expect(await page.locator('[name=ucc]').getAttribute('type')).toBe(type);
      });

  test('is told once per change of value', async ({ page, site, start, call }) => {
    site.page(
      '/',
      COUNT + start() + form('<input type="hidden" name="ucc"><input name="other" data-cello-companion="ucc">'),
    );
    await page.goto(site.url(LINK));
    const before = await page.locator('form').innerHTML();
    await page.getByLabel('E-mail').focus();
    await page.getByRole('button').focus();
    await page.getByLabel('E-mail').focus();
    const both = (value: string) => [
      `input ucc ${value}`,
      `change ucc ${value}`,
      `input other ${value}`,
      `change other ${value}`,
    ];
    expect(await page.evaluate('told')).toEqual(both(UCC));
    await call('setUcc', 'second');
    expect(await page.evaluate('told.splice(0)')).toEqual([...both(UCC), ...both('second')]);
    await call('stop');
    expect(await page.evaluate('told'), 'the former value').toEqual(both(''));
    expect(await page.locator('form').innerHTML()).toBe(before);
  });

  test('fills each form by the names that it has, and the first name where it has none', async ({
    page,
    site,
    start,
  }) => {
    const forms = [
      form(''),
      form('<input type="hidden" name="form_fields[ucc]">'),
      form('<input type="hidden" name="input_5" data-cello-companion="ucc">'),
      form('<input type="hidden" data-cello-companion="UCC" id="nameless">'),
      form('<input type="hidden" name="ucc"><input type="hidden" name="form_fields[ucc]">'),
    ];
    site.page('/', start({ field: 'ucc, form_fields[ucc]' }) + forms.join(''));
    await page.goto(site.url(LINK));
    const read = () =>
      page.evaluate(
        '[...document.forms].map((form) => [...new FormData(form)].filter(([name]) => name !== "email").map((pair) => pair.join("=")).join("&"))',
      );
    const expected = [
      `ucc=${UCC}`,
      `form_fields[ucc]=${UCC}`,
      `input_5=${UCC}`,
      '',
      `ucc=${UCC}&form_fields[ucc]=${UCC}`,
    ];
    expect(await read(), 'before the first use').toEqual(expected);
    await page.evaluate('for (const field of document.querySelectorAll("[name=email]")) field.focus()');
    expect(await read()).toEqual(expected);
    expect(await page.evaluate('document.querySelector("#nameless").value')).toBe(UCC);
    expect(await page.locator('[data-cello-companion=field]').count(), 'ours').toBe(1);
  });

  test('writes nothing that a field refuses, and carries the code beside it', async ({ page, site, start }) => {
    const pattern = '<input name="ucc" pattern="[A-Z]{6}" placeholder="Invite code">';
    site.page('/signup', start() + form(pattern));
    await page.goto(site.url(`/signup?ucc=${UCC}`));
    await page.getByLabel('E-mail').click();
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });

  test('puts ours where no style of the last child moves', async ({ page, site, start }) => {
    site.page('/signup', start() + form(''));
    await page.goto(site.url(`/signup?ucc=${UCC}`));
    await page.getByLabel('E-mail').click();
    const names = await page.locator('form > *').evaluateAll((all) => all.map((one) => one.localName));
    expect(names).toEqual(['input', 'input', 'button']);
  });

  test('takes ours away when a marked field comes', async ({ page, site, start }) => {
    site.page('/', start() + form(''));
    await page.goto(site.url(LINK));
    await page.getByLabel('E-mail').focus();
    await page.evaluate(
      `document.forms[0].insertAdjacentHTML('afterbegin', '<input name="input_5" data-cello-companion="ucc">')`,
    );
    expect(await page.evaluate('[...new FormData(document.forms[0]).keys()]')).toEqual(['input_5', 'email']);
    await page.getByRole('button').click();
    const { entries } = await site.received('form');
    expect(entries).toEqual([
      ['input_5', UCC],
      ['email', 'ada@example.com'],
    ]);
  });

  test('leaves a field alone while a person is at it, and fills it at the submission', async ({
    page,
    site,
    start,
  }) => {
    site.page('/', start() + form('<input name="ucc" aria-label="Code">'));
    await page.goto(site.url(LINK));
    await page.getByLabel('Code').dispatchEvent('pointerdown');
    await page.getByLabel('Code').focus();
    await page.getByLabel('Code').dispatchEvent('keydown', { key: 'Shift' });
    await expect(page.getByLabel('Code')).toHaveValue('');
    expect(await page.evaluate('new FormData(document.forms[0]).getAll("ucc")'), 'as data').toEqual([UCC]);
    await page.evaluate('document.forms[0].requestSubmit()');
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });

  test('fills a field that a person only passed, at the click of a button that submits by script', async ({
    page,
    site,
    start,
  }) => {
    const button = `<button type="button" onclick="fetch('/join', { method: 'POST', body: new URLSearchParams({ ucc: code.value }) })">Send</button>`;
    site.page('/', `${start()}<form>${EMAIL}<input id="code" name="ucc" aria-label="Code">${button}</form>`);
    await page.goto(site.url(LINK));
    await page.getByLabel('Code').focus();
    await page.evaluate('document.querySelector("button").click()'); // as in Safari, where a click leaves the focus
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });

  test("never writes over a person's typing, nor over the page's own text", async ({ page, site, start, call }) => {
    site.page('/', start() + form('<input name="ucc" aria-label="Code">') + form('<input name="ucc" value="preset">'));
    await page.goto(site.url(LINK));
    await page.getByLabel('Code').fill('typed');
    await page.getByLabel('E-mail').first().focus();
    await call('setUcc', 'second');
    await page.getByLabel('E-mail').nth(1).focus();
    await page.getByLabel('E-mail').first().focus();
    const values = page.locator('[name=ucc]');
    expect(await values.evaluateAll((all) => all.map((field) => Reflect.get(field, 'value')))).toEqual([
      'typed',
      'preset',
    ]);
    await page.getByRole('button').first().click();
    expect((await site.received('form')).values('ucc')).toEqual(['typed']);
  });

  test('fills a custom element of the name', async ({ page, site, start }) => {
    const element = `<script>customElements.define('x-field', class extends HTMLElement {
      static formAssociated = true; #own = this.attachInternals(); #text = '';
      get value() { return this.#text } set value(text) { this.#text = text; this.#own.setFormValue(text) }
    })</script>`;
    site.page('/', element + start() + form('<x-field name="ucc"></x-field>'));
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });
}, ['@one-engine']);
