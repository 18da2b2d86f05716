import { doors, expect, test } from '../site/test.js';

const UCC = 'pNRB1aYqArN';
const FORM = `<form method="post" action="/join"><label>E-mail <input type="email" name="email"></label><button>Join</button></form>`;
const LINK = `/?ucc=${UCC}`;
const STORED = '[document.cookie, localStorage.length]';

doors(() => {
  test('stores, captures and fills where consent is granted', async ({ page, site, start }) => {
    site.page('/', start({ endpoint: site.endpoint }) + FORM);
    await page.goto(site.url(LINK));
    expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
    await page.getByLabel('E-mail').focus();
    await expect(page.locator('input[name=ucc]')).toHaveValue(UCC);
    expect(await page.evaluate('document.cookie')).toContain(`ucc=${UCC}`);
  });

  test('while consent is pending fills and sends what the visitor submits, and stores nothing', async ({
    page,
    site,
    start,
  }) => {
    site.page('/', start({ endpoint: site.endpoint, consent: 'pending' }) + FORM);
    await page.goto(site.url(LINK));
    await page.getByLabel('E-mail').fill('ada@example.com');
    await expect(page.locator('input[name=ucc]')).toHaveValue(UCC);
    expect(await page.evaluate(STORED)).toEqual(['', 0]);
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({ ucc: UCC });
    await page.waitForURL('**/join');
    await site.beat(page);
    expect(site.all('capture')).toEqual([]);
  });

  test('does not read our memory while consent is pending', async ({ page, site, start, call }) => {
    site.page('/', start({ timeout: 50 }));
    site.page('/pending', start({ consent: 'pending', timeout: 100 }));
    await page.goto(site.url(LINK));
    await call('getUcc');
    await page.goto(site.url('/pending'));
    expect(await call('getUcc')).toBe(null);
    await call('setConsent', 'granted');
    expect(await call('getUcc'), 'what was kept before is still there').toBe(UCC);
  });

  test('stores and captures the code in hand when consent comes', async ({ page, site, start, call }) => {
    site.page('/', start({ endpoint: site.endpoint, consent: 'pending' }));
    await page.goto(site.url(LINK));
    await call('setConsent', 'granted');
    expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
    expect(await page.evaluate('document.cookie')).toContain(`ucc=${UCC}`);
  });

  for (const state of ['pending', 'denied'])
    test(`deletes what is stored when consent goes from granted to ${state}`, async ({ page, site, start, call }) => {
      site.breakEndpoint({ status: 503 });
      site.page('/', start({ endpoint: site.endpoint }));
      await page.goto(site.url(LINK));
      await site.received('capture');
      await page.waitForFunction('localStorage.length === 1');
      await call('setConsent', state);
      expect(await page.evaluate(STORED)).toEqual(['', 0]);
    });

  test('takes the fields back and gives no code when consent is denied', async ({ page, site, start, call }) => {
    site.page('/', `${start()}${FORM}<form><input name="email"><input type="hidden" name="ucc" value="theirs"></form>`);
    await page.goto(site.url(LINK));
    const before = await page.locator('body').innerHTML();
    await page.locator('input[name=email]').first().focus();
    await page.locator('input[name=email]').nth(1).focus();
    expect(await page.locator('input[name=ucc]').count()).toBe(2);
    await call('setConsent', 'denied');
    expect(await page.locator('body').innerHTML()).toBe(before);
    expect(await call('getUcc')).toBe(null);
    await page.getByLabel('E-mail').press('a');
    expect(await page.locator('input[name=ucc]').count()).toBe(1);
  });

  test('asks Cello nothing where consent is denied', async ({ page, site, start, call }) => {
    const asked = `<script>asked = 0; CelloAttribution = async () => { asked += 1 }</script>`;
    site.page('/', asked + start({ endpoint: site.endpoint, consent: 'denied' }) + FORM);
    await page.goto(site.url(LINK));
    expect(await call('getUcc')).toBe(null);
    expect(await call('report', { kind: 'demo' })).toEqual({ ok: false, reason: 'consent' });
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([]);
    await page.waitForURL('**/join');
    await page.goto(site.url('/'));
    expect(await page.evaluate('asked')).toBe(0);
    await site.beat(page);
    expect(site.all('capture')).toEqual([]);
    expect(site.all('submission')).toEqual([]);
  });

  test('takes Global Privacy Control for a pending consent, unless the site says otherwise', async ({
    page,
    site,
    start,
    call,
  }) => {
    const control = `<script>Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })</script>`;
    site.page('/', control + start({ timeout: 50 }));
    await page.goto(site.url(LINK));
    expect(await call('getUcc')).toBe(UCC);
    expect(await page.evaluate(STORED)).toEqual(['', 0]);
    site.page('/', control + start({ consent: 'granted', timeout: 50 }));
    await page.goto(site.url(LINK));
    expect(await call('getUcc')).toBe(UCC);
    expect(await page.evaluate('document.cookie')).toContain(UCC);
  });

  test('refuses a state it does not know', async ({ page, site, start, call }) => {
    site.page('/', start());
    await page.goto(site.url('/'));
    await expect(call('setConsent', 'maybe')).rejects.toThrow('"granted", "pending" or "denied"');
  });

  test('carries the code to the next page by a link while consent is pending', async ({ page, site, start, call }) => {
    const { host } = new URL(site.url('/'));
    site.page('/', `${start({ consent: 'pending', links: [host], timeout: 50 })}<a href="/next">Next</a>`);
    site.page('/next', start({ timeout: 50 }));
    await page.goto(site.url(LINK));
    await call('getUcc');
    await page.getByRole('link').click();
    await page.waitForURL('**/next?ucc=*');
    expect(await call('getUcc')).toBe(UCC);
    expect(await page.evaluate('document.cookie')).toContain(UCC);
  });

  test('says when a page is left with a code whose consent never came', async ({ page, site, start, call }) => {
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    site.page('/', start({ consent: 'pending', timeout: 50 }));
    await page.goto(site.url('/'));
    await call('getUcc');
    await page.evaluate(`dispatchEvent(new Event('pagehide'))`);
    expect(said.filter((text) => text.includes('never granted'))).toEqual([]);
    await page.goto(site.url(LINK));
    await call('getUcc');
    await page.evaluate(`dispatchEvent(new Event('pagehide'))`);
    await expect.poll(() => said.filter((text) => text.includes('never granted')).length).toBe(1);
  });
}, ['@one-engine']);

// A consent manager often answers before an async script is there: the stub hands its answer on.
for (const [state, stored] of [
  ['denied', false],
  ['granted', true],
] as const)
  test(`hears a consent that was ${state} before it loaded, before it stores anything`, async ({
    page,
    site,
    start,
  }) => {
    const stub = `<script>window.CelloCompanion=window.CelloCompanion||function(){var a=arguments;return new Promise(function(r,j){(CelloCompanion.q=CelloCompanion.q||[]).push([a,r,j])})}</script>`;
    const said = `<script>CelloCompanion('setConsent', '${state}')</script>`;
    site.page(
      '/',
      stub + said + start({ endpoint: site.endpoint, consent: stored ? 'pending' : 'granted', timeout: 50 }),
    );
    await page.goto(site.url(LINK));
    expect(await page.evaluate('CelloCompanion("getUcc")')).toBe(stored ? UCC : null);
    expect(`${await page.evaluate('document.cookie')}`.includes(UCC)).toBe(stored);
    await site.beat(page);
    expect(site.all('capture')).toHaveLength(stored ? 1 : 0);
  });
