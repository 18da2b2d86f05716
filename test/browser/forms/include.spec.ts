/** What of a form is copied into the message: `email`, `name`, `phone`, `company` by meaning, all else by name or id. */
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const STAY = `<script>addEventListener('submit', (event) => event.preventDefault())</script>`;
const ADA = { email: 'ada@example.com' };
const input = (attributes: string, value: string) => `<input ${attributes} value="${value}">`;
const email = (attributes: string) => input(attributes, 'ada@example.com');

/** What stands in the form, and what arrives. */
const CASES: { readonly [title: string]: readonly [html: string, fields: Readonly<Record<string, string>>] } = {
  'Contact Form 7': [email('type="email" name="your-email"'), ADA],
  Mailchimp: [email('name="EMAIL"'), ADA],
  Rails: [email('name="user[email]"'), ADA],
  'Gravity Forms': [email('name="input_3" type="email"'), ADA],
  'Gravity Forms, of type text': [`<label for="i3">E-Mail *</label>${email('name="input_3" id="i3"')}`, ADA],
  'no name, but an id': [email('id="email"'), ADA],
  'another language': [email('name="correo"'), ADA],
  'the first that is not empty': [
    `${input('type="email" name="email"', '')}${email('type="email" name="email2"')}`,
    ADA,
  ],
  'the one of that name, before one that means it': [
    `${input('type="email" name="friend"', 'grace@example.com')}${email('name="email"')}`,
    ADA,
  ],
  'never a hint that is only shown': [input('type="checkbox" name="email_ok" checked', 'yes'), {}],
  WPForms: [
    `${email('type="email" name="wpforms[fields][1]"')}${input('name="wpforms[fields][0][first]"', 'Ada')}${input('name="wpforms[fields][0][last]"', 'Lovelace')}`,
    { ...ADA, name: 'Ada Lovelace' },
  ],
  Elementor: [
    `${email('name="form_fields[email]"')}${input('name="form_fields[name]"', 'Ada Lovelace')}`,
    { ...ADA, name: 'Ada Lovelace' },
  ],
  HubSpot: [
    `${email('name="email"')}${input('name="firstname"', 'Ada')}${input('name="lastname"', 'Lovelace')}${input('name="company"', 'Engines')}${input('name="mobilephone"', '123')}`,
    { ...ADA, name: 'Ada Lovelace', company: 'Engines', phone: '123' },
  ],
  'autocomplete tokens': [
    `${email('autocomplete="section-a work email"')}${input('autocomplete="name" name="a"', 'Ada')}${input('autocomplete="organization" name="b"', 'Engines')}${input('autocomplete="tel" name="c"', '123')}`,
    { ...ADA, name: 'Ada', company: 'Engines', phone: '123' },
  ],
  'labels in German': [
    `<label>E-Mail ${email('name="f1"')}</label><label>Name ${input('name="f2"', 'Ada')}</label><label>Firma ${input('name="f3"', 'Engines')}</label><label>Telefon ${input('name="f4"', '123')}</label>`,
    { ...ADA, name: 'Ada', company: 'Engines', phone: '123' },
  ],
  'no name of a person': [
    `${email('name="email"')}${input('name="username"', 'ada99')}${input('name="company_name"', 'Engines')}${input('name="company_size"', '10')}`,
    { ...ADA, company: 'Engines' },
  ],
  'no phone': [`${email('name="email"')}${input('type="tel" name="zip_code"', '10115')}`, ADA],
  'no password, by whatever name': [
    `${email('name="email"')}${input('type="password" name="name"', 'secret')}${input('name="phone" autocomplete="new-password"', 'secret')}${input('id="company" name="user_password"', 'secret')}`,
    ADA,
  ],
};

doors(() => {
  test('finds what is wanted by its meaning', async ({ page, site, start }) => {
    const forms = Object.values(CASES).map(
      ([html], index) => `<form id="${index}" data-cello-companion="demo">${html}</form>`,
    );
    site.page('/', start({ endpoint: site.endpoint, include: 'email name phone company' }) + STAY + forms.join(''));
    await page.goto(site.url(LINK));
    await page.evaluate('for (const form of document.forms) form.requestSubmit()');
    const arrived = new Map<string, unknown>();
    for (const _ of forms) {
      const { form, fields } = Object((await site.received('submission')).json);
      arrived.set(form, fields); // they may overtake each other on their way
    }
    const got = Object.keys(CASES).map((title, index) => [title, arrived.get(String(index))]);
    expect(Object.fromEntries(got)).toEqual(
      Object.fromEntries(Object.entries(CASES).map(([title, [, fields]]) => [title, fields])),
    );
  });

  test('takes any other word for a name, or for an id, and never a password', async ({ page, site, start }) => {
    const fields = `${email('type="email"')}${input('name="plan"', 'pro')}${input('id="team"', 'red')}${input('id="plan"', 'free')}${input('type="password" name="password"', 'secret')}`;
    site.page(
      '/',
      `${start({ endpoint: site.endpoint, include: 'plan team password cc' })}${STAY}<form>${fields}</form>`,
    );
    await page.goto(site.url(LINK));
    await page.evaluate('document.forms[0].requestSubmit()');
    expect(Object((await site.received('submission')).json).fields).toEqual({ plan: 'pro', team: 'red' });
  });

  test('says which wanted field is not there, and warns where nobody will know whose code it is', async ({
    page,
    site,
    start,
  }) => {
    const listen = `<script>said = []; for (const level of ['info', 'warn']) console[level] = (_, words) => said.push(level + ' ' + words)</script>`;
    const away = site.elsewhere('/f');
    const forms = `<form><input type="email"></form><form data-cello-companion="demo"></form><form method="post" action="${away}"><input type="email" value="ada@example.com"></form>`;
    site.page('/', listen + start({ endpoint: site.endpoint, include: 'email phone', debug: true }) + STAY + forms);
    site.page('/plain', listen + start({ endpoint: site.endpoint }) + STAY + forms);
    await page.goto(site.url(LINK));
    await page.evaluate('for (const form of document.forms) form.requestSubmit()');
    const saidOf = (words: string) =>
      page.evaluate((text) => Reflect.get(window, 'said').filter((one: string) => one.includes(text)), words);
    expect(await saidOf('no field for')).toEqual([
      'info include: this form has no field for "phone"',
      'info include: this form has no field for "email"',
      'info include: this form has no field for "phone"',
      'info include: this form has no field for "phone"',
    ]);
    expect(await saidOf('nobody knows')).toEqual([]);
    await page.goto(site.url('/plain'));
    await page.evaluate('for (const form of document.forms) form.requestSubmit()');
    expect(await saidOf('nobody knows')).toEqual([
      `warn a form that goes to ${new URL(away).host} is told without an e-mail address, so that nobody knows whose code it is`,
    ]);
  });

  test('reads custom elements', async ({ page, site, start }) => {
    const element = `<script>customElements.define('sl-input', class extends HTMLElement { value = this.getAttribute('value') })</script>`;
    const fields = `<sl-input type="email" value="ada@example.com"></sl-input><sl-input label="Company" value="Engines"></sl-input><sl-input type="password" name="name" value="secret"></sl-input>`;
    site.page(
      '/',
      `${start({ endpoint: site.endpoint, include: 'email company name' })}${STAY}<form>${fields}</form>${element}`,
    );
    await page.goto(site.url(LINK));
    await page.evaluate('document.forms[0].requestSubmit()');
    expect(Object((await site.received('submission')).json).fields).toEqual({ ...ADA, company: 'Engines' });
  });
}, ['@one-engine']);
