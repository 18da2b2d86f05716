/** `auto` chooses well: what is taken, what is left out, and that a developer is told why. */
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const EMAIL = '<input type="email" name="email">';
const PASSWORD = '<input type="password" name="password">';
const NEW = '<input type="password" autocomplete="new-password">';

/** One for each place that is read. The rules themselves are tested without a browser: test/unit. */
const TAKEN: { readonly [title: string]: string } = {
  'a sign-up': `<form method="post" action="/signup">${EMAIL}${NEW}</form>`,
  'a demo': `<form method="post" action="/demo"><input name="name">${EMAIL}</form>`,
  'a form without action and method': `<form>${EMAIL}</form>`,
  'a form by GET to another page': `<form action="/members">${EMAIL}</form>`,
  'a form by GET to an anchor': `<form action="#thanks" method="get">${EMAIL}</form>`,
  'an action of javascript:': `<form action="javascript:void(0)">${EMAIL}</form>`,
  'an action of React 19': `<form action="javascript:throw new Error('unexpectedly submitted')">${EMAIL}</form>`,
  'an action that SolidStart made up': `<form method="post" action="https://action/join-0">${EMAIL}</form>`,
  'a form that posts to a subdomain': `<form method="post" action="http://app.HOST/join">${EMAIL}</form>`,
  'a form that posts to a host of links': `<form method="post" action="http://partner.test/join">${EMAIL}</form>`,
  'a form by GET to a host of links': `<form action="http://partner.test/join">${EMAIL}</form>`,
  'a login that is marked': `<form data-cello-companion="Signup" action="/login" method="post"><input></form>`,
  'a field that the author put there': `<form method="post" action="https://vendor.test/f"><input type="tel"><input type="hidden" name="ucc"></form>`,
  'a field that the author marked': `<form method="post" action="/reset"><input type="hidden" name="input_5" data-cello-companion="ucc"></form>`,
  'a name': '<form><input name="user[email]"></form>',
  'a type that no browser knows': '<form><input type="mail" name="mail"></form>',
  'a sign-up with a link to a reset': `<form>${EMAIL}${PASSWORD}<a href="/reset">Forgot password?</a><button>Create account</button></form>`,
  'an id': '<form><input id="email"></form>',
  'a name in Spanish': '<form><input name="correo"></form>',
  'an autocomplete in capitals': '<form><input autocomplete="Section-A EMAIL"></form>',
  'an inputmode': '<form><input inputmode="email"></form>',
  'a placeholder': '<form><input placeholder="メールアドレス"></form>',
  'a label around the field': '<form><label>Work e-mail <input></label></form>',
  'a label for the field': '<form><label for="f1">Work e-mail</label><input id="f1"></form>',
  'a label elsewhere': '<label for="f2">Work e-mail</label><form><input id="f2"></form>',
  'an aria-label': '<form><input aria-label="Courriel"></form>',
  'an aria-labelledby': '<p id="l1">Work</p><p id="l2">e-mail</p><form><input aria-labelledby="l1 l2"></form>',
  'a field elsewhere that names the form': '<form id="away"></form><input type="email" form="away">',
  'a custom element by its type': '<form><sl-input type="email" name="email"></sl-input></form>',
  'a custom element by its label': '<form><md-outlined-text-field label="E-Mail"></md-outlined-text-field></form>',
  'a search without a name, beside an e-mail field': `<form>${EMAIL}<input type="search" role="combobox"></form>`,
  'a login beside a sign-up': `<form method="post">${EMAIL}${PASSWORD}<button formaction="/login">In</button><button formaction="/signup">Up</button></form>`,
};

