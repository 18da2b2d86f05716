/** Libraries that keep what a form says in memory of their own, and submit that: what their handler posts has the code. */
import { expect, test } from '../site/test.js';
import { type App, expectTold, type Field, openApp, receive, showAgain, signUp, typeInto, UCC } from './app.js';

const APPS: { readonly [name: string]: App } = {
  'React 19, controlled inputs': { file: 'react/controlled.jsx' },
  'React Hook Form, registered': { file: 'react/hook-form.jsx' },
  'React Hook Form, controller': { file: 'react/hook-form-controller.jsx' },
  Formik: { file: 'react/formik.jsx' },
  'TanStack Form': { file: 'react/tanstack-form.jsx' },
  'Final Form': { file: 'react/final-form.jsx' },
  "Ant Design's form": { file: 'react/rc-form.jsx' },
  'Inertia for React, useForm': { file: 'react/inertia.jsx' },
  Preact: { file: 'other/preact.jsx' },
  'Vue 3, v-model': { file: 'vue/model.js' },
  'Vue 3, v-model.lazy': { file: 'vue/model-lazy.js' },
  'VeeValidate, defineField': { file: 'vue/vee-validate.js' },
  'VeeValidate, Field': { file: 'vue/vee-field.js' },
  FormKit: { file: 'vue/formkit.js' },
  'Inertia for Vue, useForm': { file: 'vue/inertia.js' },
  'Angular, reactive form, zoneless': { file: 'angular/reactive.ts' },
  'Angular, reactive form, zone.js': { file: 'angular/reactive-zone.ts' },
  'Angular, ngModel': { file: 'angular/template.ts' },
  'Svelte 5, bind': { file: 'svelte/bind.js' },
  'Solid, store': { file: 'solid/signal.jsx' },
  Alpine: { file: 'other/alpine.js' },
  Knockout: { file: 'other/knockout.js' },
  'Lit, in a shadow root': { file: 'other/lit.js' },
};

/** Inertia covers the page with an answer that is none of its own, so there the next form is on a new page. */
const isCovered = (app: App): boolean => app.file.includes('inertia');

const ADDRESSES = ['ada@example.com', 'grace@example.com', 'joan@example.com', 'mary@example.com'] as const;

for (const [name, app] of Object.entries(APPS))
  test(`${name}: submits the code of the author's field, or what a person typed there; where there is none, ours stands in the form`, async ({
    page,
    site,
    start,
  }) => {
    const [hidden, visible, typed, none] = ADDRESSES;
    const door = start({ endpoint: site.endpoint, include: 'email' });
    const show = (field: Field) =>
      isCovered(app) ? openApp(page, site, door, app, field) : showAgain(page, app, field);
    await openApp(page, site, door, app, 'hidden');
    await signUp(page, hidden);
    expect(await receive(site)).toEqual({ email: [hidden], ucc: [UCC] });
    await expectTold(site, hidden);
    await show('visible');
    await signUp(page, visible);
    expect(await receive(site)).toEqual({ email: [visible], ucc: [UCC] });
    await expectTold(site, visible);
    await show('visible');
    await typeInto(page.getByLabel('Invite code'), 'MINE-2026');
    await signUp(page, typed);
    expect(await receive(site)).toEqual({ email: [typed], ucc: ['MINE-2026'] });
    await expectTold(site, typed);
    await show('none');
    await typeInto(page.getByLabel('E-mail'), none);
    await expect(page.locator('input[name=ucc]')).toHaveValue(UCC);
    await page.getByRole('button', { name: 'Join' }).click();
    expect(await receive(site)).toEqual({ email: [none], ucc: [] });
    await expectTold(site, none);
  });
