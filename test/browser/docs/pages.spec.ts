/** Runs the samples of the pages about a site's own pages as they are printed, in a real one. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright/test';
import { readSamples } from '../../docs/samples.js';
import { readSnippets } from '../../docs/snippets.js';
import { IMPORTS, type Site } from '../../site/site.js';
import { expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const ONE = { tag: '@one-engine' };
const FORM = '<form method="post" action="/join"><input type="email" name="email"><button>Join</button></form>';
const JAVASCRIPT = { headers: { 'content-type': 'text/javascript' } };
const [STUB = ''] = readSamples('docs/script-tag.md', 'html').filter((sample) => sample.includes('a=arguments'));
const STUB_ALONE = STUB.slice(0, STUB.indexOf('\n'));

const command = (page: Page, name: string) =>
  page.evaluate((verb) => Reflect.get(window, 'CelloCompanion')(verb), name);
const readCookies = (page: Page) => page.evaluate('document.cookie');

/** A block of a page of the docs by its file name, or the first of its language that says something. */
function find(document: string, name: string, text = ''): string {
  const found = readSnippets(document).get(name) ?? readSamples(document, name).find((one) => one.includes(text));
  if (!found) throw new TypeError(`${document} has no sample "${name}"`);
  return found;
}

async function join(page: Page, site: Site, email = 'ada@example.com') {
  await page.locator('input[type=email]').first().fill(email);
  await page.getByRole('button').first().click();
  return (await site.received('form')).values('ucc');
}

test.describe('docs/npm.md', ONE, () => {
  test('fills forms, and reports a sign-up that is no form once', async ({ page, site }) => {
    for (const name of ['companion.js', 'sign-up.js'])
      site.route(`/${name}`, () => new Response(find('docs/npm.md', name), JAVASCRIPT));
    site.route('/api/users', () => Response.json({ id: 'user-1' }));
    site.page(
      '/',
      `<script type="importmap">${JSON.stringify({ imports: IMPORTS.bundle })}</script>
       <script type="module">import { signUp } from '/sign-up.js'; globalThis.signUp = signUp;</script>${FORM}`,
    );
    await page.goto(site.url(`/?ucc=${UCC}`));
    await page.waitForFunction('globalThis.signUp');
    await page.evaluate('signUp("grace@example.com").then(() => signUp("grace@example.com"))');
    expect((await site.received('form')).json).toEqual({ email: 'grace@example.com', ucc: UCC });
    const ids = site.all('submission').map(({ json }) => Reflect.get(Object(json), 'id'));
    expect(new Set(ids).size).toBe(1);
    expect((await site.received('submission')).json).toMatchObject({
      kind: 'signup',
      fields: { email: 'grace@example.com' },
    });
    await site.received('form');
    expect(await join(page, site)).toEqual([UCC]);
  });
});

test.describe('docs/tag-managers.md', ONE, () => {
  test('starts by a tag that a tag manager inserts, and tells the data layer of what was delivered', async ({
    page,
    site,
  }) => {
    const [tag, event] = ['gtm.html', 'gtm-event.html'].map((name) => find('docs/tag-managers.md', name));
    site.page('/', `${FORM}${event}${tag}`);
    await page.goto(site.url(`/?ucc=${UCC}`));
    await site.received('capture');
    await page.waitForFunction('globalThis.dataLayer');
    expect(await page.evaluate('dataLayer')).toEqual([{ event: 'cello_delivered', cello_type: 'capture' }]);
    expect(await join(page, site)).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({ fields: { email: 'ada@example.com' } });
  });

  test('hears of consent, also before the script is there', async ({ page, site, start }) => {
    const granted = find('docs/tag-managers.md', 'gtm-granted.html');
    site.page('/', `${STUB_ALONE}${granted}${start({ endpoint: site.endpoint, consent: 'pending' })}`);
    await page.goto(site.url(`/?ucc=${UCC}`));
    await site.received('capture');
  });
});

test('docs/webflow.md: script and endpoint stand on another host', ONE, async ({ page, site }) => {
  const app = site.elsewhere('');
  const tag = find('docs/webflow.md', 'html').replaceAll('https://app.example.com', app);
  site.page('/', `${tag.replaceAll('app.example.com', new URL(app).host)}${FORM}<a href="${app}/signup">Sign up</a>`);
  await page.goto(site.url(`/?ucc=${UCC}`));
  const capture = await site.received('capture');
  expect([capture.json, capture.url.origin]).toMatchObject([{ ucc: UCC }, app]);
  expect(await join(page, site)).toEqual([UCC]);
  expect((await site.received('submission')).json).toMatchObject({ fields: { email: 'ada@example.com' } });
  await page.goto(site.url('/'));
  await page.getByRole('link').click();
  await page.waitForURL(`**/signup?ucc=${UCC}`);
});

