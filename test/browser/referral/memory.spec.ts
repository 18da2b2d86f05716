import type { Page } from 'playwright/test';
import type { Site } from '../../site/site.js';
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const OTHER = 'UIPIWa2Hnnr';

/** How many captures have arrived of what the page sent so far. */
async function countCaptures(page: Page, site: Site): Promise<number> {
  await site.beat(page);
  return site.all('capture').length;
}

doors(() => {
  test('keeps the code for 90 days, for the widest domain the browser accepts', async ({
    page,
    site,
    start,
    call,
    context,
  }) => {
    site.page('/', start({ timeout: 50 }));
    await page.goto(site.subdomain('www', `/?ucc=${UCC}&productId=site`));
    await call('getUcc');
    const cookies = await context.cookies(site.subdomain('www', '/'));
    expect(cookies.map(({ name }) => name)).toEqual(['cello-companion']);
    const [cookie] = cookies;
    expect(cookie).toMatchObject({ path: '/', sameSite: 'Lax', httpOnly: false, secure: false });
    expect(Math.round(((cookie?.expires ?? 0) - Date.now() / 1000) / 86_400)).toBe(90);
    expect(new URLSearchParams(cookie?.value).get('ucc')).toBe(UCC);
    expect(new URLSearchParams(cookie?.value).get('productId')).toBe('site');
    await page.goto(site.subdomain('app', '/'));
    expect(await call('getReferral')).toMatchObject({ ucc: UCC, source: 'memory' });
  });

  test('keeps the code for this host only where the site says so', async ({ page, site, start, call }) => {
    site.page('/', start({ cookieDomain: 'host', timeout: 100 }));
    await page.goto(site.subdomain('www', `/?ucc=${UCC}`));
    expect(await call('getUcc')).toBe(UCC);
    await page.goto(site.subdomain('app', '/'));
    expect(await call('getUcc')).toBe(null);
  });

  test('keeps nothing where the site wants no memory, and captures once a page', async ({
    page,
    site,
    start,
    call,
  }) => {
    site.page('/', start({ remember: 0, endpoint: site.endpoint, timeout: 100 }));
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await call('getUcc')).toBe(UCC);
    await site.received('capture');
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.goto(site.url('/'));
    expect(await call('getUcc')).toBe(null);
    expect(await countCaptures(page, site)).toBe(1);
  });

  test('never rewrites a cookie that holds this code, and captures a code once', async ({
    page,
    site,
    start,
    call,
    context,
  }) => {
    site.page('/', start({ endpoint: site.endpoint, timeout: 50 }));
    const value = `ucc=${UCC}&at=${encodeURIComponent(new Date().toISOString())}`;
    await context.addCookies([{ name: 'cello-companion', value, url: site.url('/') }]);
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await call('getUcc')).toBe(UCC);
    expect(await page.evaluate('document.cookie')).toBe(`cello-companion=${value}`);
    await page.goto(site.url(`/?ucc=${OTHER}`));
    expect((await site.received('capture')).json).toMatchObject({ ucc: OTHER });
    await page.goto(site.url('/'));
    await call('getUcc');
    expect(await countCaptures(page, site)).toBe(1);
  });

  test('takes the newest where host and domain have a cookie each, and deletes both', async ({
    page,
    site,
    start,
    call,
    context,
  }) => {
    site.page('/', start({ timeout: 100 }));
    const at = (day: number) => encodeURIComponent(new Date(Date.now() - day * 86_400_000).toISOString());
    const { hostname } = new URL(site.url('/'));
    await context.addCookies([
      { name: 'cello-companion', value: `ucc=${OTHER}&at=${at(3)}`, url: site.subdomain('www', '/') },
      { name: 'cello-companion', value: `ucc=${UCC}&at=${at(1)}`, domain: `.${hostname}`, path: '/' },
    ]);
    await page.goto(site.subdomain('www', '/'));
    expect(await call('getUcc')).toBe(UCC);
    await call('setConsent', 'denied');
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('outlives the malformed cookies of others', async ({ page, site, start, call }) => {
    site.page(
      '/',
      `<script>document.cookie = '%E0%A4%A=%'; document.cookie = '=x'; document.cookie = 'a;b'</script>${start({ timeout: 50 })}`,
    );
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await call('getUcc')).toBe(UCC);
    await page.goto(site.url('/'));
    expect(await call('getUcc')).toBe(UCC);
  });

  test('keeps every byte of a code', async ({ page, site, start, call }) => {
    const strange = `a+b=c&d%41;e,"f"\\<ü𝄞>'`;
    site.page('/', start({ timeout: 50 }));
    await page.goto(site.url(`/?ucc=${encodeURIComponent(strange)}`));
    expect(await call('getUcc')).toBe(strange);
    await page.goto(site.url('/'));
    expect(await call('getReferral')).toMatchObject({ ucc: strange, source: 'memory' });
  });

  for (const [what, html] of [
    ['whose form hides the cookies', '<form name="cookie"></form>'],
    ['that adds to every object', '<script>Object.prototype.extend = function () {}; Date.parse = () => null</script>'],
  ] as const)
    test(`writes, reads and deletes its cookie on a page ${what}`, async ({ page, site, start, call, context }) => {
      site.page('/', html + start({ endpoint: site.endpoint, timeout: 50 }));
      await page.goto(site.url(`/?ucc=${UCC}`));
      expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
      await page.goto(site.url('/'));
      expect(await call('getReferral')).toMatchObject({ ucc: UCC, source: 'memory' });
      await call('setConsent', 'denied');
      expect(await context.cookies(site.url('/'))).toEqual([]);
    });

  test('drops a product or a name that is too long alone', async ({ page, site, start, call }) => {
    site.page('/', start({ timeout: 50 }));
    await page.goto(site.url(`/?ucc=${OTHER}`));
    await page.goto(site.url(`/?ucc=${UCC}&productId=${'p'.repeat(5000)}&celloN=${'Sm9z'.repeat(1000)}`));
    expect(await call('getReferral')).toMatchObject({ ucc: UCC, productId: null, referrerName: null });
    await page.goto(site.url('/'));
    expect(await call('getReferral')).toMatchObject({ ucc: UCC, source: 'memory' });
  });

  test('keeps the code for this host where the browser refuses the domain', async ({ page, site, start, call }) => {
    site.page('/', start({ cookieDomain: 'example.com', timeout: 50 }));
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await call('getUcc')).toBe(UCC);
    await page.goto(site.url('/'));
    expect(await call('getUcc')).toBe(UCC);
  });

  test('lets a link win over a cookie of a time to come', async ({ page, site, start, call, context }) => {
    const { hostname } = new URL(site.url('/'));
    const value = `ucc=${OTHER}&at=9999-01-01T00%3A00%3A00.000Z&manual=1`;
    await context.addCookies([{ name: 'cello-companion', value, domain: `.${hostname}`, path: '/' }]);
    site.page('/', start({ timeout: 50 }));
    await page.goto(site.subdomain('www', `/?ucc=${UCC}`));
    expect(await call('getReferral')).toMatchObject({ ucc: UCC, source: 'address' });
    await page.goto(site.subdomain('www', '/'));
    expect(await call('getReferral')).toMatchObject({ ucc: UCC, source: 'memory' });
  });
});
