/** Any code arrives byte for byte, in every encoding that a form can have. */
import { doors, expect, test } from '../../site/test.js';

const CODES: { readonly [title: string]: string } = {
  'quotes and angle brackets': `O'Brien"&<b>&amp;`,
  'what addresses are made of': 'a=b&c=d+e%20f#g?h/i\\j;k,l',
  'letters that are no ASCII, not normalised': 'ÄéßØ-e\u0301-日本-العربية',
  '255 signs, each an emoji': '🎁'.repeat(255),
  '255 letters': 'x'.repeat(255),
  'joined and invisible signs': '👩‍👩‍👧\u200b\u00ad\ufe0f',
};

const ENCODINGS = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

doors(() => {
  for (const [title, code] of Object.entries(CODES))
    test(`brings a code unchanged: ${title}`, async ({ page, site, start }) => {
      const form = (encoding: string) =>
        `<form method="post" action="/join" enctype="${encoding}" target="${encoding}"><input type="email" name="email"></form><iframe name="${encoding}"></iframe>`;
      site.page('/', `${start()}${ENCODINGS.map(form).join('')}`);
      await page.goto(site.url(`/?ucc=${encodeURIComponent(code)}`));
      for (const [index, encoding] of ENCODINGS.entries()) {
        await page.evaluate(`document.forms[${index}].requestSubmit()`);
        expect((await site.received('form')).values('ucc'), encoding).toEqual([code]);
      }
      expect(await page.evaluate('new FormData(document.forms[0]).getAll("ucc")')).toEqual([code]);
    });

  test('lets a form encode the code as its accept-charset says', async ({ page, site, start }) => {
    site.page(
      '/',
      `${start()}<form method="post" action="/join" accept-charset="iso-8859-1"><input type="email" name="email"><button>Join</button></form>`,
    );
    await page.goto(site.url(`/?ucc=${encodeURIComponent('Zoë')}`));
    await page.getByRole('button').click();
    expect((await site.received('form')).raw.toString()).toContain('ucc=Zo%EB');
  });
});