const LEFT_OUT: { readonly [title: string]: string } = {
  'no e-mail field': '<form method="post"><input name="name"></form>',
  'a search': `<form method="post"><input type="search" name="email"></form>`,
  'a search by its role': `<form method="post" role="search">${EMAIL}</form>`,
  'a login by its password': `<form method="post">${EMAIL}<input type="PASSWORD" autocomplete="current-password webauthn"></form>`,
  'a login by its action': `<form method="post" action="/sign-in">${EMAIL}${PASSWORD}</form>`,
  'a login by its id': `<form method="post" id="userLogin">${EMAIL}${PASSWORD}</form>`,
  'a login by its name': `<form method="post" name="log_in">${EMAIL}${PASSWORD}</form>`,
  'a login by its button': `<form method="post">${EMAIL}${PASSWORD}<button type="button">👁</button><button>Log in</button></form>`,
  'a login by its input': `<form method="post">${EMAIL}${PASSWORD}<input type="submit" value="Log in"></form>`,
  'a login whose button is none that submits': `<form>${EMAIL}${PASSWORD}<button type="button">Log in</button></form>`,
  'a login of custom elements': `<form><sl-input type="email"></sl-input><sl-input type="password"></sl-input><sl-button type="submit">Log in</sl-button></form>`,
  'a password reset': `<form method="post" action="/passwordreset">${EMAIL}</form>`,
  'an unsubscription': `<form method="post" action="/unsubscribe">${EMAIL}</form>`,
  'a password reset by its button': `<form method="post" action="">${EMAIL}<input type="submit" value="Reset my password"></form>`,
  'an unsubscription by its legend': `<form><fieldset><legend>Unsubscribe</legend>${EMAIL}</fieldset><button>Send</button></form>`,
  'a login by a link to a reset': `<form>${EMAIL}${PASSWORD}<a href="/reset">Forgot password?</a><button>Go</button></form>`,
  'a login by its checkbox': `<form>${EMAIL}${PASSWORD}<label><input type="checkbox"> Remember me</label><button>Go</button></form>`,
  'a comment': `<form method="post" id="commentform" action="/wp-comments-post.php">${EMAIL}</form>`,
  'a checkout': `<form method="post" action="/checkout">${EMAIL}</form>`,
  'a payment by its card': `<form method="post">${EMAIL}<input autocomplete="billing cc-number"></form>`,
  'a payment by the name of its card': `<form method="post">${EMAIL}<input name="cardnumber"></form>`,
  'a form that closes a dialog': `<form method="DIALOG">${EMAIL}</form>`,
  'a form that posts to another site': `<form method="post" action="https://vendor.test/f/1">${EMAIL}</form>`,
  'a sign-up that is marked "off"': `<form data-cello-companion="off">${EMAIL}${NEW}<input type="hidden" name="ucc"></form>`,
};

const codes = '[...document.forms].map((form) => new FormData(form).get("ucc") ?? new FormData(form).get("input_5"))';
const expectAll = (titles: readonly string[], value: string | null) =>
  Object.fromEntries(titles.map((title) => [title, value]));
const zip = (titles: readonly string[], values: unknown) =>
  Object.fromEntries(titles.map((title, index) => [title, Reflect.get(Object(values), index)]));

