import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright/test';
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;

/** The panel's root is closed to everybody. On a page with this it is open, so that a test sees inside. */
const OPEN = `<script nonce="page">
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: 'open' }); };
</script>`;

const FORMS = `<form id="signup" method="post" action="/join"><input type="email" name="email" aria-label="E-mail"><button>Sign up</button></form>
  <form id="login" method="post" action="/login"><input type="email" name="email" aria-label="E-mail"><input type="password" autocomplete="current-password" aria-label="Password"><button>Log in</button></form>`;

const panelOf = (page: Page) => page.locator('cello-companion-inspector .panel');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

doors(() => {
  test('opens when asked for, says what happens on the page, and goes with the companion', async ({
    page,
    site,
    start,
    call,
  }) => {
    site.page('/', `${OPEN}${start({ endpoint: site.endpoint, debug: true })}${FORMS}`);
    await page.goto(site.url(LINK));
    const panel = panelOf(page);
    await expect(panel).toContainText('Messages about the form #signup do not say whose sign-up it was');
    await expect(panel).toContainText('The form #login is left out: a login.');
    await expect(panel).toContainText(`${UCC} (from: Address)`);
    await expect(panel).toContainText('1 message has arrived.');
    await call('stop');
    await expect(page.locator('cello-companion-inspector')).toHaveCount(0);
  });
});

const TAG = '<script async nonce="page" src="/cello-companion.js" data-endpoint="/api/cello"></script>';

