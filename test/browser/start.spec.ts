import { doors, expect, test } from '../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const FORM = '<form method="post" action="/join"><input type="email" name="email"><button>Join</button></form>';

doors(() => {
  for (const [title, script] of [
    ["of Cello's is frozen", 'window.CelloAttributionCmd = Object.freeze([])'],
    ["of Cello's is read-only", "Object.defineProperty(window, 'CelloAttributionCmd', { value: 7 })"],
  ])
    test(`starts where a queue ${title}`, async ({ page, site, start, call }) => {
      site.page('/', `<script>${script}</script>${start({ timeout: 50 })}${FORM}`);
      await page.goto(site.url(LINK));
      expect(await call('getUcc')).toBe(UCC);
      await page.getByRole('button').click();
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    });

  // Each is newer than the floor, or a patch that takes it away: works right, or does nothing.
  for (const [title, script, expected] of [
    [
      'no `:is()`',
      `const { matches } = Element.prototype; Element.prototype.matches = function (selector) { if (/:is\\(/.test(selector)) throw new SyntaxError(selector); return matches.call(this, selector) }`,
      [],
    ],
    ['no WeakRef', 'delete window.WeakRef', []],
    ['no TextEncoder', 'delete window.TextEncoder', []],
    [
      'no signal for listeners',
      `const { addEventListener } = EventTarget.prototype; EventTarget.prototype.addEventListener = function (type, listener, options) { return addEventListener.call(this, type, listener, options && { capture: options.capture, passive: options.passive }) }`,
      [UCC],
    ],
    ['no Web Locks', 'delete Navigator.prototype.locks', [UCC]],
    ['no submitter', 'delete SubmitEvent.prototype.submitter', [UCC]],
  ] as const)
    test(`does right or nothing in an engine with ${title}`, async ({ page, site, start, call }) => {
      site.page('/', `<script>${script}</script>${start({ endpoint: site.endpoint, timeout: 50 })}${FORM}`);
      await page.goto(site.url(LINK));
      expect(await call('getUcc')).toBe(expected[0] ?? null);
      await page.getByRole('button').click();
      expect((await site.received('form')).values('ucc')).toEqual(expected);
      await page.waitForURL('**/join');
      await site.beat(page);
      expect(site.all('submission')).toHaveLength(expected.length);
    });

  test('leaves nothing behind where the page keeps our name for itself', async ({ page, site, start }) => {
    const own = "Object.defineProperty(window, 'CelloCompanion', { value: 'theirs' })";
    site.page('/', `<script>${own}</script>${start({ endpoint: site.endpoint })}${FORM}`);
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([]);
    await page.waitForURL('**/join');
    await site.beat(page);
    expect(site.all('submission')).toEqual([]);
  });
});

test('starts again after it was stopped, by either door', async ({ page, site, start }) => {
  site.page('/', start({ endpoint: site.endpoint, timeout: 50 }) + FORM);
  await page.goto(site.url(LINK));
  await site.received('capture');
  await page.evaluate('CelloCompanion("stop")');
  expect(await page.evaluate('typeof CelloCompanion')).toBe('undefined');
  await page.addScriptTag({ url: '/cello-companion.js?again' });
  expect(await page.evaluate('CelloCompanion("getUcc")')).toBe(UCC);
  await page.getByRole('button').click();
  expect((await site.received('form')).values('ucc')).toEqual([UCC]);
});

for (const [what, type, text] of [
  [
    'SVG image',
    'image/svg+xml',
    `<svg xmlns="http://www.w3.org/2000/svg"><script href="/cello-companion.js" data-cello-companion=""/><foreignObject><form xmlns="http://www.w3.org/1999/xhtml"><input type="email" name="email"/></form></foreignObject></svg>`,
  ],
  [
    'XML document',
    'application/xml',
    `<list><script xmlns="http://www.w3.org/1999/xhtml" src="/cello-companion.js"></script><form><input type="email" name="email"/></form></list>`,
  ],
] as const)
  test(`does nothing in an ${what}`, async ({ page, site }) => {
    site.route('/image', () => new Response(text, { headers: { 'content-type': type } }));
    await page.goto(site.url(`/image?ucc=${UCC}`));
    const field = () =>
      page.evaluate('document.querySelector("input").focus?.(), document.querySelectorAll("[name=ucc]").length');
    await page.waitForFunction('typeof CelloCompanion === "function"');
    expect(await page.evaluate('CelloCompanion("getUcc")')).toBe(null);
    expect(await field()).toBe(0);
    expect(await page.evaluate('document.cookie ?? ""')).toBe('');
  });
