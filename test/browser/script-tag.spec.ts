import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright/test';
import { expect, test } from '../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const STUB = `<script>window.CelloCompanion=window.CelloCompanion||function(){var a=arguments;return new Promise(function(r,j){(CelloCompanion.q=CelloCompanion.q||[]).push([a,r,j])})}</script>`;

const getUcc = (page: Page) => page.evaluate('CelloCompanion("getUcc")');
const listen = (page: Page): string[] => {
  const said: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('[cello-companion]')) said.push(message.text());
  });
  return said;
};

for (const [how, tag] of [
  ['async', '<script async src="/cello-companion.js" data-endpoint="/api/cello" data-timeout="50"></script>'],
  ['defer', '<script defer src="/cello-companion.js" data-endpoint="/api/cello" data-timeout="50"></script>'],
  [
    'type="module"',
    '<script type="module" src="/cello-companion.js" data-endpoint="/api/cello" data-timeout="50"></script>',
  ],
  [
    'type="module" under another name, marked',
    '<script type="module" src="/cello-companion.js?v=1" data-cello-companion data-endpoint="/api/cello" data-timeout="50"></script><script src="/x/cello-companion.js" type="text/plain"></script>',
  ],
  [
    'inserted by another script',
    `<script>const tag = document.createElement('script'); tag.src = '/cello-companion.js'; Object.assign(tag.dataset, { endpoint: '/api/cello', timeout: 50 }); document.head.append(tag)</script>`,
  ],
])
  test(`starts as a tag that is ${how}`, async ({ page, site }) => {
    site.page('/', STUB + tag);
    await page.goto(site.url(LINK));
    expect(await getUcc(page)).toBe(UCC);
    expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
  });

test('starts under the hash that is shipped beside it', async ({ page, site }) => {
  const hashes = JSON.parse(await readFile(new URL('../../dist/integrity.json', import.meta.url), 'utf8'));
  site.page(
    '/',
    `${STUB}<script async src="/cello-companion.js" integrity="${hashes['cello-companion.js']}" data-timeout="50"></script>`,
  );
  await page.goto(site.url(LINK));
  expect(await getUcc(page)).toBe(UCC);
});

test('answers calls that were made before it loaded', async ({ page, site, start }) => {
  site.page(
    '/',
    `${STUB}<script>early = CelloCompanion('getUcc'); wrong = CelloCompanion('fly').catch(String)</script>${start({ timeout: 50 })}`,
  );
  await page.goto(site.url(LINK));
  expect(await page.evaluate('early')).toBe(UCC);
  expect(await page.evaluate('wrong')).toContain('no command "fly". The commands are getUcc, getReferral, attach');
});

test('takes under 200 bytes for the stub', () => {
  expect(Buffer.byteLength(STUB.replace(/<\/?script>/g, ''))).toBeLessThan(200);
});

test('makes one global, and takes it back', async ({ page, site, start }) => {
  site.page('/', `<script>before = new Set(Reflect.ownKeys(window)); before.add('before')</script>`);
  site.page(
    '/with',
    `<script>before = new Set(Reflect.ownKeys(window)); before.add('before')</script>${start({ timeout: 50 })}`,
  );
  await page.goto(site.url('/with?ucc=test'));
  await getUcc(page);
  // `__pw…` are Playwright's own, and come at any time.
  const added = () =>
    page.evaluate("Reflect.ownKeys(window).filter((key) => !before.has(key) && !String(key).startsWith('__pw'))");
  expect(await added()).toEqual(['CelloCompanion', 'CelloAttributionCmd']);
  await page.evaluate('CelloCompanion("stop")');
  expect(await added()).toEqual(['CelloAttributionCmd']);
});

