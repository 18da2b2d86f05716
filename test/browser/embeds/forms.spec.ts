// Forms that a vendor's script makes in the page: HubSpot's, old and new, and Marketo's.
import { expect, test, UCC } from './widgets.js';

const ONE = { tag: '@one-engine' };

const NEW = (id: string, more = '') =>
  `<div class="hs-form-frame" data-region="na1" data-portal-id="1" data-form-id="${id}" ${more}></div>`;
const V4 = '<script nonce="page" src="/stand-ins/hubspot-v4.js"></script>';
const LEGACY = (options = '') => `<div id="legacy"></div><script nonce="page" src="/stand-ins/hubspot-v2.js"></script>
  <script nonce="page">hbspt.forms.create({ portalId: '1', formId: 'f-1', target: '#legacy', ${options} });</script>`;
const MARKETO = '<form id="mktoForm_7"></form><script nonce="page" src="/stand-ins/marketo.js"></script>';

const FORMS = {
  'HubSpot, new editor': { html: NEW('f-1') + V4, via: 'hubspot-forms', name: '0-1/ucc', ref: 'conversion-f-1' },
  'HubSpot, legacy, values as an object': { html: LEGACY(), via: 'hubspot-forms|form', name: 'ucc', ref: null },
  'HubSpot, legacy, values as an array': {
    html: LEGACY(`shape: 'array'`),
    via: 'hubspot-forms|form',
    name: 'ucc',
    ref: null,
  },
  Marketo: { html: MARKETO, via: 'marketo', name: 'ucc', ref: null },
};

for (const [title, { html, via, name, ref }] of Object.entries(FORMS))
  for (const order of ['us first', 'the form first', 'a late code'])
    test(`${title}, ${order}: takes the code, and is one submission`, ONE, async ({ page, site, widgets }) => {
      const tag = widgets.tag({ include: 'email' });
      await widgets.open(order === 'us first' ? tag + html : html + tag, order === 'a late code' ? '/' : undefined);
      if (order === 'a late code') await widgets.learn();
      await expect.poll(() => widgets.told()).toContainEqual(['carried', via.split('|')[0], '']);
      await page.getByLabel('email').fill('ada@example.com');
      await page.getByRole('button').click();
      expect((await site.received('form')).values(name)).toEqual([UCC]);
      const { json } = await site.received('submission');
      expect(json).toMatchObject({ ucc: UCC, fields: { email: 'ada@example.com' }, via: expect.stringMatching(via) });
      if (ref) expect(json).toMatchObject({ ref });
      expect(await widgets.submissions()).toHaveLength(1);
    });

test(
  'HubSpot, new editor: fills the two forms of a page, and tells each by its own id',
  ONE,
  async ({ page, site, widgets }) => {
    await widgets.open(NEW('f-1') + NEW('f-2') + V4 + widgets.tag());
    for (const index of [1, 0]) {
      await page.getByLabel('email').nth(index).fill('ada@example.com');
      await page.getByRole('button').nth(index).click();
      expect((await site.received('form')).values('0-1/ucc')).toEqual([UCC]);
      await site.received('submission');
    }
    expect(await widgets.submissions()).toMatchObject([{ ref: 'conversion-f-2' }, { ref: 'conversion-f-1' }]);
  },
);

test(
  'HubSpot, new editor: says that the property is missing, and tells the submission all the same',
  ONE,
  async ({ page, site, widgets }) => {
    await widgets.open(widgets.tag() + NEW('f-1', 'data-fields="email"') + V4);
    await expect.poll(() => widgets.told()).toContainEqual(['failed', 'embed', expect.stringContaining('ucc')]);
    await page.getByLabel('email').fill('ada@example.com');
    await page.getByRole('button').click();
    expect((await site.received('form')).values('0-1/ucc')).toEqual([]);
    expect((await site.received('submission')).json).toMatchObject({ via: 'hubspot-forms', ucc: UCC });
  },
);

test('HubSpot, new editor: tells nothing of a submission that failed', ONE, async ({ page, site, widgets }) => {
  await widgets.open(widgets.tag() + NEW('f-1', 'data-answer="fail"') + NEW('f-2') + V4);
  for (const index of [0, 1]) {
    await page.getByLabel('email').nth(index).fill('ada@example.com');
    await page.getByRole('button').nth(index).click();
    await site.received('form');
  }
  await site.received('submission');
  expect(await widgets.submissions()).toMatchObject([{ ref: 'conversion-f-2' }]);
});

test('HubSpot, legacy: tells nothing of a form that is not on the page', ONE, async ({ page, site, widgets }) => {
  await widgets.open(widgets.tag() + LEGACY());
  await page.evaluate(() => {
    const data = { submissionValues: { email: 'mallory@example.com' } };
    for (const id of ['unknown', null, 7, {}])
      postMessage({ type: 'hsFormCallback', eventName: 'onFormSubmitted', id, data }, '*');
  });
  await page.getByLabel('email').fill('ada@example.com');
  await page.getByRole('button').click();
  await site.received('submission');
  expect(await widgets.submissions()).toHaveLength(1);
});

for (const [title, html] of Object.entries({ 'HubSpot, new editor': NEW('f-1') + V4, Marketo: MARKETO }))
  test(
    `${title}: is silent without "submit" in data-send, and takes the code`,
    ONE,
    async ({ page, site, widgets }) => {
      await widgets.open(widgets.tag({ send: 'capture' }) + html);
      await expect.poll(() => widgets.told()).toContainEqual(['carried', expect.any(String), '']);
      await page.getByLabel('email').fill('ada@example.com');
      await page.getByRole('button').click();
      await site.received('form');
      expect(await widgets.submissions()).toEqual([]);
    },
  );

test('HubSpot, new editor, marked as a sign-up: its kind is the mark’s', ONE, async ({ page, site, widgets }) => {
  await widgets.open(`${widgets.tag()}<div data-cello-companion="signup">${NEW('f-1')}</div>${V4}`);
  await page.getByLabel('email').fill('ada@example.com');
  await page.getByRole('button').click();
  expect((await site.received('submission')).json).toMatchObject({ kind: 'signup', via: 'hubspot-forms' });
});
