/** Widgets on real pages: what their frames were asked for, and what the endpoint heard. Stand-ins say only what vendors document. */
import type { Page } from 'playwright/test';
import type { Site } from '../../site/site.js';
import { expect, test } from '../../site/test.js';

const CODE = 'pNRB1aYqArN';

const tag = (site: Site, attributes = ''): string =>
  `<script async nonce="page" src="/cello-companion.embeds.js" data-endpoint="${site.endpoint}" ${attributes}></script>`;

/** What a frame of a vendor says when the test tells it to; it says when it is there. */
const FRAME = `<script>
  addEventListener('message', ({ data, source }) => source === parent && parent.postMessage(data, '*'));
</script><input autofocus id="inside">`;

/** What the site's frame was asked for, in order. */
const asked = (site: Site, path: string): URLSearchParams[] =>
  site
    .all('get')
    .filter(({ url }) => url.pathname === path)
    .map(({ url }) => url.searchParams);

/** Has the frame post a message to the page, which waits until it has arrived. */
const say = (page: Page, data: unknown): Promise<void> =>
  page.evaluate(async (message) => {
    const frame = document.querySelector('iframe');
    const arrived = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
    frame?.contentWindow?.postMessage(message, '*');
    await arrived;
  }, data);

const SCHEDULED = {
  event: 'calendly.event_scheduled',
  payload: { event: { uri: 'https://api.calendly.com/e/1' }, invitee: { uri: 'https://api.calendly.com/i/1' } },
};

/** Calendly's script, as far as an inline widget needs it. */
const CALENDLY = (frame: string) => `
  <div class="calendly-inline-widget" data-url="${frame}"></div>
  <script nonce="page">addEventListener('load', () => {
    const holder = document.querySelector('.calendly-inline-widget');
    const frame = document.createElement('iframe');
    frame.src = holder.dataset.url + (holder.dataset.url.includes('?') ? '&' : '?') + 'embed_domain=site';
    holder.append(frame);
  });</script>`;

test('carries the code into a Calendly widget before it loads, and tells its booking once', async ({ page, site }) => {
  site.page('/frame', FRAME);
  site.page(
    '/demo',
    `${tag(site)}<script nonce="page">document.addEventListener('cello-companion:carried', ({ detail }) => (window.embed = detail.embed));</script>
    ${CALENDLY(site.elsewhere('/frame'))}`,
  );
  await page.goto(site.url(`/demo?ucc=${CODE}`));
  await page.waitForFunction(() => document.querySelector('iframe'));
  await expect.poll(() => asked(site, '/frame').map((query) => query.get('utm_content'))).toEqual([CODE]);
  expect(await page.evaluate(() => Reflect.get(window, 'embed'))).toBe('calendly');
  await page.frameLocator('iframe').locator('#inside').waitFor();
  for (const _ of [1, 2]) await say(page, SCHEDULED);
  const { json } = await site.received('submission');
  expect(json).toMatchObject({ via: 'calendly', kind: 'demo', ref: 'https://api.calendly.com/i/1', fields: {} });
  await site.beat(page);
  expect(site.all('submission')).toHaveLength(1);
});

test('gives a frame by hand the code that comes late, without a history entry', async ({ page, site }) => {
  site.page('/frame', FRAME);
  const html = `<iframe title="Booking" data-cello-companion="demo" src="${site.elsewhere('/frame')}"></iframe>`;
  site.page('/demo', `${html}${tag(site)}<input id="outside">`);
  await page.goto(site.url('/demo'));
  const before = await page.evaluate(() => history.length);
  await page.evaluate((code) => Reflect.get(window, 'CelloCompanion')('setUcc', code), CODE);
  await expect.poll(() => asked(site, '/frame').map((query) => query.get('ucc'))).toEqual([null, CODE]);
  expect(await page.evaluate(() => history.length)).toBe(before);
});

test('tells nothing and carries nothing without consent, and says in the plain script what it needs', async ({
  page,
  site,
}) => {
  const warnings: string[] = [];
  page.on('console', (message) => void (message.type() === 'warning' && warnings.push(message.text())));
  site.page('/frame', FRAME);
  const html = `<iframe title="Booking" data-cello-companion="demo" src="${site.elsewhere('/frame')}"></iframe>`;
  site.page('/demo', html + tag(site, 'data-consent="denied"'));
  await page.goto(site.url(`/demo?ucc=${CODE}`));
  await site.beat(page);
  expect(asked(site, '/frame').map((query) => query.get('ucc'))).toEqual([null]);
  site.page('/plain', `<script async src="/cello-companion.js" data-embeds="calendly"></script>`);
  await page.goto(site.url('/plain'));
  expect(warnings.filter((text) => text.includes('cello-companion.embeds.js'))).toHaveLength(1);
});
