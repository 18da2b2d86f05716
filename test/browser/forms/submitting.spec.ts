/** Every way of submitting. What the form's own handler received is what counts, and that it is one message. */
import type { Page } from 'playwright/test';
import { countSettled, doors, EMAIL, expect, FORM, LINK, test, UCC } from '../../site/forms.js';
import { serveLibrary } from '../../site/libraries.js';
import type { Site } from '../../site/site.js';

/** A form without method and action, as script-driven builders make it. */
const BARE = `<form>${EMAIL}<button>Join</button></form>`;

const onSubmit = (work: string) =>
  `<script>document.forms[0].addEventListener('submit', (event) => { event.preventDefault(); const form = event.target; ${work} })</script>`;
const post = (body: string) => `fetch('/join', { method: 'POST', body: ${body} })`;
const click = (page: Page) => page.getByRole('button').click();
const script = (code: string) => (page: Page) => page.evaluate(code);

interface Situation {
  readonly html: string | ((site: Site) => string);
  readonly submit: (page: Page) => Promise<unknown>;
}

/** The browser posts the form, and leaves the page. */
const NATIVE: { readonly [title: string]: Situation } = {
  'a click on its button': { html: FORM, submit: click },
  'requestSubmit()': { html: FORM, submit: script('document.forms[0].requestSubmit()') },
  'form.submit()': { html: FORM, submit: script('document.forms[0].submit()') },
  'a script that clicks its button': { html: FORM, submit: script('document.querySelector("button").click()') },
  'a button elsewhere that names the form': {
    html: `<form id="join" method="post" action="/join">${EMAIL}</form><button form="join">Join</button>`,
    submit: click,
  },
  'a button with an action of its own': {
    html: `<form method="post" action="/other">${EMAIL}<button formaction="/join">Join</button></form>`,
    submit: click,
  },
  'a button with a method of its own': {
    html: `<form>${EMAIL}<button formmethod="post" formaction="/join">Join</button></form>`,
    submit: click,
  },
  'a second try, after the first was invalid': {
    html: FORM.replace('value="ada@example.com"', 'required'),
    submit: async (page) => {
      await click(page);
      await page.getByLabel('E-mail').fill('ada@example.com');
      await click(page);
    },
  },
  'a link that calls form.submit()': {
    html: `${FORM}<a href="/elsewhere" onclick="event.preventDefault(); document.forms[0].submit()">Send</a>`,
    submit: (page) => page.getByRole('link').click(),
  },
  'a link to javascript:': {
    html: `${FORM}<a href="javascript:document.forms[0].submit()">Send</a>`,
    submit: (page) => page.getByRole('link').click(),
  },
  Turbo: {
    html: (site) => {
      site.route('/join', ({ method }) =>
        method === 'GET' ? page('Thanks') : new Response(null, { status: 303, headers: { location: '/join' } }),
      );
      return serveLibrary(site, 'turbo') + FORM;
    },
    submit: click,
  },
};

const page = (body: string) =>
  new Response(`<!doctype html><title>A test</title>${body}`, { headers: { 'content-type': 'text/html' } });

