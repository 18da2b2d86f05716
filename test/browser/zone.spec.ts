import { readFileSync } from 'node:fs';
import type { Page } from 'playwright/test';
import type { Site } from '../site/site.js';
import { expect, test } from '../site/test.js';

const UCC = 'pNRB1aYqArN';
/** One age each: before listeners took a signal, the last that passes it on, and one that knows it. */
const AGES = [
  ['0.10', 'zone010/dist/zone.js'],
  ['0.13', 'zone013/bundles/zone.umd.js'],
  ['0.15', 'zone015/bundles/zone.umd.js'],
] as const;

/** A form whose handler sends it by XHR and then leaves, and one that saves itself now and then. */
const PAGE = `
  <form id="join" method="post" action="/join"><input type="email" name="email" value="ada@example.com"><button>Join</button></form>
  <form id="draft" method="post" action="/save"><input type="email" name="email" value="ada@example.com"></form>
  <button id="save">Save</button> <a href="/next">Next</a>
  <script>
    const listen = (when) => {
      if (location.hash === '#' + when) addEventListener('beforeunload', () => navigator.sendBeacon('/left', new URLSearchParams({ when })), true);
    };
    listen('first');
    document.querySelector('#join').addEventListener('submit', (event) => {
      event.preventDefault();
      const request = new XMLHttpRequest();
      request.open('POST', '/join');
      request.onload = () => { location.href = '/next' };
      request.send(new FormData(event.target));
    });
    document.querySelector('#save').addEventListener('click', () => {
      new FormData(document.querySelector('#draft'));
      listen('later');
    });
  </script>`;

for (const [age, file] of AGES) {
  const tag = age === '0.13' ? ['@one-engine'] : []; // the oldest and the newest show how an engine takes them
  const open = async (page: Page, site: Site, html: string, hash = '') => {
    const zone = readFileSync(new URL(`../../node_modules/${file}`, import.meta.url));
    site.route('/zone.js', () => new Response(zone, { headers: { 'content-type': 'text/javascript' } }));
    site.page('/', html + PAGE);
    await page.goto(site.url(`/?ucc=${UCC}${hash}`));
  };

  for (const [order, before, after] of [
    ['before', '<script src="/zone.js"></script>', ''],
    ['after', '', '<script src="/zone.js"></script>'],
  ] as const)
    test(`counts a form that is sent by XHR once under zone.js ${age}, loaded ${order} us`, { tag }, async ({
      page,
      site,
      start,
    }) => {
      const script = start({ endpoint: site.endpoint, send: ['submit'], timeout: 50 }).replace('async ', '');
      await open(page, site, before + script + after);
      await page.getByRole('button', { name: 'Join' }).click();
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
      await page.waitForURL('**/next');
      await site.beat(page);
      expect(site.all('submission')).toHaveLength(1);
    });

  // zone.js has one native listener for all of a target: ours goes alone, whether it was the first of them or a later one.
  for (const when of ['first', 'later'])
    test(`takes ours alone away under zone.js ${age}, where the page's own listener came ${when}`, { tag }, async ({
      page,
      site,
      start,
    }) => {
      const script = start({ endpoint: site.endpoint, send: ['submit'], timeout: 50 });
      await open(page, site, `<script src="/zone.js"></script>${script}`, `#${when}`);
      await page.evaluate('CelloCompanion("getUcc")');
      await page.locator('#save').click();
      // Until ours has gone, which listens for as long as a page may take to leave after a form was read.
      await page.evaluate('new Promise((resolve) => setTimeout(resolve, 300))');
      await page.evaluate('location.href = "/next"');
      await page.waitForURL('**/next');
      expect((await site.received('form')).url.pathname).toBe('/left');
      await site.beat(page);
      expect(site.all('submission')).toEqual([]);
    });
}
