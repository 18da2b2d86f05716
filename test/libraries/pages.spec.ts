/** Libraries for pages that a server made: what they send of a form has the code once, whoever made the field. */
import { expect, test } from '../site/test.js';
import {
  EMAIL,
  expectTold,
  type Field,
  LINK,
  nameField,
  receive,
  serveLibrary,
  serveScript,
  signUp,
  typeInto,
  UCC,
} from './app.js';
import { bundleApp } from './bundle.js';

const CODES: { readonly [field in Field]: string } = {
  none: '',
  hidden: '<input type="hidden" name="ucc">',
  visible: '<label>Invite code <input name="ucc"></label>',
};

/** What stands in every form here: the author's field for the code, the e-mail, and the button. */
const contents = (field: Field) => `
  ${CODES[field]}
  <label>E-mail <input type="email" name="email" required></label>
  <button>Join</button>`;

interface Library {
  /** Files that the page loads, in this order. */
  readonly files: readonly string[];
  readonly html: (field: Field) => string;
  /** What the site answers, where a library wants something of its own. */
  readonly answer?: string;
}

const JQUERY = 'jquery/dist/jquery.min.js';

const LIBRARIES: { readonly [name: string]: Library } = {
  'jQuery, serialize': {
    files: [JQUERY],
    html: (field) => `<form id="signup" action="/join">${contents(field)}</form>
      <script>
        $('#signup').on('submit', function (event) {
          event.preventDefault();
          $.post('/join', $(this).serialize());
        });
      </script>`,
  },
  'jQuery, serializeArray of a delegated form': {
    files: [JQUERY],
    html: (field) => `<form class="signup">${contents(field)}</form>
      <script>
        $(document).on('submit', '.signup', function () {
          const data = {};
          for (const { name, value } of $(this).serializeArray()) data[name] = value;
          $.ajax({ url: '/join', method: 'POST', contentType: 'application/json', data: JSON.stringify(data) });
          return false;
        });
      </script>`,
  },
  'jQuery Form, ajaxForm': {
    files: [JQUERY, 'jquery-form/dist/jquery.form.min.js'],
    html: (field) => `<form id="signup" action="/join" method="post">${contents(field)}</form>
      <script>$('#signup').ajaxForm()</script>`,
  },
  'jQuery Validation, a valid form goes out': {
    files: [JQUERY, 'jquery-validation/dist/jquery.validate.min.js'],
    html: (field) => `<form id="signup" action="/join" method="post">${contents(field)}</form>
      <script>$('#signup').validate()</script>`,
  },
  'jQuery Validation, submitHandler': {
    files: [JQUERY, 'jquery-validation/dist/jquery.validate.min.js'],
    html: (field) => `<form id="signup" action="/join" method="post">${contents(field)}</form>
      <script>$('#signup').validate({ submitHandler: (form) => form.submit() })</script>`,
  },
  Parsley: {
    files: [JQUERY, 'parsleyjs/dist/parsley.min.js'],
    html: (field) => `<form action="/join" method="post" data-parsley-validate>${contents(field)}</form>`,
  },
  Stimulus: {
    files: ['@hotwired/stimulus/dist/stimulus.umd.js'],
    html: (
      field,
    ) => `<form data-controller="signup" data-action="signup#send" action="/join" method="post">${contents(field)}</form>
      <script>
        Stimulus.Application.start().register('signup', class extends Stimulus.Controller {
          send(event) {
            event.preventDefault();
            fetch(this.element.action, { method: 'POST', body: new FormData(this.element) });
          }
        });
      </script>`,
  },
  'htmx 4': {
    files: ['htmx.org/dist/htmx.min.js'],
    html: (field) => `<form hx-post="/join" hx-swap="none">${contents(field)}</form>`,
  },
  'htmx 2': {
    files: ['htmx2/dist/htmx.min.js'],
    html: (field) => `<form hx-post="/join" hx-swap="none">${contents(field)}</form>`,
  },
  'htmx 2, hx-include from outside of the form': {
    files: ['htmx2/dist/htmx.min.js'],
    html: (
      field,
    ) => `<form id="signup" onsubmit="return false">${contents(field).replace('<button>Join</button>', '')}</form>
      <button hx-post="/join" hx-include="#signup" hx-swap="none">Join</button>`,
  },
  'htmx 2, boosted': {
    files: ['htmx2/dist/htmx.min.js'],
    html: (field) => `<main hx-boost="true"><form action="/join" method="post">${contents(field)}</form></main>`,
  },
  Turbo: {
    files: ['@hotwired/turbo/dist/turbo.es2017-umd.js'],
    html: (field) => `<form action="/join" method="post">${contents(field)}</form>`,
  },
  'Turbo, in a frame': {
    files: ['@hotwired/turbo/dist/turbo.es2017-umd.js'],
    html: (field) =>
      `<turbo-frame id="signup"><form action="/join" method="post">${contents(field)}</form></turbo-frame>`,
    answer: '<turbo-frame id="signup">Thank you</turbo-frame>',
  },
  Unpoly: {
    files: ['unpoly/unpoly.min.js'],
    html: (field) => `<main><form action="/join" method="post" up-submit>${contents(field)}</form></main>`,
  },
};

for (const [name, { files, html, answer }] of Object.entries(LIBRARIES))
  for (const field of ['none', 'hidden', 'visible'] as const)
    test(`${name}: sends the code once, with ${nameField(field)}`, async ({ page, site, start }) => {
      const tags = await Promise.all(files.map((file) => serveLibrary(site, file)));
      site.page('/', `${start({ endpoint: site.endpoint, include: 'email' })}${tags.join('')}${html(field)}`);
      if (answer) site.route('/join', () => new Response(answer, { headers: { 'content-type': 'text/html' } }));
      await page.goto(site.url(LINK));
      await signUp(page);
      expect(await receive(site)).toEqual({ email: [EMAIL], ucc: [UCC] });
      if (!name.includes('outside of the form')) await expectTold(site);
    });

