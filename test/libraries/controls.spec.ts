/** Forms that are no sign-up: they get no field, and a visitor who came by a link sends what they always sent. */
import { expect, test } from '../site/test.js';
import { EMAIL, LINK, serveLibrary, serveScript, typeInto } from './app.js';
import { bundleApp } from './bundle.js';

interface Control {
  readonly page?: string;
  readonly files?: readonly string[];
  readonly html: string;
  /** Whether its submission is told all the same: a form that posts to another company. */
  readonly isTold?: boolean;
}

const TURBO = '@hotwired/turbo/dist/turbo.es2017-umd.js';
const HTMX = 'htmx2/dist/htmx.min.js';
const JQUERY = 'jquery/dist/jquery.min.js';

const CONTROLS: { readonly [name: string]: Control } = {
  'a login of Devise, with Turbo': {
    page: '/users/sign_in',
    files: [TURBO],
    html: `<form class="new_user" id="new_user" action="/users/sign_in" accept-charset="UTF-8" method="post">
      <input autofocus autocomplete="email" type="email" name="user[email]" id="user_email"><input autocomplete="current-password" type="password" name="user[password]">
      <input type="checkbox" name="user[remember_me]" value="1"><input type="submit" name="commit" value="Log in"></form>`,
  },
  'a login of allauth': {
    page: '/accounts/login/',
    html: `<form class="login" method="post" action="/accounts/login/?next=/signup/"><input type="email" name="login" autocomplete="email">
      <input type="password" name="password" autocomplete="current-password"><button type="submit">Sign In</button></form>`,
  },
  'a login without autocomplete, with htmx': {
    page: '/login',
    files: [HTMX],
    html: `<form hx-post="/login" action="/login" method="post" hx-swap="none"><input type="email" name="email"><input type="password" name="password"><button>Log in</button></form>`,
  },
  "a login of a shop's theme": {
    page: '/account/login',
    html: `<form method="post" action="/account/login" id="customer_login"><input type="hidden" name="form_type" value="customer_login">
      <input type="email" name="customer[email]" autocomplete="email"><input type="password" name="customer[password]" autocomplete="current-password"><button>Sign in</button></form>`,
  },
  'a forgotten password of Devise': {
    page: '/users/password/new',
    html: `<form class="new_user" action="/users/password" method="post" id="forgot-password"><input type="email" name="user[email]"><input type="submit" value="Send me instructions"></form>`,
  },
  'a password reset of Laravel': {
    page: '/forgot-password',
    html: `<form method="POST" action="/forgot-password"><input type="email" name="email"><button>Email Password Reset Link</button></form>`,
  },
  "WordPress's search": {
    html: `<form role="search" method="get" class="search-form" action="/"><input type="search" class="search-field" placeholder="Search …" value="" name="s"><input type="submit" class="search-submit" value="Search"></form>`,
  },
  "WordPress's comments": {
    page: '/blog/post',
    html: `<form action="/wp-comments-post.php" method="post" id="commentform" class="comment-form"><textarea name="comment"></textarea>
      <input name="author" type="text"><input name="email" type="email" autocomplete="email"><input name="url" type="url"><input name="submit" type="submit" value="Post Comment"></form>`,
  },
  'a payment': {
    page: '/pay',
    html: `<form method="post" action="/pay"><input type="email" name="email" autocomplete="email"><input name="cardnumber" autocomplete="cc-number" inputmode="numeric"><input name="exp" autocomplete="cc-exp"><button>Pay</button></form>`,
  },
  'a checkout': {
    page: '/cart',
    html: `<form method="post" action="/checkout/information"><input type="email" name="checkout[email]"><button>Continue</button></form>`,
  },
  'an unsubscription, with Turbo': {
    page: '/preferences',
    files: [TURBO],
    html: `<form method="post" action="/newsletter/unsubscribe"><input type="email" name="email"><button>Unsubscribe</button></form>`,
  },
  'an opt-out': {
    page: '/privacy',
    html: `<form method="post" action="/privacy" id="ccpa-opt-out"><input type="email" name="email"><button>Do not sell my data</button></form>`,
  },
  'a phone call-back': {
    html: `<form method="post" action="/call-me"><input type="tel" name="phone"><button>Call me</button></form>`,
  },
  'a filter, with jQuery': {
    files: [JQUERY],
    html: `<form method="get" action="/"><select name="sort"><option>new</option></select><input name="q"><button>Apply</button></form>`,
  },
};