test('warns once of a bad attribute, naming it, and keeps the default', async ({ page, site }) => {
  const said = listen(page);
  site.page(
    '/',
    '<script src="/cello-companion.js" data-timeout="soon" data-forms="a[" data-consent="maybe" data-endpoint="ftp://x" data-unknown="1"></script>',
  );
  await page.goto(site.url(LINK));
  expect(await getUcc(page)).toBe(UCC);
  expect(said).toHaveLength(4);
  expect(said.join('\n')).toContain('data-timeout must be milliseconds, got "soon"');
  expect(said.join('\n')).toContain('data-forms must be "auto", "marked" or a CSS selector, got "a["');
});

test('names the nearest attribute where one of our tag is misspelled', async ({ page, site }) => {
  const said = listen(page);
  const tag = (more: string) =>
    `<script src="/cello-companion.js" data-endpont="/api/cello" links="app.example.com" data-cfasync="false" nonce="page" ${more}></script>`;
  site.page('/', tag(''));
  site.page('/debug', tag('data-debug'));
  await page.goto(site.url(LINK));
  expect(said).toEqual([
    '[cello-companion] unknown attribute data-endpont: did you mean data-endpoint?',
    '[cello-companion] unknown attribute links: did you mean data-links?',
  ]);
  await page.goto(site.url('/debug'));
  expect(said.join('\n')).toContain('unknown attribute data-cfasync');
});

test('says what does nothing on a page to whoever debugs', async ({ page, site, start }) => {
  const said = listen(page);
  site.page('/', start({ forms: '.join', links: ['app.example.com'], consent: 'pending', debug: true, timeout: 50 }));
  await page.goto(site.url('/'));
  await expect.poll(() => said.join('\n')).toContain('links: none on this page leads to app.example.com yet');
  for (const text of [
    'no endpoint: forms carry the code, and nothing is sent',
    'consent is pending: nothing is stored',
    'forms: the selector .join matches nothing on this page yet',
  ])
    expect(said.join('\n')).toContain(text);
});

test('debugs a tab from the address on', async ({ page, site, start }) => {
  const said = listen(page);
  site.page('/', start({ timeout: 50 }));
  await page.goto(site.url('/'));
  expect(said).toEqual([]);
  await page.goto(site.url('/?cello-companion=debug'));
  said.length = 0;
  await page.goto(site.url('/'));
  await expect.poll(() => said.join('\n')).toContain('no endpoint');
});

test('says nothing when all is well, and why for every form where it debugs', async ({ page, site, start }) => {
  const said = listen(page);
  const forms = '<form id="a"><input type="email"></form><form id="b" role="search"><input type="search"></form>';
  site.page('/', start({ timeout: 50 }) + forms);
  await page.goto(site.url(LINK));
  await getUcc(page);
  expect(said).toEqual([]);
  await page.goto(site.url(`${LINK}&cello-companion=debug`));
  await getUcc(page);
  expect(said.join('\n')).toContain('taken: an e-mail field');
  expect(said.join('\n')).toContain('left out: no e-mail field');
  expect(said.join('\n')).not.toContain(UCC);
});

test('lets a second tag have the companion that runs', async ({ page, site, start }) => {
  const said = listen(page);
  site.page('/', start({ endpoint: '/api/cello', timeout: 50 }));
  await page.goto(site.url(LINK));
  await site.received('capture');
  await page.addScriptTag({ url: '/cello-companion.js?again' });
  expect(await getUcc(page)).toBe(UCC);
  await site.beat(page);
  expect(site.all('capture')).toHaveLength(1);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('runs on this page already');
});

test('works under a strict policy with Trusted Types', async ({ page, site, start }) => {
  const policy = `script-src 'nonce-page' 'strict-dynamic'; connect-src 'self'; require-trusted-types-for 'script'`;
  site.page(
    '/',
    `${start({ endpoint: '/api/cello' })}<form method="post" action="/join"><input name="email"><button>Go</button></form>`,
    {
      'content-security-policy': policy,
    },
  );
  await page.goto(site.url(LINK));
  await site.received('capture');
  await page.getByRole('button').click();
  expect((await site.received('form')).values('ucc')).toEqual([UCC]);
});