const TEL = '<label>Phone <input id="phone" type="tel" name="phone"></label>';

/** Widgets that put controls of their own into a form. */
const WIDGETS: { readonly [name: string]: Library } = {
  'intl-tel-input 24': {
    files: ['intl-tel-input-24/build/js/intlTelInput.min.js'],
    html: () => `${TEL}<script>intlTelInput(document.querySelector('#phone'), { initialCountry: 'de' })</script>`,
  },
  'intl-tel-input 25': {
    files: ['intl-tel-input-25/build/js/intlTelInput.min.js'],
    html: () => `${TEL}<script>intlTelInput(document.querySelector('#phone'), { initialCountry: 'de' })</script>`,
  },
  'intl-tel-input 29': {
    files: ['intl-tel-input/dist/js/intlTelInput.min.js'],
    html: () => `${TEL}<script>intlTelInput(document.querySelector('#phone'), { initialCountry: 'de' })</script>`,
  },
  'intl-tel-input 29, hidden inputs': {
    files: ['intl-tel-input/dist/js/intlTelInputWithUtils.min.js'],
    html: () => `${TEL}<script>
      intlTelInput(document.querySelector('#phone'), { hiddenInputs: () => ({ phone: 'full_phone', country: 'country' }) });
    </script>`,
  },
  'Select2, its search open': {
    files: [JQUERY, 'select2/dist/js/select2.min.js'],
    html: () => `<select id="country" name="country"><option>Germany</option><option>France</option></select>
      <script>$('#country').select2({ dropdownParent: $('form') }).select2('open')</script>`,
  },
  'Choices.js': {
    files: ['choices.js/public/assets/scripts/choices.min.js'],
    html: () => `<select id="country" name="country"><option>Germany</option><option>France</option></select>
      <script>new Choices('#country', { searchEnabled: true })</script>`,
  },
  'Tom Select': {
    files: ['tom-select/dist/js/tom-select.complete.min.js'],
    html: () => `<select id="country" name="country"><option>Germany</option><option>France</option></select>
      <script>new TomSelect('#country', {})</script>`,
  },
};

for (const [name, { files, html }] of Object.entries(WIDGETS))
  for (const method of ['post', 'get'])
    test(`${name}: makes no search of a sign-up by ${method.toUpperCase()}`, async ({ page, site, start }) => {
      const tags = await Promise.all(files.map((file) => serveLibrary(site, file)));
      site.page(
        '/',
        `${start({ endpoint: site.endpoint, include: 'email' })}${tags.join('')}
        <form action="${method === 'get' ? '/' : '/join'}" method="${method}">
          <label>E-mail <input type="email" name="email"></label>${html('none')}<button>Join</button>
        </form>`,
      );
      await page.goto(site.url(LINK));
      await typeInto(page.getByLabel('E-mail'), EMAIL);
      await page.evaluate(() => document.forms[0]?.requestSubmit());
      if (method === 'post') expect(await receive(site)).toEqual({ email: [EMAIL], ucc: [UCC] });
      else
        await page.waitForURL((url) => url.searchParams.get('ucc') === UCC && url.searchParams.get('email') === EMAIL);
      await expectTold(site);
    });

interface Elements {
  readonly app: string;
  readonly html: string;
  /** The element that takes what is typed, and the one that is pressed. */
  readonly email: string;
  readonly code: string;
  readonly button: string;
}

/** Custom elements that take part in forms. */
const ELEMENTS: { readonly [name: string]: Elements } = {
  Shoelace: {
    app: 'elements/shoelace.js',
    html: '<sl-input type="email" name="email" label="E-mail"></sl-input>',
    code: '<sl-input name="ucc" label="Invite code"></sl-input>',
    email: 'sl-input[name=email]',
    button: '<sl-button type="submit">Join</sl-button>',
  },
  'Web Awesome': {
    app: 'elements/web-awesome.js',
    html: '<wa-input type="email" name="email" label="E-mail"></wa-input>',
    code: '<wa-input name="ucc" label="Invite code"></wa-input>',
    email: 'wa-input[name=email]',
    button: '<wa-button type="submit">Join</wa-button>',
  },
  'Material Web': {
    app: 'elements/material.js',
    html: '<md-outlined-text-field type="email" name="email" label="E-mail"></md-outlined-text-field>',
    code: '<md-outlined-text-field name="ucc" label="Invite code"></md-outlined-text-field>',
    email: 'md-outlined-text-field[name=email]',
    button: '<md-filled-button>Join</md-filled-button>',
  },
};

for (const [name, { app, html, email, code, button }] of Object.entries(ELEMENTS))
  for (const field of ['none', 'hidden', 'visible'] as const)
    test(`${name}: sends the code once, with ${nameField(field)}`, async ({ page, site, start }) => {
      const tag = serveScript(site, '/elements.js', await bundleApp(app));
      site.page(
        '/',
        `${start({ endpoint: site.endpoint, include: 'email' })}${tag}
        <form action="/join" method="post">${html}${field === 'visible' ? code : CODES[field]}${button}</form>`,
      );
      await page.goto(site.url(LINK));
      await typeInto(page.locator(`${email} input`), EMAIL);
      // The driver of stock WebKit does not press what is drawn over the text of a button.
      await page.getByText('Join').evaluate((element) => element instanceof HTMLElement && element.click());
      expect(await receive(site)).toEqual({ email: [EMAIL], ucc: [UCC] });
      await expectTold(site);
    });
