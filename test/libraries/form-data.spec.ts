/** Libraries that submit what stands in the form itself: the code is there once, whoever made the field. */
import { test } from '../site/test.js';
import { type App, expectCode, expectTyped, nameField } from './app.js';

const APPS: { readonly [name: string]: App } = {
  'React 19, form action': { file: 'react/action.jsx' },
  'React 19, useActionState': { file: 'react/action-state.jsx' },
  "React 19, the button's formAction": { file: 'react/button-action.jsx' },
  Conform: { file: 'react/conform.jsx' },
  'React Router, action': { file: 'react/router.jsx' },
  'Inertia for React, Form': { file: 'react/inertia.jsx', mount: 'mountPlain' },
  'Solid Router, action': { file: 'solid/action.jsx' },
  'Svelte 5, enhance': { file: 'svelte/enhanced.js' },
};

for (const [name, app] of Object.entries(APPS)) {
  for (const field of ['none', 'hidden', 'visible'] as const)
    test(`${name}: submits the code once, with ${nameField(field)}`, async ({ page, site, start }) => {
      await expectCode(page, site, start({ endpoint: site.endpoint, include: 'email' }), app, field);
    });

  test(`${name}: submits what a person typed into the author's field`, async ({ page, site, start }) => {
    await expectTyped(page, site, start({ endpoint: site.endpoint }), app);
  });
}
