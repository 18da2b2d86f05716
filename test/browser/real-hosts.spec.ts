// Hosts as the web has them: names under a public suffix, and plain http that is no secure context, as `*.localhost` is.
// Only Chromium can be told where a name leads.
import { findEngines } from '../engines/engines.mjs';
import { expect, HANDLED, heard, join, LINK, test, UCC } from '../site/delivery.js';
import type { Site } from '../site/site.js';

const CHROMIUM_ONLY = '@not-firefox @not-webkit';
const TABS = 20;

// Without the one process that the other tests share: tabs see each other's storage as late as a visitor's.
test.use({
  launchOptions: {
    ...findEngines()['chromium']?.launchOptions,
    args: ['--host-resolver-rules=MAP *.test 127.0.0.1, MAP *.uk 127.0.0.1'],
  },
});

/** The same address on another host, which has the site's id in its name. */
const on = (site: Site, path: string, host: (id: string) => string): string =>
  site.url(path).replace(`${site.id}.localhost`, host(site.id));

test(`lets one of ${TABS} tabs on plain http send what all have ${CHROMIUM_ONLY}`, { tag: '@isolated' }, async ({
  page,
  context,
  site,
  start,
  tally,
}) => {
  const url = (path: string) => on(site, path, (id) => `${id}.plain.test`);
  site.page('/signup', start({ endpoint: site.endpoint, send: ['submit'] }) + HANDLED);
  await page.goto(url(LINK));
  expect(await page.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false]);
  const others = await Promise.all(Array.from({ length: TABS - 1 }, () => context.newPage()));
  for (const other of others) await other.goto(url('/signup'));
  await page.bringToFront();
  site.breakEndpoint({ status: 503, times: 1 });
  await join(page);
  await heard(page, 'failed status 503');
  site.breakEndpoint({ delayMs: 300 });
  const tabs = [page, ...others];
  await Promise.all(tabs.map((tab) => tab.evaluate(() => dispatchEvent(new Event('online')))));
  await tally.counted(1);
  for (const tab of tabs) await site.beat(tab);
  const { arrived, ...row } = tally.row(1);
  expect(row).toEqual({ sent: 1, counted: 1, lost: 0, twice: 0 });
  expect(arrived).toBeLessThanOrEqual(3); // the one that failed, the one that arrived, and at most one that was too quick
});

for (const consent of ['pending', 'granted'])
  test(`keeps a neighbour under a public suffix apart while consent is ${consent} ${CHROMIUM_ONLY}`, {
    tag: '@isolated',
  }, async ({ page, context, site, start }) => {
    const own = (path: string) => on(site, path, (id) => `a-${id}.co.uk`);
    const neighbour = on(site, '/join', (id) => `b-${id}.co.uk`);
    const form = (id: string, action: string) =>
      `<form id="${id}" method="post" action="${action}"><input type="email" name="email"><button>${id}</button></form>`;
    site.page(
      '/signup',
      start({ endpoint: site.endpoint, consent }) + form('own', '/join') + form('neighbour', neighbour),
    );
    await page.goto(own(LINK));
    await page.evaluate('CelloCompanion("getUcc")');
    for (const id of ['neighbour', 'own']) await page.locator(`#${id} [name=email]`).fill('ada@example.com');
    await expect(page.locator('#own [name=ucc]')).toHaveValue(UCC);
    await expect(page.locator('#neighbour [name=ucc]')).toHaveCount(0);
    const ours = async () =>
      (await context.cookies()).filter(({ name }) => name === 'cello-companion').map(({ domain }) => domain);
    await page.getByRole('button', { name: 'neighbour' }).click();
    expect((await site.received('form')).values('ucc')).toEqual([]);
    await expect.poll(ours).toEqual(consent === 'granted' ? [`.a-${site.id}.co.uk`] : []);
  });
