/** `auto` chooses well: what is taken, what is left out, and that a developer is told why. */
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const EMAIL = '<input type="email" name="email">';
const PASSWORD = '<input type="password" name="password">';
const NEW = '<input type="password" autocomplete="new-password">';

const TAKEN: { readonly [title: string]: string } = {
  'a sign-up': `<form method="post" action="/signup">${EMAIL}${NEW}</form>`,
  'a sign-up whose password does not say that it is new': `<form method="post" action="/register">${EMAIL}${PASSWORD}</form>`,
  'a demo': `<form method="post" action="/demo"><input name="name">${EMAIL}</form>`,
  'a waitlist with a plain text field': '<form method="post"><input name="user[email]"></form>',
  'a newsletter': '<form method="post" action="/newsletter"><input autocomplete="section-a email"></form>',
  'an e-mail field with a dash in its name': '<form method="post"><input name="Your-E-Mail"></form>',
  'a form without action and method': `<form>${EMAIL}</form>`,
  'a form by GET that stays on this page': `<form action="/?step=2">${EMAIL}</form>`,
  'a form by GET to an anchor': `<form action="#thanks" method="get">${EMAIL}</form>`,
  'a form that posts to a subdomain': `<form method="post" action="http://app.HOST/join">${EMAIL}</form>`,
  'a form that posts to a host of links': `<form method="post" action="http://partner.test/join">${EMAIL}</form>`,
  'a sign-up in whose name a left-out word begins elsewhere': `<form method="post" id="preset-accommodation-designing">${EMAIL}${PASSWORD}</form>`,
  'a login that is marked': `<form data-cello-companion="signup" action="/login" method="post"><input></form>`,
  'a reset with a new password': `<form method="post" action="/reset-password">${NEW}</form>`,
};

const LEFT_OUT: { readonly [title: string]: string } = {
  'no e-mail field': '<form method="post"><input name="name"></form>',
  'a search': `<form method="post"><input type="search" name="email"></form>`,
  'a search by its role': `<form method="post" role="search">${EMAIL}</form>`,
  'a filter that leads elsewhere by GET': `<form action="/members">${EMAIL}</form>`,
  'a filter that leads elsewhere by a method that there is not, which means GET': `<form action="/members" method="GET">${EMAIL}</form>`,
  'a login by its password': `<form method="post">${EMAIL}<input type="password" autocomplete="current-password webauthn"></form>`,
  'a login by its action': `<form method="post" action="/sign-in">${EMAIL}${PASSWORD}</form>`,
  'a login by its id': `<form method="post" id="userLogin">${EMAIL}${PASSWORD}</form>`,
  'a login by its name': `<form method="post" name="log_in">${EMAIL}${PASSWORD}</form>`,
  'a password reset': `<form method="post" action="/passwordreset">${EMAIL}</form>`,
  'a forgotten password': `<form method="post" id="forgotPassword">${EMAIL}</form>`,
  'an unsubscription': `<form method="post" action="/unsubscribe">${EMAIL}</form>`,
  'an opting out': `<form method="post" action="/opt-out">${EMAIL}</form>`,
  'a comment': `<form method="post" id="commentform" action="/wp-comments-post.php">${EMAIL}</form>`,
  'a checkout': `<form method="post" action="/checkout">${EMAIL}</form>`,
  'a payment by its card': `<form method="post">${EMAIL}<input autocomplete="billing cc-number"></form>`,
  'a form that closes a dialog': `<form method="dialog">${EMAIL}</form>`,
  'a form that posts to another site': `<form method="post" action="https://vendor.test/f/1">${EMAIL}</form>`,
  'a sign-up that is marked "off"': `<form data-cello-companion="off">${EMAIL}${NEW}</form>`,
};

const codes = '[...document.forms].map((form) => new FormData(form).get("ucc"))';
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
    expect(zip(titles, await page.evaluate(codes))).toEqual(expectAll(titles, null));
  });

  test('leaves out a form with a password on a login page', async ({ page, site, start }) => {
    site.page(
      '/account/log-in',
      `${start()}<form method="post">${EMAIL}${PASSWORD}</form><form method="post">${EMAIL}</form>`,
    );
    await page.goto(site.url(`/account/log-in?ucc=${UCC}`));
    expect(await page.evaluate(codes)).toEqual([null, UCC]);
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
});