doors(() => {
  test('takes sign-up, demo, waitlist and newsletter forms, and what is in doubt', async ({ page, site, start }) => {
    const html = Object.values(TAKEN)
      .join('')
      .replaceAll('HOST', new URL(site.url('/')).host);
    site.page('/', start({ links: ['partner.test'] }) + html);
    await page.goto(site.url(LINK));
    const titles = Object.keys(TAKEN);
    expect(zip(titles, await page.evaluate(codes))).toEqual(expectAll(titles, UCC));
  });

  test('leaves out logins, searches, filters, payments, comments and what goes to others', async ({
    page,
    site,
    start,
  }) => {
    site.page('/', start() + Object.values(LEFT_OUT).join(''));
    await page.goto(site.url(LINK));
    const titles = Object.keys(LEFT_OUT);
    expect(zip(titles, await page.evaluate(codes))).toEqual({
      ...expectAll(titles, null),
      'a sign-up that is marked "off"': '',
    });
  });

  test('leaves out a form with a password on a login page', async ({ page, site, start }) => {
    site.page(
      '/account/log-in',
      `${start()}<form method="post">${EMAIL}${PASSWORD}</form><form method="post">${EMAIL}</form>`,
    );
    await page.goto(site.url(`/account/log-in?ucc=${UCC}`));
    expect(await page.evaluate(codes)).toEqual([null, UCC]);
  });

  test('reads the route of a page in its hash', async ({ page, site, start }) => {
    site.page('/', `${start()}<form method="post">${EMAIL}${PASSWORD}</form>`);
    await page.goto(site.url(`${LINK}#/login?next=/signup`));
    expect(await page.evaluate(codes)).toEqual([null]);
  });

  test('asks the button that is pressed', async ({ page, site, start }) => {
    const buttons = '<button formaction="/login">In</button><button formaction="/signup">Up</button>';
    site.page(
      '/login',
      `${start({ endpoint: site.endpoint })}<form method="post">${EMAIL}${PASSWORD}${buttons}</form>`,
    );
    await page.goto(site.url(`/login?ucc=${UCC}`));
    await page.getByText('In').click();
    expect((await site.received('form')).values('ucc')).toEqual([]);
    await page.getByText('Thank you').waitFor();
    await page.goto(site.url('/login'));
    await page.getByText('Up').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    await site.received('submission');
    await page.waitForURL('**/signup');
    await site.beat(page);
    expect(site.all('submission')).toHaveLength(1);
  });

  test('tells of a form that goes to another company, and puts nothing into it', async ({ page, site, start }) => {
    const form = `<form method="post" action="${site.elsewhere('/f/1')}"><input type="email" name="EMAIL" value="ada@example.com"><button>Join</button></form>`;
    site.page('/', start({ endpoint: site.endpoint, include: 'email' }) + form);
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([]);
    expect((await site.received('submission')).json).toMatchObject({ ucc: UCC, fields: { email: 'ada@example.com' } });
  });

  test("leaves alone what Cello's script put into a login", async ({ page, site, start }) => {
    const html = `<form method="post" action="/login">${EMAIL}${PASSWORD}<button>Log in</button></form>`;
    site.page(
      '/',
      `${start({ endpoint: site.endpoint })}${html}<script async src="/cello-attribution.js?ours"></script>`,
    );
    await page.goto(site.url(LINK));
    await page.waitForFunction('typeof CelloAttribution === "function"');
    await page.evaluate('CelloAttribution("attachAll")');
    await page.getByRole('button').click();
    await site.received('form');
    await page.waitForURL('**/login');
    await site.beat(page);
    expect(site.all('submission')).toEqual([]);
  });

  test('says that a selector fits no form of the page', async ({ page, site, start }) => {
    const listen = '<script>said = []; console.info = (_, words) => said.push(words)</script>';
    const html = `<form method="post">${EMAIL}</form>`;
    site.page('/', listen + start({ forms: 'form.lead', debug: true }) + html);
    site.page(
      '/lead',
      listen + start({ forms: 'form.lead', debug: true }) + html + html.replace('<form', '<form class="lead"'),
    );
    const complaint = 'forms: form.lead fits no form on this page';
    await page.goto(site.url('/'));
    await expect.poll(() => page.evaluate('said')).toContain(complaint);
    await page.goto(site.url('/lead'));
    await expect.poll(() => page.evaluate('said')).toContain('taken: by the selector form.lead');
    expect(await page.evaluate('said')).not.toContain(complaint);
  });

  test('says it again when an answer changes', async ({ page, site, start }) => {
    const listen = '<script>said = []; console.info = (_, words) => said.push(words)</script>';
    site.page('/', `${listen}${start({ debug: true })}<form method="post">${EMAIL}</form>`);
    await page.goto(site.url(LINK));
    const saidNow = () => page.evaluate('said.filter((words) => /^(taken|left out):/.test(words))');
    await expect.poll(saidNow).toEqual(['taken: an e-mail field']);
    await page.evaluate(
      `void new FormData(document.forms[0]); document.forms[0].setAttribute('action', '/checkout'); void new FormData(document.forms[0])`,
    );
    expect(await saidNow()).toEqual(['taken: an e-mail field', 'left out: says "checkout"']);
  });

  test('decides anew where a router changes the address', async ({ page, site, start }) => {
    const contents = EMAIL + PASSWORD;
    site.page(
      '/',
      `${start()}<form method="post">${contents}</form><form method="post" action="in">${contents}</form>`,
    );
    await page.goto(site.url(LINK));
    const codesAt = (path: string) => page.evaluate(`history.pushState(null, '', '${path}'); ${codes}`);
    expect(await page.evaluate(codes)).toEqual([UCC, UCC]);
    expect(await codesAt('/log/x'), 'the second posts to /log/in').toEqual([UCC, null]);
    expect(await codesAt('/log-in')).toEqual([null, null]);
    expect(await codesAt('/')).toEqual([UCC, UCC]);
  });

  test('takes marked forms only, where the site says so', async ({ page, site, start }) => {
    const forms = `<form>${EMAIL}${NEW}</form><form data-cello-companion="demo"></form><form data-cello-companion="off"></form>`;
    site.page('/', start({ forms: 'marked' }) + forms);
    await page.goto(site.url(LINK));
    expect(await page.evaluate(codes)).toEqual([null, UCC, null]);
  });

  test('takes exactly the forms of a selector, where the site gives one', async ({ page, site, start }) => {
    const forms = `<form>${EMAIL}</form><form class="lead" action="/login"></form>`;
    site.page('/', start({ forms: 'form.lead' }) + forms);
    await page.goto(site.url(LINK));
    expect(await page.evaluate(codes)).toEqual([null, UCC]);
  });

  test('says on the console why a form is taken or left out, only where debugging is asked for', async ({
    page,
    site,
    start,
  }) => {
    const listen = '<script>said = []; console.info = (_, words) => said.push(words)</script>';
    const forms = [
      TAKEN['a sign-up'],
      TAKEN['a demo'],
      LEFT_OUT['no e-mail field'],
      LEFT_OUT['a login by its action'],
      LEFT_OUT['a comment'],
    ];
    site.page('/', listen + forms.join('') + start());
    await page.goto(site.url(LINK));
    await page.evaluate(codes);
    expect(await page.evaluate('said')).toEqual([]);
    for (const path of [`/?ucc=${UCC}&cello-companion=debug`, '/?cello-companion=debug']) {
      await page.goto(site.url(path));
      await expect
        .poll(() => page.evaluate('said.filter((words) => /^(taken|left out):/.test(words))'))
        .toEqual([
          'taken: a new password',
          'taken: an e-mail field',
          'left out: no e-mail field',
          'left out: a login',
          'left out: says "comment"',
        ]);
    }
  });
}, ['@one-engine']);
