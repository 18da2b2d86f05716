import { readSamples } from '../docs/samples.js';
import { IMPORTS } from '../site/site.js';
import { expect, test } from '../site/test.js';

const UCC = 'pNRB1aYqArN';
const FORM = '<form method="post" action="/join"><input type="email" name="email"><button>Join</button></form>';

const [tag = ''] = readSamples('README.md', 'html');
const [npm = ''] = readSamples('README.md', 'ts');

for (const [name, head] of [
  ['script tag', tag],
  [
    'npm sample',
    `<script type="importmap">${JSON.stringify({ imports: IMPORTS.bundle })}</script><script type="module">${npm}</script>`,
  ],
])
  test(`runs the ${name} of the README as it is printed`, async ({ page, site }) => {
    site.page('/', head + FORM);
    await page.goto(site.url(`/?ucc=${UCC}`));
    expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    expect((await site.received('submission')).json).toMatchObject({ ucc: UCC });
  });

test('answers the calls that the stub of docs/script-tag.md kept, as it is printed', async ({ page, site, start }) => {
  const [, stub = ''] = readSamples('docs/script-tag.md', 'html');
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  site.page('/', stub + start({ timeout: 50 }));
  await page.goto(site.url(`/?ucc=${UCC}`));
  expect(await page.evaluate('CelloCompanion("getUcc")')).toBe(UCC);
  expect(said).toEqual([UCC]);
});
