import { createEndpoint, type Message, readUcc } from 'cello-companion/server';
import { doors, expect, test } from '../site/test.js';

const UCC = 'pNRB1aYqArN';
const SIGNUP = `<form method="post" action="/join">
  <label>E-mail <input type="email" name="email"></label>
  <label>Password <input type="password" name="password" autocomplete="new-password"></label>
  <button>Sign up</button>
</form>`;

doors(() => {
  test('brings the code from the link to the form handler and to the endpoint', { tag: '@every-engine' }, async ({
    page,
    site,
    start,
  }) => {
    const head = start({ endpoint: site.endpoint, include: ['email'] });
    site.page('/', `${head}<a href="/signup">Sign up</a>`);
    site.page('/signup', `${head}${SIGNUP}`);
    await page.goto(site.url(`/?ucc=${UCC}&productId=site`));
    expect((await site.received('capture')).json).toMatchObject({ v: 1, type: 'capture', ucc: UCC, page: '/' });
    // Who leaves before the answer has come sends once more on a later page: the same id, for the endpoint to tell.
    await page.waitForFunction('localStorage.length === 0');
    await page.getByRole('link').click();
    await page.waitForURL('**/signup');
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Password').fill('correct horse');
    await page.getByRole('button').click();

    const form = await site.received('form');
    expect(form.url.pathname).toBe('/join');
    expect(form.values('ucc')).toEqual([UCC]);
    const { json } = await site.received('submission');
    expect(json).toMatchObject({ ucc: UCC, page: '/signup', kind: 'signup', fields: { email: 'ada@example.com' } });
    await page.waitForURL('**/join');
    await site.beat(page);
    expect(site.all('capture')).toHaveLength(1);
    expect(site.all('submission')).toHaveLength(1);
  });

  test('adds no field, sends nothing and stores nothing for a visitor without a referral', {
    tag: '@every-engine',
  }, async ({ page, site, start }) => {
    site.page('/signup', `${start({ endpoint: site.endpoint })}${SIGNUP}`);
    await page.goto(site.url('/signup'));
    await page.getByLabel('E-mail').fill('ada@example.com');
    expect(await page.locator('input[name=ucc]').count()).toBe(0);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.getByRole('button').click();

    expect((await site.received('form')).values('ucc')).toEqual([]);
    await page.waitForURL('**/join');
    await site.beat(page);
    expect(site.all('capture')).toEqual([]);
    expect(site.all('submission')).toEqual([]);
  });

  test('is understood by the server entry', { tag: '@every-engine' }, async ({ page, site, start }) => {
    const messages: Message[] = [];
    site.answerEndpoint(createEndpoint({ onReferral: (message) => void messages.push(message) }));
    site.page('/signup', `${start({ endpoint: site.endpoint })}${SIGNUP}`);
    await page.goto(site.url(`/signup?ucc=${UCC}`));
    await page.getByRole('button').click();
    const form = await site.received('form');
    expect(readUcc(new URLSearchParams(form.raw.toString()))).toBe(UCC);
    expect(readUcc(form.headers.get('cookie'))).toBe(UCC);
    await expect
      .poll(() => messages.map(({ type, ucc }) => `${type} ${ucc}`).sort())
      .toEqual([`capture ${UCC}`, `submission ${UCC}`]);
  });

  test('answers its verbs', { tag: '@every-engine' }, async ({ page, site, start, call }) => {
    site.page('/', start());
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await call('getUcc')).toBe(UCC);
  });
});