test.describe('docs/domains.md', ONE, () => {
  test('a subdomain has the code by the cookie, another domain by the link', async ({ page, site, start }) => {
    const app = site.elsewhere('/signup');
    const tag = find('docs/domains.md', 'html').replace('app.example.org', new URL(app).host);
    site.page('/', `${tag}<a href="${app}">Sign up</a>`);
    site.page('/signup', start({ timeout: 50 }));
    await page.goto(site.url(`/?ucc=${UCC}`));
    await site.received('capture');
    await page.getByRole('link').click();
    await page.waitForURL(`${app}?ucc=${UCC}`);
    await page.goto(site.subdomain('app', '/signup'));
    expect(await command(page, 'getUcc')).toBe(UCC);
  });

  test('a script gives the code along itself', async ({ page, site, start }) => {
    const code = find('docs/domains.md', 'js', 'searchParams');
    site.page('/', start({ timeout: 50 }));
    await page.goto(site.url(`/?ucc=${UCC}`));
    const target = site.elsewhere('/signup');
    await page.evaluate(`(async () => { ${code.replace('https://app.example.org/signup', target)} })()`);
    await page.waitForURL(`${target}?ucc=${UCC}`);
  });
});

test.describe('docs/policies.md', ONE, () => {
  const [, policy = ''] =
    /^Content-Security-Policy: (.*)$/m.exec(find('docs/policies.md', '', 'Content-Security-Policy')) ?? [];

  for (const [name, text, headers] of [
    ['the policy that it prints', 'nonce', policy],
    ['the hash and Trusted Types', 'integrity', `${policy}; require-trusted-types-for 'script'; trusted-types 'none'`],
    ['a nonce', 'nonce', policy.replace("script-src 'self'", "script-src 'nonce-page' 'strict-dynamic'")],
  ] as const)
    test(`works under ${name}`, async ({ page, site }) => {
      const said: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      const hashes = JSON.parse(await readFile(new URL('../../../dist/integrity.json', import.meta.url), 'utf8'));
      const tag = find('docs/policies.md', 'html', text);
      const printed = tag.replace('sha384-…', hashes['cello-companion.js']).replace('nonce="…"', 'nonce="page"');
      site.page('/', `${printed}${FORM}`, { 'content-security-policy': headers });
      await page.goto(site.url(`/?ucc=${UCC}`));
      expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
      expect(await join(page, site)).toEqual([UCC]);
      await page.waitForURL('**/join');
      expect(said.filter((line) => /policy|trusted/i.test(line) && !/favicon|data:,/.test(line))).toEqual([]);
    });
});

test.describe('docs/moving.md', ONE, () => {
  const [before, after, handOver] = ['before.html', 'after.html', 'hand-over.html'].map((name) =>
    find('docs/moving.md', name),
  );

  test('both together give one code, in later forms too', async ({ page, site }) => {
    site.page('/', `${before}${after}${FORM}`);
    site.page('/next', `${after}<main></main>`);
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await join(page, site)).toEqual([UCC]);
    await page.goto(site.url('/next'));
    await page.locator('main').evaluate((main, form) => Reflect.set(main, 'innerHTML', form), FORM);
    expect(await join(page, site)).toEqual([UCC]);
  });

  test('a code in the old cookie is handed over, a newer one is not replaced', async ({ page, site }) => {
    site.page('/old', '<script>document.cookie = "referral=old%26code; path=/"</script>');
    site.page('/', `${handOver}${after?.replace('data-', 'data-timeout="50" data-')}${FORM}`);
    await page.goto(site.url('/old'));
    await page.goto(site.url('/'));
    expect((await site.received('capture')).json).toMatchObject({ ucc: 'old&code', source: 'manual' });
    expect(await join(page, site)).toEqual(['old&code']);
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
    expect(await join(page, site)).toEqual([UCC]);
  });
});

