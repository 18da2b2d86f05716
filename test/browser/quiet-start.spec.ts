// A start that holds nothing up: what the page was asked for in the task in which we started, and that what was put off
// is not lost.
import type { Page } from 'playwright/test';
import { doors, expect, test } from '../site/test.js';

const UCC = 'pNRB1aYqArN';
const FORM = '<form method="post" action="/join"><input type="email" name="email"><button>Join</button></form>';
const STUB = `<script>window.CelloCompanion=window.CelloCompanion||function(){var a=arguments;return new Promise(function(r,j){(CelloCompanion.q=CelloCompanion.q||[]).push([a,r,j])})}</script>`;

/** Counts what waits for another process. `atStart`: as our tag's `load` found it, which belongs to the task that ran us. */
const COUNT = `<script>
  counts = { read: 0, write: 0, storage: 0, request: 0 };
  const count = (target, name, kinds) => {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    const copy = { ...descriptor };
    for (const key of ['get', 'set', 'value'])
      if (typeof descriptor[key] === 'function')
        copy[key] = function (...args) { counts[kinds[key]] += 1; return descriptor[key].apply(this, args); };
    Object.defineProperty(target, name, copy);
  };
  count(Document.prototype, 'cookie', { get: 'read', set: 'write' });
  for (const name of ['localStorage', 'sessionStorage']) count(window, name, { get: 'storage' });
  for (const name of ['getItem', 'setItem', 'removeItem']) count(Storage.prototype, name, { value: 'storage' });
  count(window, 'fetch', { value: 'request' });
  count(Navigator.prototype, 'sendBeacon', { value: 'request' });
  count(XMLHttpRequest.prototype, 'send', { value: 'request' });
  document.addEventListener('load', ({ target }) => { if (/companion/.test(target.src)) atStart = { ...counts } }, true);
</script>`;

/** The page never has a moment. */
const BUSY = '<script>requestIdleCallback = () => 0; cancelIdleCallback = () => undefined</script>';

const ofOurs = async (page: Page) =>
  (await page.context().cookies(page.url())).filter(({ name }) => name === 'cello-companion').length;

for (const [visitor, path, query, options] of [
  ['with a code', '/', `?ucc=${UCC}`, {}],
  ['without one', '/', '', {}],
  ['who asked through the stub', '/stub', `?ucc=${UCC}`, {}],
  ['who denied consent', '/', `?ucc=${UCC}`, { consent: 'denied' }],
] as const)
  test(`starts for a visitor ${visitor} with at most one read of the cookies`, async ({ page, site, start, call }) => {
    const tag = start({ endpoint: site.endpoint, timeout: 50, ...options });
    site.page('/', COUNT + tag + FORM);
    site.page('/stub', `${COUNT}${STUB}<script>CelloCompanion('getUcc')</script>${tag}${FORM}`);
    await page.goto(site.url(path + query));
    await call('getUcc');
    expect(await page.evaluate('atStart.read')).toBeLessThanOrEqual(1);
    expect(await page.evaluate('atStart')).toMatchObject({ write: 0, storage: 0, request: 0 });
  });

test('writes our cookie once, under the widest domain, and reads it back once', async ({ page, site, start }) => {
  site.page('/', COUNT + start({ endpoint: site.endpoint }) + FORM);
  await page.goto(site.subdomain('www', `/?ucc=${UCC}`));
  await site.received('capture');
  expect(await page.evaluate('counts.write')).toBe(1);
  const [ours] = (await page.context().cookies(page.url())).filter(({ name }) => name === 'cello-companion');
  expect(ours?.domain).toBe(`.${new URL(site.url('/')).hostname}`);
});

test('asks no storage, writes and sends nothing while the page has no moment', async ({ page, site, start }) => {
  site.page('/', BUSY + COUNT + start({ endpoint: site.endpoint, timeout: 50 }) + FORM);
  await page.goto(site.url(`/?ucc=${UCC}`));
  await site.beat(page); // one request is the test's own
  expect(await page.evaluate("new FormData(document.forms[0]).get('ucc')")).toBe(UCC);
  expect(await page.evaluate('counts')).toMatchObject({ write: 0, storage: 0, request: 1 });
});

doors(() => {
  test('loses nothing where the visitor leaves at once', { tag: '@every-engine' }, async ({
    page,
    site,
    start,
    call,
  }) => {
    site.page('/', BUSY + start({ endpoint: site.endpoint, timeout: 50 }));
    site.page('/next', start({ endpoint: site.endpoint, timeout: 50 }) + FORM);
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect(await ofOurs(page)).toBe(0);
    await page.goto(site.url('/next'));
    expect(await call('getUcc')).toBe(UCC);
    expect((await site.received('capture')).json).toMatchObject({ ucc: UCC, page: '/', source: 'address' });
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    await site.received('submission');
    expect(site.all('capture')).toHaveLength(1);
  });

  for (const [moment, act] of [
    ['a form is used', (page: Page) => page.getByRole('textbox').focus()],
    [
      'the page is hidden',
      (page: Page) =>
        page.evaluate(() => {
          Object.defineProperty(Document.prototype, 'hidden', { configurable: true, get: () => true });
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        }),
    ],
  ] as const)
    test(`stores the code and sends the capture when ${moment}, however busy the page is`, async ({
      page,
      site,
      start,
    }) => {
      site.page('/', BUSY + start({ endpoint: site.endpoint, timeout: 50 }) + FORM);
      await page.goto(site.url(`/?ucc=${UCC}`));
      await site.beat(page);
      expect(site.all('capture')).toEqual([]);
      await act(page);
      await site.received('capture');
      expect(await ofOurs(page)).toBe(1);
    });
});