test.describe('one engine', { tag: '@one-engine' }, () => {
  test('is not loaded by visitors', async ({ page, site }) => {
    site.page('/', `${OPEN}${TAG}${FORMS}`);
    await page.goto(site.url(LINK));
    await site.received('capture');
    await site.beat(page);
    expect(site.all('get').filter(({ url }) => url.pathname.includes('inspector'))).toEqual([]);
    expect(await page.locator('cello-companion-inspector').count()).toBe(0);
  });

  test('hides its root from the page', async ({ page, site }) => {
    site.page('/', `${TAG}${FORMS}`);
    await page.goto(site.url(`${LINK}&cello-companion=debug`));
    const host = page.locator('cello-companion-inspector');
    await expect(host).toHaveCount(1);
    expect(await host.evaluate(({ shadowRoot, attributes }) => [shadowRoot, attributes.length])).toEqual([null, 0]);
  });

  test('follows the tab from page to page, as it was left, until it is closed', async ({ page, site }) => {
    site.page('/', `${OPEN}${TAG}<a href="/signup">Sign up</a>`);
    site.page('/signup', `${OPEN}${TAG}${FORMS}`);
    await page.goto(site.url(`${LINK}&cello-companion=debug`));
    await expect(panelOf(page)).toContainText('1 message has arrived.');
    await page.getByRole('link').click();
    await page.waitForURL('**/signup');
    await expect(panelOf(page), 'of the page before').toContainText('1 message has arrived.');
    await page.getByRole('button', { name: 'Hide' }).click();
    await expect(panelOf(page)).toBeHidden();
    await page.reload();
    await expect(panelOf(page)).toBeHidden();
    await page.getByRole('button', { name: /^cello-companion: / }).press('Enter');
    await expect(panelOf(page)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Copy' })).toBeFocused();
    await page.getByRole('button', { name: 'Copy' }).press('Escape');
    await expect(page.getByRole('button', { name: /^cello-companion: / })).toBeFocused();
    await page.getByRole('button', { name: /^cello-companion: / }).press('Enter');
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(page.locator('cello-companion-inspector')).toHaveCount(0);
    await page.reload();
    await site.beat(page);
    expect(await page.locator('cello-companion-inspector').count()).toBe(0);
  });

  test('works under a strict policy with Trusted Types, styled', async ({ page, site }) => {
    const policy =
      "default-src 'none'; script-src 'nonce-page' 'strict-dynamic'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'";
    site.page('/', `${OPEN}${TAG}${FORMS}`, { 'content-security-policy': policy });
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    await page.goto(site.url(`${LINK}&cello-companion=debug`));
    const panel = panelOf(page);
    await expect(panel).toContainText('The form #login is left out: a login.');
    expect(await panel.evaluate((element) => getComputedStyle(element).borderRadius)).toBe('12px');
    expect(said.filter((text) => /policy|trusted/i.test(text))).toEqual([]);
  });

  test('tests the endpoint when told to, and says who answers', async ({ page, site }) => {
    site.page('/', `${OPEN}${TAG}${FORMS}`);
    await page.goto(site.url(`${LINK}&cello-companion=debug`));
    await expect(panelOf(page)).toContainText('1 message has arrived.');
    site.breakEndpoint({ status: 302, headers: { location: '/login' } });
    await page.getByRole('button', { name: 'Test endpoint' }).click();
    await expect(panelOf(page)).toContainText('redirects to another address');
    site.answerEndpoint(() => Response.json({ error: 'v' }, { status: 400 }));
    site.breakEndpoint({});
    await page.getByRole('button', { name: 'Test endpoint' }).click();
    await expect(panelOf(page)).toContainText('answers as it should');
  });

  test('copies a text without personal data', async ({ page, site }) => {
    site.page(
      '/users/4711',
      `${OPEN}<script nonce="page">navigator.clipboard.writeText = async (text) => { copied = text; }; let copied;</script>${TAG}${FORMS}`,
    );
    await page.goto(site.url(`/users/4711${LINK.slice(1)}&cello-companion=debug`));
    await page.getByRole('textbox', { name: 'E-mail' }).first().fill('ada@example.com');
    await expect(panelOf(page)).toContainText('holds the code');
    await page.getByRole('button', { name: 'Copy' }).click();
    await expect(panelOf(page)).toContainText('Copied, without personal data');
    const text = await page.evaluate('copied');
    expect(text).toContain('ucc (hidden, ours) holds the code');
    expect(text).not.toMatch(/ada@example|4711|pNRB1aYqArN/);
  });

  test('passes axe, in light and in dark and in 320 pixels', { tag: '@isolated' }, async ({ page, site }) => {
    site.page('/', `${OPEN}${TAG}<main><h1>Join</h1>${FORMS}</main>`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: colorScheme === 'dark' ? 320 : 1280, height: 640 });
      await page.goto(site.url(`${LINK}&cello-companion=debug`));
      await expect(panelOf(page)).toContainText('1 message has arrived.');
      await page.evaluate(await readFile(AXE, 'utf8'));
      const found = await page.evaluate(() =>
        Reflect.get(window, 'axe').run('cello-companion-inspector', { resultTypes: ['violations'] }),
      );
      expect(found.violations.map(({ id, nodes }: { id: string; nodes: unknown }) => [id, nodes])).toEqual([]);
      expect(found.passes.length).toBeGreaterThan(5);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    }
  });

  test('gives the same as data, also of a page without us, and changes nothing', async ({ page, site }) => {
    site.page('/', `${OPEN}<script src="/cello-companion.js" type="text/plain"></script>${FORMS}`);
    site.page('/with', `${OPEN}${TAG}${FORMS}`);
    const diagnose = () =>
      page.evaluate(
        async (file) => (await import(file)).diagnose(undefined, { probe: true }),
        '/cello-companion.inspector.js',
      );
    await page.goto(site.url(LINK));
    const without = await diagnose();
    expect(without.findings[0]).toMatchObject({ id: 'held-back', level: 'problem' });
    await page.goto(site.url(`/with${LINK.slice(1)}`));
    await site.received('capture');
    const before = await page.evaluate(() => [document.documentElement.outerHTML, { ...sessionStorage }]);
    const found = await diagnose();
    expect(await page.evaluate(() => [document.documentElement.outerHTML, { ...sessionStorage }])).toEqual(before);
    expect(found).toMatchObject({
      code: { ucc: UCC, source: 'address' },
      forms: [{ name: '#signup' }, { name: '#login' }],
    });
    expect(found.probe).toEqual({ is: 'accepts', status: 202 });
  });

  test('says on the console where its file is missing', async ({ page, site }) => {
    const script = await readFile(new URL('../../../dist/cello-companion.js', import.meta.url), 'utf8');
    site.route(
      '/assets/cello-companion.js',
      () => new Response(script, { headers: { 'content-type': 'text/javascript' } }),
    );
    site.page('/', '<script async src="/assets/cello-companion.js"></script>');
    const said = page.waitForEvent('console', (message) => message.type() === 'warning');
    await page.goto(site.url(`${LINK}&cello-companion=debug`));
    expect((await said).text()).toMatch(
      /the inspector's file must stand beside the script: .*\/assets\/cello-companion\.inspector\.js/,
    );
  });

  test('inspect() gives the undo, and the same one again', async ({ page, site }) => {
    site.page('/', `${OPEN}${TAG}${FORMS}`);
    await page.goto(site.url(LINK));
    const isSame = await page.evaluate(async (file) => {
      const { inspect } = await import(file);
      const { companion } = Reflect.get(window, 'CelloCompanion');
      Reflect.set(window, 'close', inspect(companion));
      return inspect(companion) === Reflect.get(window, 'close');
    }, '/cello-companion.inspector.js');
    expect(isSame).toBe(true);
    await expect(panelOf(page)).toContainText('In line for the code: #signup.');
    expect(await page.locator('cello-companion-inspector').count()).toBe(1);
    await page.evaluate('close()');
    expect(await page.locator('cello-companion-inspector').count()).toBe(0);
  });
});