/** A script posts the form, and the page stays. */
const AJAX: { readonly [title: string]: Situation } = {
  'a handler with new FormData(form)': { html: BARE + onSubmit(post('new FormData(form)')), submit: click },
  'a handler that waits before it reads the form': {
    html: BARE + onSubmit(`setTimeout(() => ${post('new FormData(form)')}, 50)`),
    submit: click,
  },
  'a loop over form.elements': {
    html:
      BARE +
      onSubmit(`const body = new URLSearchParams();
      for (const { name, value } of form.elements) if (name) body.append(name, value);
      ${post('body')}`),
    submit: click,
  },
  'a handler that stops the event for everyone else': {
    html:
      BARE +
      `<script>document.addEventListener('submit', (event) => {
        event.stopImmediatePropagation(); event.preventDefault(); ${post('new FormData(event.target)')};
      }, true)</script>`,
    submit: click,
  },
  "jQuery's serialize()": {
    html: (site) =>
      serveLibrary(site, 'jquery') +
      BARE +
      `<script>$('form').on('submit', (event) => { event.preventDefault(); $.post('/join', $(event.target).serialize()) })</script>`,
    submit: click,
  },
  "Webflow's way: a delegated handler that reads :input": {
    html: (site) =>
      `${serveLibrary(site, 'jquery')}<div class="w-form">${BARE}</div>
      <script>$(document).on('submit', '.w-form form', (event) => {
        event.preventDefault();
        const fields = {};
        $(event.target).find(':input:not([type="submit"])').each((_, field) => { if (field.name) fields[field.name] = $(field).val() });
        $.post('/join', fields);
      })</script>`,
    submit: click,
  },
  "Framer's way: entries of FormData as JSON": {
    html:
      BARE +
      onSubmit(`const { email, ucc } = Object.fromEntries(new FormData(form).entries());
      ${post('new URLSearchParams({ email, ucc })')}`),
    submit: click,
  },
  htmx: {
    html: (site) =>
      `${serveLibrary(site, 'htmx')}<form hx-post="/join" hx-swap="none">${EMAIL}<button>Join</button></form>`,
    submit: click,
  },
  'a double click': {
    html: BARE + onSubmit(post('new FormData(form)')),
    submit: (page) => page.getByRole('button').dblclick(),
  },
  'a double click on a form that is disabled while it is sent': {
    html:
      BARE +
      onSubmit(
        `${post('new FormData(form)')}; for (const field of form.querySelectorAll('input')) field.disabled = true;`,
      ),
    submit: script('document.forms[0].requestSubmit(); document.forms[0].requestSubmit()'),
  },
};

doors(() => {
  for (const [title, { html, submit }] of Object.entries(NATIVE))
    test(`has the code, and is one message: ${title}`, async ({ page, site, open }) => {
      await open(typeof html === 'string' ? html : html(site));
      await submit(page);
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
      expect((await site.received('submission')).json).toMatchObject({ ucc: UCC, via: 'form' });
      await page.waitForURL('**/join');
      expect(await countSettled(page, site)).toBe(1);
    });

  for (const [title, { html, submit }] of Object.entries(AJAX))
    test(`has the code, and is one message: ${title}`, async ({ page, site, open }) => {
      await open(typeof html === 'string' ? html : html(site));
      await submit(page);
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
      await site.received('submission');
      expect(await countSettled(page, site)).toBe(1);
    });

  // WebKitGTK's driver has no trusted keys: a synthetic Enter submits nothing.
  test('has the code, and is one message: Enter in a field @not-webkit', async ({ page, site, open }) => {
    await open(FORM);
    await page.getByLabel('E-mail').press('Enter');
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    await site.received('submission');
    await page.waitForURL('**/join');
    expect(await countSettled(page, site)).toBe(1);
  });

  test('a button without a form submission still finds the code: type=button and new FormData(form)', async ({
    page,
    site,
    start,
  }) => {
    const button = `<button type="button" onclick="${post('new FormData(this.form)')}">Join</button>`;
    site.page('/', `${start()}<form>${EMAIL}${button}</form>`);
    await page.goto(site.url(LINK));
    await click(page);
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
  });

  test('reaches a form by GET that stays on its page', async ({ page, site, open }) => {
    await open(`<form id="join" action="/?a=1#top">${EMAIL}<button>Join</button></form>`);
    await click(page);
    await page.waitForURL('**/?email=*');
    expect(new URL(page.url()).searchParams.getAll('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({ ucc: UCC, form: 'join', kind: null });
  });

  test('leaves a form alone that only closes its dialog', async ({ page, site, open }) => {
    await open(`<dialog open><form method="dialog">${EMAIL}<button>Close</button></form></dialog>`);
    const before = await page.locator('dialog').innerHTML();
    await click(page);
    expect(await page.locator('dialog').innerHTML()).toBe(before);
    await site.beat(page);
    expect(site.all('submission')).toEqual([]);
  });

  test('a button that only closes the dialog is no submission, the other one is', async ({ page, site, open }) => {
    const buttons = '<button formmethod="dialog" value="no">Cancel</button><button>Join</button>';
    await open(`<dialog open><form method="post" action="/join">${EMAIL}${buttons}</form></dialog>`);
    await page.getByText('Cancel').click();
    await site.beat(page);
    expect(site.all('submission')).toEqual([]);
    await page.evaluate('document.querySelector("dialog").show()');
    await page.getByText('Join').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    await site.received('submission');
  });
});
