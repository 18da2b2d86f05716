/** Whatever is in a form already: contract section 6, by what the form's handler received. */
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const form = (inside: string) =>
  `<form method="post" action="/join"><input type="email" name="email" value="ada@example.com" aria-label="E-mail">${inside}<button>Join</button></form>`;

interface Case {
  /** What stands in the form. */
  readonly has: string;
  /** What a person does there before the submission. */
  readonly does?: string;
  /** What arrives under the name `ucc`. */
  readonly arrives: readonly string[];
  /** How many fields of that name the form has after the first use. */
  readonly count: number;
}

const type = (text: string) =>
  `const field = document.querySelector('[type=text]'); field.value = '${text}'; field.dispatchEvent(new Event('input', { bubbles: true }));`;

const CASES: { readonly [title: string]: Case } = {
  'nothing of that name: ours': { has: '', arrives: [UCC], count: 1 },
  "the author's hidden field, empty: the code": { has: '<input type="hidden" name="ucc">', arrives: [UCC], count: 1 },
  "the author's hidden field, preset: the code": {
    has: '<input type="hidden" name="ucc" value="preset">',
    arrives: [UCC],
    count: 1,
  },
  'two hidden fields: both hold it, one arrives': {
    has: '<input type="HIDDEN" name="ucc"><input type="hidden" name="ucc" value="preset">',
    arrives: [UCC],
    count: 2,
  },
  'a hidden field elsewhere that names the form: the code': {
    has: '</form><input type="hidden" name="ucc" form="join">',
    arrives: [UCC],
    count: 1,
  },
  'a visible field, empty and untouched: the code': { has: '<input type="text" name="ucc">', arrives: [UCC], count: 1 },
  'a text area, empty and untouched: the code': { has: '<textarea name="ucc"></textarea>', arrives: [UCC], count: 1 },
  'a visible field that the author filled: left alone': {
    has: '<input type="text" name="ucc" value="theirs">',
    arrives: ['theirs'],
    count: 1,
  },
  'a visible field that a person typed in: left alone': {
    has: '<input type="text" name="ucc">',
    does: type('typed'),
    arrives: ['typed'],
    count: 1,
  },
  'a visible field that a person emptied: left empty': {
    has: '<input type="text" name="ucc" value="x">',
    does: type(''),
    arrives: [''],
    count: 1,
  },
  'a visible field that is reset after a person typed in it: the code': {
    has: '<input type="text" name="ucc">',
    does: `${type('typed')} document.querySelector('form').reset();`,
    arrives: [UCC],
    count: 1,
  },
  'two visible fields, untouched: one arrives': {
    has: '<input type="text" name="ucc"><input type="text" name="ucc">',
    arrives: [UCC],
    count: 2,
  },
  'two visible fields, one of them typed in: what was typed arrives, once': {
    has: '<input type="text" name="ucc"><input type="text" name="ucc">',
    does: type('typed'),
    arrives: ['typed'],
    count: 2,
  },
  'a hidden field beside one that a person typed in: what was typed arrives, once': {
    has: '<input type="hidden" name="ucc"><input type="text" name="ucc">',
    does: type('typed'),
    arrives: ['typed'],
    count: 2,
  },
  'radio buttons: left alone': {
    has: '<input type="radio" name="ucc" value="a"><input type="radio" name="ucc" value="b" checked>',
    arrives: ['b'],
    count: 2,
  },
  'check boxes, none of them checked: left alone': {
    has: '<input type="checkbox" name="ucc" value="a"><input type="checkbox" name="ucc" value="b">',
    arrives: [],
    count: 2,
  },
  'a select: left alone': { has: '<select name="ucc"><option>a<option selected>b</select>', arrives: ['b'], count: 1 },
  'a number, which takes no text: our field cannot stand beside it, its data has the code': {
    has: '<input type="number" name="ucc">',
    arrives: [UCC],
    count: 1,
  },
  'a disabled field: counts as absent': { has: '<input type="text" name="ucc" disabled>', arrives: [UCC], count: 2 },
  'a field in a disabled fieldset: counts as absent': {
    has: '<fieldset disabled><input type="hidden" name="ucc" value="theirs"></fieldset>',
    arrives: [UCC],
    count: 2,
  },
  'a fieldset and a button of that name: no fields': {
    has: '<fieldset name="ucc"></fieldset><button type="button" name="ucc" value="x"></button>',
    arrives: [UCC],
    count: 3,
  },
};

doors(() => {
  for (const [title, { has, does = '', arrives, count }] of Object.entries(CASES))
    test(`fills what is there: ${title}`, async ({ page, site, start, call }) => {
      site.page('/', start() + form(has).replace('<form', '<form id="join"'));
      await page.goto(site.url(LINK));
      const before = await page.locator('body').innerHTML();
      await page.evaluate(does);
      await page.evaluate('document.querySelector("[name=email]").focus()');
      expect(await page.locator('[name=ucc]').count()).toBe(count);
      expect(await page.evaluate('new FormData(document.forms[0]).getAll("ucc")'), 'as data').toEqual(arrives);
      await call('stop');
      expect(await page.locator('body').innerHTML(), 'after stop()').toBe(before);
    });

  for (const title of Object.keys(CASES).filter((name) => /preset|typed|disabled|nothing|number/.test(name)))
    test(`sends what is there: ${title}`, async ({ page, site, start }) => {
      const { has, does = '', arrives } = CASES[title] ?? { has: '', arrives: [] };
      site.page('/', start() + form(has).replace('<form', '<form id="join"'));
      await page.goto(site.url(LINK));
      await page.evaluate(does);
      await page.evaluate('document.forms[0].requestSubmit()');
      expect((await site.received('form')).values('ucc')).toEqual(arrives);
      await page.waitForURL('**/join');
    });

  test("takes ours away when the page's own field comes", async ({ page, site, start }) => {
    site.page('/', start() + form(''));
    await page.goto(site.url(LINK));
    await page.getByLabel('E-mail').focus();
    await page.evaluate(
      `document.forms[0].insertAdjacentHTML('afterbegin', '<input type="text" name="ucc" value="theirs">')`,
    );
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual(['theirs']);
  });

  for (const [title, tag] of Object.entries({ before: '?ours', after: '?late=400&ours' }))
    test(`keeps one field beside Cello's own, which comes ${title} ours`, async ({ page, site, start }) => {
      site.page('/', `${start()}${form('')}<script async src="/cello-attribution.js${tag}"></script>`);
      await page.goto(site.url(LINK));
      await page.getByLabel('E-mail').focus();
      await page.waitForFunction('typeof CelloAttribution === "function"');
      await page.evaluate('CelloAttribution("attachAll")');
      expect(await page.evaluate('new FormData(document.forms[0]).getAll("ucc")')).toEqual([UCC]);
      await page.getByRole('button').click();
      expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    });

  test('fills a form that stands in a disabled fieldset, where every field is disabled', async ({
    page,
    site,
    start,
  }) => {
    site.page('/', `${start()}<fieldset disabled>${form('')}</fieldset>`);
    await page.goto(site.url(LINK));
    expect(await page.evaluate('new FormData(document.forms[0]).getAll("ucc")')).toEqual([UCC]);
  });

  test('uses the name that the site chose', async ({ page, site, start }) => {
    site.page('/', start({ field: 'meta[referral code]' }) + form('<input type="hidden" name="ucc" value="theirs">'));
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    const received = await site.received('form');
    expect(received.values('meta[referral code]')).toEqual([UCC]);
    expect(received.values('ucc')).toEqual(['theirs']);
  });
}, ['@one-engine']);
