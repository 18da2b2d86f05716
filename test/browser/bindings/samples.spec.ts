/** The samples of docs/react.md and docs/vue.md, as they are printed there. */
import type { Page } from 'playwright/test';
import { readSnippets } from '../../docs/snippets.js';
import type { Site } from '../../site/site.js';
import { expect, test } from '../../site/test.js';
import { openApp, UCC } from './bundled.js';

const BOOKING = "{ id: 'booking-1', email: 'ada@example.com' }";

/** What stands around a sample: the provider, where it has none, and the plugin. */
const showReact = (file: string, name: string, props = '') => `
  import { createRoot } from 'react-dom/client';
  import { CelloProvider } from 'cello-companion/react';
  import { ${name} } from './${file}';
  const sample = <${name} ${props} />;
  const provide = (children) =>
    <CelloProvider endpoint="/api/cello" include={['email']} ${name === 'Consent' ? 'consent="pending"' : ''}>{children}</CelloProvider>;
  createRoot(document.querySelector('#app')).render(${name === 'App' ? 'sample' : 'provide(sample)'});`;

const showVue = (file: string) => `
  import { createApp } from 'vue';
  import { celloCompanion } from 'cello-companion/vue';
  import Sample from './${file}';
  createApp(Sample, { booking: ${BOOKING} }).use(celloCompanion({ endpoint: '/api/cello', consent: 'pending' })).mount('#app');`;

const showNuxt = `
  import { createApp } from 'vue';
  import plugin from './nuxt-plugin.js';
  import App from './App.vue';
  const vueApp = createApp(App);
  plugin({ vueApp });
  vueApp.mount('#app');`;

const open = (page: Page, site: Site, document: string, main: string): Promise<void> =>
  openApp(page, site, main, { files: readSnippets(`docs/${document}`) });

const FORMS: readonly (readonly [document: string, sample: string, main: string])[] = [
  ['react.md', 'App.jsx', showReact('App.jsx', 'App')],
  ['react.md', 'Controlled.jsx', showReact('Controlled.jsx', 'Signup')],
  ['react.md', 'HookForm.jsx', showReact('HookForm.jsx', 'Signup')],
  ['react.md', 'Controller.jsx', showReact('Controller.jsx', 'Signup')],
  ['vue.md', 'main.js, App.vue', "import './main.js';"],
  ['vue.md', 'nuxt-plugin.js', showNuxt],
];

for (const [document, sample, main] of FORMS)
  test(`docs/${document}, ${sample}: submits the code, and reports it`, { tag: '@one-engine' }, async ({
    page,
    site,
  }) => {
    await open(page, site, document, main);
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByRole('button', { name: 'Join' }).click();
    const { json, values } = await site.received('form');
    expect(json ?? { email: values('email')[0], ucc: values('ucc')[0] }).toEqual({
      email: 'ada@example.com',
      ucc: UCC,
    });
    expect((await site.received('submission')).json).toMatchObject({ ucc: UCC, fields: { email: 'ada@example.com' } });
  });

for (const [document, sample, main] of [
  ['react.md', 'Booking.jsx', showReact('Booking.jsx', 'Booking', `booking={${BOOKING}}`)],
  ['vue.md', 'Booking.vue', showVue('Booking.vue')],
] as const)
  test(`docs/${document}, ${sample}: shows that there is a code, and reports once`, { tag: '@one-engine' }, async ({
    page,
    site,
  }) => {
    await open(page, site, document, main);
    if (document === 'vue.md') await page.getByRole('button', { name: 'Accept' }).click();
    await expect(page.getByText('A friend invited you.')).toBeVisible();
    await page.getByRole('button', { name: 'Book' }).click();
    expect((await site.received('submission')).json).toMatchObject({ kind: 'demo', ucc: UCC, via: 'report' });
  });

test('docs/react.md, Consent.jsx: nothing is sent before the visitor accepts', { tag: '@one-engine' }, async ({
  page,
  site,
}) => {
  await open(page, site, 'react.md', showReact('Consent.jsx', 'Consent'));
  await site.beat(page);
  expect(site.all('capture')).toEqual([]);
  await page.getByRole('button', { name: 'Accept' }).click();
  expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
});

test('no sample of the two pages is left out', () => {
  const tried = ['Booking.jsx', 'Consent.jsx', 'Booking.vue', ...FORMS.flatMap(([, sample]) => sample.split(', '))];
  const printed = ['react.md', 'vue.md'].flatMap((document) => [...readSnippets(`docs/${document}`).keys()]);
  expect(printed.sort()).toEqual(tried.sort());
});
