/** Libraries that keep what a form says in memory of their own, and submit that: what their handler posts has the code. */
import { expect, test } from '../site/test.js';
import { type App, EMAIL, expectCode, expectTold, expectTyped, openApp, receive, typeInto, UCC } from './app.js';

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

for (const [name, app] of Object.entries(APPS)) {
  for (const field of ['hidden', 'visible'] as const)
    test(`${name}: submits the code of the author's ${field} field`, async ({ page, site, start }) => {
      await expectCode(page, site, start({ endpoint: site.endpoint, include: 'email' }), app, field);
    });

  test(`${name}: submits what a person typed into the author's field`, async ({ page, site, start }) => {
    await expectTyped(page, site, start({ endpoint: site.endpoint }), app);
  });

  test(`${name}: has our field where there is none, and the endpoint is told`, async ({ page, site, start }) => {
    await openApp(page, site, start({ endpoint: site.endpoint, include: 'email' }), app, 'none');
    await typeInto(page.getByLabel('E-mail'), EMAIL);
    expect(
      await page.locator('input[name=ucc]').evaluateAll((all) => all.map((one) => Reflect.get(one, 'value'))),
    ).toEqual([UCC]);
    await page.getByRole('button', { name: 'Join' }).click();
    expect(await receive(site)).toEqual({ email: [EMAIL], ucc: [] });
    await expectTold(site);
  });
}