/** Consent managers as their documentation describes them: each remembers an answer, and says it again on the next page. */
const CONSENT_MANAGERS: Readonly<Record<string, string>> = {
  // https://www.cookiebot.com/en/developer/
  'cookiebot.html': `
    window.Cookiebot = { hasResponse: false, consent: { marketing: false } };
    const settle = (isGranted, event) => {
      Cookiebot.hasResponse = true;
      Cookiebot.consent.marketing = isGranted;
      dispatchEvent(new Event(event));
    };
    window.answer = (isGranted) => {
      document.cookie = 'CookieConsent=' + isGranted + '; path=/';
      settle(isGranted, isGranted ? 'CookiebotOnAccept' : 'CookiebotOnDecline');
    };
    const [, known] = /CookieConsent=(true|false)/.exec(document.cookie) ?? [];
    if (known) settle(known === 'true', 'CookiebotOnConsentReady');`,
  // https://developer.onetrust.com/onetrust/docs/javascript-events-guide
  'onetrust.html': `
    const settle = (groups) => {
      window.OnetrustActiveGroups = ',' + groups.join(',') + ',';
      dispatchEvent(new CustomEvent('OneTrustGroupsUpdated', { detail: groups }));
    };
    const groupsOf = (isGranted) => (isGranted ? ['C0001', 'C0004'] : ['C0001']);
    window.answer = (isGranted) => {
      document.cookie = 'OptanonAlertBoxClosed=2026-11-26; path=/';
      document.cookie = 'OptanonConsent=' + isGranted + '; path=/';
      settle(groupsOf(isGranted));
      dispatchEvent(new Event('OTConsentApplied'));
    };
    settle(groupsOf(/OptanonConsent=true/.test(document.cookie)));`,
  // https://developers.google.com/tag-platform/security/guides/consent
  'consent-mode.html': `
    window.dataLayer = window.dataLayer || [];
    function gtag() { dataLayer.push(arguments); }
    gtag('consent', 'default', { ad_storage: 'denied' });
    dataLayer.push({ event: 'page' });
    window.answer = (isGranted) => {
      document.cookie = 'choice=' + isGranted + '; path=/';
      gtag('consent', 'update', { ad_storage: isGranted ? 'granted' : 'denied' });
    };
    const [, known] = /choice=(true|false)/.exec(document.cookie) ?? [];
    if (known) answer(known === 'true');`,
};

test.describe('docs/consent-managers.md', ONE, () => {
  for (const [name, manager] of Object.entries(CONSENT_MANAGERS)) {
    const block = find('docs/consent-managers.md', name);
    const script = `<script>(() => {${manager}})()</script>`;

    test(`${name}: the answer comes after the script, is known on the next page, and is withdrawn`, async ({
      page,
      site,
    }) => {
      site.page('/', `${block}${FORM}`);
      site.page('/next', `${script}${block}`);
      await page.goto(site.url(`/?ucc=${UCC}`));
      expect(await command(page, 'getUcc')).toBe(UCC);
      await page.evaluate(`(() => {${manager}})()`);
      await site.beat(page);
      expect([site.all('capture').length, await readCookies(page)]).toEqual([0, '']);
      await page.evaluate('answer(true)');
      expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
      expect(await readCookies(page)).toContain(`ucc=${UCC}`);
      await page.goto(site.url('/next'));
      expect(await command(page, 'getUcc')).toBe(UCC);
      await page.evaluate('answer(false)');
      expect(await command(page, 'getUcc')).toBe(null);
      expect(await readCookies(page)).not.toContain(UCC);
      await page.goto(site.url(`/next?ucc=${UCC}`));
      expect(await command(page, 'getUcc'), 'what was refused on an earlier page stays refused').toBe(null);
    });

    test(`${name}: the answer comes before the script`, async ({ page, site }) => {
      site.page('/', `${script}${block}<script>answer(true)</script>`);
      site.page('/refused', `${script}${block}<script>answer(false)</script>`);
      await page.goto(site.url(`/?ucc=${UCC}`));
      expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
      await page.goto(site.url(`/refused?ucc=${UCC}`));
      expect(await command(page, 'getUcc')).toBe(null);
      expect(await readCookies(page)).not.toContain(UCC);
    });
  }

  test('a link carries the code to the page on which the answer comes', async ({ page, site }) => {
    const { host } = new URL(site.url('/'));
    const tag = find('docs/consent-managers.md', 'html', 'data-links').replace('www.example.com', host);
    site.page('/', `${tag}<a href="/next">Next</a>`);
    site.page('/next', tag);
    await page.goto(site.url(`/?ucc=${UCC}`));
    await page.getByRole('link').click();
    await page.waitForURL(`**/next?ucc=${UCC}`);
    expect([site.all('capture').length, await readCookies(page)]).toEqual([0, '']);
    await page.evaluate('CelloCompanion("setConsent", "granted")');
    await site.received('capture');
  });
});