for (const [name, { page: path = '/page', files = [], html }] of Object.entries(CONTROLS))
  test(`leaves out ${name}`, async ({ page, site, start }) => {
    const tags = await Promise.all(files.map((file) => serveLibrary(site, file)));
    site.page('/', start({ endpoint: site.endpoint }));
    site.page(path, `${start({ endpoint: site.endpoint, include: 'email' })}${tags.join('')}${html}`);
    await page.goto(site.url(LINK));
    await page.goto(site.url(path));
    const email = page.locator('[type=email]');
    if (await email.count()) await typeInto(email, EMAIL);
    const before = await page.evaluate(() => document.forms[0]?.innerHTML);
    await page.locator('form input:not([type=hidden]), form textarea').first().focus();
    const names = await page.evaluate(() => document.forms[0] && [...new FormData(document.forms[0]).keys()]);
    expect(names).not.toContain('ucc');
    expect(await page.evaluate(() => document.forms[0]?.innerHTML)).toBe(before);
    await page.locator('form [type=submit], form button').click();
    await expect
      .poll(() =>
        [...site.all('form'), ...site.all('get')].some(
          ({ entries }) => entries.length && !entries.some(([key]) => key === 'ucc'),
        ),
      )
      .toBe(true);
    await expect(() => site.beat(page)).toPass(); // a page that goes away takes its beat with it
    expect(site.all('submission')).toEqual([]);
  });

const LOGINS = {
  'React 19, form action': 'react/login.jsx',
  'React Hook Form': 'react/login-hook-form.jsx',
  'Vue 3': 'vue/login.js',
};

for (const [name, file] of Object.entries(LOGINS))
  test(`leaves out a login of ${name}`, async ({ page, site, start }) => {
    const tag = serveScript(site, '/app.js', await bundleApp(file));
    site.page('/', start({ endpoint: site.endpoint }));
    site.page(
      '/login',
      `${start({ endpoint: site.endpoint })}<div id="app"></div>${tag}<script>app.mount(document.querySelector('#app'))</script>`,
    );
    await page.goto(site.url(LINK));
    await page.goto(site.url('/login'));
    await typeInto(page.getByLabel('E-mail'), EMAIL);
    await typeInto(page.getByLabel('Password'), 'secret');
    await page.getByRole('button').click();
    const { json, entries } = await site.received('form');
    expect(Object.keys(json ?? Object.fromEntries(entries))).toEqual(['email', 'password']);
    await site.beat(page);
    expect(site.all('submission')).toEqual([]);
  });

test('gives no field to a form that goes to another company, and tells the submission', async ({
  page,
  site,
  start,
}) => {
  site.page(
    '/',
    `${start({ endpoint: site.endpoint, include: 'email' })}
    <form action="${site.elsewhere('/subscribe/post?u=1&id=2')}" method="post" target="_self" name="mc-embedded-subscribe-form">
      <label for="mce-EMAIL">Email Address</label><input type="email" name="EMAIL" id="mce-EMAIL">
      <div style="position: absolute; left: -5000px" aria-hidden="true"><input type="text" name="b_1_2" tabindex="-1" value=""></div>
      <input type="submit" name="subscribe" value="Subscribe">
    </form>`,
  );
  await page.goto(site.url(LINK));
  await typeInto(page.getByLabel('Email Address'), EMAIL);
  await page.getByRole('button').click();
  const { values } = await site.received('form');
  expect([values('EMAIL'), values('ucc')]).toEqual([[EMAIL], []]);
  expect((await site.received('submission')).json).toMatchObject({ fields: { email: EMAIL } });
});
