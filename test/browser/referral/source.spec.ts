import type { Page } from 'playwright/test';
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const OTHER = 'UIPIWa2Hnnr';
const cello = (switches = '') => `<script type="module" async src="/cello-attribution.js${switches}"></script>`;
/** A page's own script that answers as Cello's does: a stand-in for one answer. */
const answering = (answer: string) => `<script>CelloAttribution = async () => ${answer}</script>`;

const warnings = (page: Page): string[] => {
  const texts: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('[cello-companion]')) texts.push(message.text());
  });
  return texts;
};

doors(() => {
  test.beforeEach(({ site, start }) => {
    site.page('/', start({ timeout: 300 }));
    site.page('/other', start({ timeout: 300 }));
  });

  test('finds the code of the address that the page was opened with, after a router changed it', async ({
    page,
    site,
    start,
    call,
  }) => {
    site.page('/', `<script>history.replaceState(null, '', '/')</script>${start({ timeout: 300 })}`);
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await call('getUcc')).toBe(UCC);
    expect(page.url()).toBe(site.url('/'));
  });

  test('knows product and referrer of the link', async ({ page, site, call }) => {
    await page.goto(site.url(`/?ucc=${UCC}&productId=site&celloN=Sm9zw6k`));
    const referral = await call('getReferral');
    expect(referral).toEqual({ ucc: UCC, source: 'address', productId: 'site', referrerName: 'José' });
    await page.goto(site.url('/other'));
    const later = await call('getReferral');
    expect(later, 'the name is never stored').toEqual({
      ucc: UCC,
      source: 'memory',
      productId: 'site',
      referrerName: null,
    });
  });

  test('drops a malformed code with one warning that does not print it', async ({ page, site, call }) => {
    const said = warnings(page);
    await page.goto(site.url('/?ucc=two%20words'));
    expect(await call('getUcc')).toBe(null);
    expect(await call('getUcc')).toBe(null);
    expect(said).toHaveLength(1);
    expect(said[0]).not.toContain('two');
  });

  test('prefers what Cello answers to the address', async ({ page, site, start, call }) => {
    site.page('/', answering(`'${OTHER}'`) + start());
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await call('getReferral')).toMatchObject({ ucc: OTHER, source: 'cello' });
  });

  test('waits for Cello no longer than its time, and takes a later answer all the same', async ({
    page,
    site,
    start,
    call,
  }) => {
    site.page(
      '/',
      `<script>CelloAttribution = () => new Promise((r) => { answer = r })</script>${start({ timeout: 200 })}`,
    );
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await call('getUcc')).toBe(UCC);
    await page.evaluate(`answer('${OTHER}')`);
    expect(await call('getReferral')).toMatchObject({ ucc: OTHER, source: 'cello' });
  });

  test("asks through Cello's queue and leaves its function undefined", async ({ page, site, call }) => {
    await page.goto(site.url('/'));
    expect(await call('getUcc')).toBe(null);
    expect(await page.evaluate('typeof CelloAttribution')).toBe('undefined');
    expect(await page.evaluate('CelloAttributionCmd.map(({ command, args }) => [command, args])')).toEqual([
      ['getUcc', []],
    ]);
    await page.evaluate(`CelloAttributionCmd[0].resolve('${UCC}')`);
    expect(await call('getReferral')).toMatchObject({ ucc: UCC, source: 'cello' });
  });

  test('takes the code that a route change brings, and asks Cello again', async ({ page, site, start, call }) => {
    site.page('/', `<script>asked = 0; CelloAttribution = async () => (asked += 1, '${UCC}')</script>${start()}`);
    await page.goto(site.url('/'));
    expect(await call('getUcc')).toBe(UCC);
    await page.evaluate(`history.pushState(null, '', '/?ucc=${OTHER}')`);
    expect(await call('getReferral'), 'the same answer as before is older').toMatchObject({ ucc: OTHER });
    expect(await page.evaluate('asked')).toBe(2);
    await page.evaluate(`history.pushState(null, '', '/plain')`);
    expect(await call('getUcc')).toBe(OTHER);
  });

  test("lets the newest of memory and Cello's cookie win", async ({ page, site, call }) => {
    await page.goto(site.url(`/?ucc=${UCC}`));
    await call('getUcc');
    await page.goto(site.url('/other'));
    expect(await call('getReferral')).toMatchObject({ ucc: UCC, source: 'memory' });
    await page.evaluate(`document.cookie = 'cello-referral=${OTHER}; path=/'`);
    expect(await call('getReferral'), "Cello's cookie is newer").toMatchObject({ ucc: OTHER, source: 'cookie' });
    await page.evaluate(`document.cookie = 'cello-referral=; path=/; max-age=0'`);
    expect(await call('getUcc'), 'what was won is remembered').toBe(OTHER);
  });

  // Cello documents plain text: https://docs.cello.so/landing-pages/manage-cookies
  test("takes Cello's cookie as it stands there, percent signs and all", async ({ page, site, call, context }) => {
    await context.addCookies([{ name: 'cello-referral', value: 'a%41%2Bb', url: site.url('/') }]);
    await page.goto(site.url('/'));
    expect(await call('getReferral')).toMatchObject({ ucc: 'a%41%2Bb', source: 'cookie' });
  });

  test("takes the product from Cello's cookie with its code", async ({ page, site, call, context }) => {
    await context.addCookies(
      [
        ['cello-referral', UCC],
        ['cello-productId', 'site'],
        ['broken', '%E0%A4%A'],
      ].map(([name = '', value = '']) => ({ name, value, url: site.url('/') })),
    );
    await page.goto(site.url('/'));
    expect(await call('getReferral')).toMatchObject({ ucc: UCC, source: 'cookie', productId: 'site' });
  });

  test('holds a code that was set by hand until a newer link comes', async ({ page, site, start, call, context }) => {
    await context.addCookies([{ name: 'cello-referral', value: UCC, url: site.url('/') }]);
    site.page('/', answering(`'${UCC}'`) + start());
    await page.goto(site.url('/'));
    expect(await call('setUcc', OTHER)).toMatchObject({ ucc: OTHER, source: 'manual' });
    expect(await call('getReferral')).toMatchObject({ ucc: OTHER, source: 'manual' });
    await page.goto(site.url('/'));
    expect(await call('getUcc'), 'Cello says what it said before').toBe(OTHER);
    await page.goto(site.url('/other?ucc=A1B2C'));
    expect(await call('getUcc')).toBe('A1B2C');
  });

  test('refuses a malformed code that is set by hand', async ({ page, site, call }) => {
    await page.goto(site.url('/'));
    await expect(call('setUcc', 'two words')).rejects.toThrow('[cello-companion] a code must be 1 to 255 characters');
    expect(await call('getUcc')).toBe(null);
  });

  test('forgets a code until a page is opened anew by a link', async ({ page, site, start, call, context }) => {
    site.page('/', answering(`'${UCC}'`) + start({ timeout: 300 }));
    await context.addCookies([{ name: 'cello-referral', value: UCC, url: site.url('/') }]);
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await call('getUcc')).toBe(UCC);
    await call('forget');
    expect(await call('getUcc')).toBe(null);
    await page.reload();
    expect(await call('getUcc'), 'a reload is no new link').toBe(null);
    await page.goto(site.url('/other'));
    expect(await call('getUcc'), "nor is Cello's cookie").toBe(null);
    const cookies = await context.cookies(site.url('/'));
    expect(cookies.find(({ name }) => name === 'cello-referral')?.value).toBe(UCC);
    expect(cookies.find(({ name }) => name === 'cello-companion')?.value).not.toContain(UCC);
    await page.goto(site.url(`/?ucc=${UCC}&again`));
    expect(await call('getUcc')).toBe(UCC);
  });

  test('tells the page of each code it finds', async ({ page, site, start, call }) => {
    const listen = `<script>told = []; document.addEventListener('cello-companion:referral', ({ detail }) => told.push(detail))</script>`;
    site.page('/', `${listen}${start({ timeout: 300 })}${cello('?late=100&field=off')}`);
    await page.goto(site.url(`/?ucc=${UCC}`));
    await call('getUcc');
    await page.evaluate(`history.pushState(null, '', '/?ucc=${OTHER}')`);
    await call('getUcc');
    expect(await page.evaluate('told.map(({ ucc }) => ucc)')).toEqual([UCC, OTHER]);
  });
}, ['@one-engine']);
