import { doors, expect, test } from '../site/test.js';

const UCC = 'pNRB1aYqArN';

doors(() => {
  test.beforeEach(({ site, start }) => {
    const app = site.subdomain('app', '/signup?plan=pro#top');
    const host = new URL(app).host;
    site.page(
      '/',
      `${start({ links: [host], timeout: 100 })}
      <a id="app" href="${app}">App</a> <a id="own" href="/pricing">Pricing</a> <a id="has" href="${app.replace('plan=pro', 'ucc=theirs')}">Has</a>
      <a id="foreign" href="${site.elsewhere('/signup')}">Elsewhere</a> <a id="script" href="javascript:void 0">Script</a>`,
    );
  });

  test("carries the code to the site's other hosts when a link is used, not before", async ({ page, site, call }) => {
    await page.goto(site.url(`/?ucc=${UCC}&productId=site`));
    await call('getUcc');
    const link = page.locator('#app');
    expect(await link.getAttribute('href')).toBe(site.subdomain('app', '/signup?plan=pro#top'));
    await link.focus();
    expect(await link.getAttribute('href')).toBe(
      site.subdomain('app', `/signup?plan=pro&ucc=${UCC}&productId=site#top`),
    );
    await link.click();
    await page.waitForURL(`**/signup?plan=pro&ucc=${UCC}&productId=site#top`);
  });

  test("passes the referrer's name on only where the address has it", async ({ page, site }) => {
    await page.goto(site.url(`/?ucc=${UCC}&celloN=R3Vlc3Q`));
    await page.locator('#app').focus();
    expect(await page.locator('#app').getAttribute('href')).toContain(`ucc=${UCC}&celloN=R3Vlc3Q`);
    await page.goto(site.url('/'));
    await page.locator('#app').focus();
    const href = await page.locator('#app').getAttribute('href');
    expect(href).toContain(`ucc=${UCC}`);
    expect(href).not.toContain('celloN');
  });

  for (const id of ['own', 'has', 'foreign', 'script'])
    test(`leaves the link "${id}" as it is`, async ({ page, site }) => {
      await page.goto(site.url(`/?ucc=${UCC}`));
      const before = await page.locator(`#${id}`).getAttribute('href');
      await page.locator('#app').focus();
      await page.locator(`#${id}`).focus();
      expect(await page.locator('#app').getAttribute('href')).toContain(UCC);
      expect(await page.locator(`#${id}`).getAttribute('href')).toBe(before);
    });

  test('follows a new code, and restores on stop', async ({ page, site, call }) => {
    await page.goto(site.url(`/?ucc=${UCC}`));
    const link = page.locator('#app');
    await link.focus();
    await call('setUcc', 'UIPIWa2Hnnr');
    await link.press('a');
    expect(await link.getAttribute('href')).toContain('ucc=UIPIWa2Hnnr');
    expect(await link.getAttribute('href')).not.toContain(UCC);
    await call('stop');
    expect(await link.getAttribute('href')).toBe(site.subdomain('app', '/signup?plan=pro#top'));
  });

  test('leaves links alone for a visitor without a referral', async ({ page, site }) => {
    await page.goto(site.url('/'));
    await page.locator('#app').focus();
    expect(await page.locator('#app').getAttribute('href')).toBe(site.subdomain('app', '/signup?plan=pro#top'));
  });
});
