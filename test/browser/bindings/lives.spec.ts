/** Components that come late, wait, go and come back: what the site's own handler receives has the code. */
import type { Page } from 'playwright/test';
import type { Site } from '../../site/site.js';
import { expect, test } from '../../site/test.js';
import { openApp, UCC } from './bundled.js';

const EMAIL = 'ada@example.com';
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** Types an address, submits, and gives what the site's own handler received. */
async function join(page: Page, site: Site, email = EMAIL): Promise<unknown> {
  await page.getByLabel('E-mail').fill(email);
  await press(page, 'Join');
  return (await site.received('form')).json;
}

const REACT = `
  import { Activity, StrictMode, Suspense, lazy, use, useState } from 'react';
  import { createRoot, hydrateRoot } from 'react-dom/client';
  import { useForm } from 'react-hook-form';
  import { CelloProvider, UccField, useUcc } from 'cello-companion/react';
  import { join } from './join.js';
  const options = { endpoint: '/api/cello', include: ['email'] };
  const root = () => createRoot(document.querySelector('#app').appendChild(document.createElement('section')));
  const Code = () => <output>{useUcc() ?? 'no code'}</output>;
  function Signup() {
    const { register, handleSubmit, reset } = useForm({ defaultValues: { email: '', ucc: '' } });
    return (
      <form onSubmit={handleSubmit(async (values) => { await join(values); reset(); })}>
        <input type="email" aria-label="E-mail" {...register('email')} />
        <UccField {...register('ucc')} />
        <button>Join</button>
      </form>
    );
  }
  function Switch({ children }) {
    const [isOn, setOn] = useState(false);
    return <>{children(isOn)}<button onClick={() => setOn(!isOn)}>Switch</button></>;
  }`;

test('React: a form that suspends at first has the code, in StrictMode', { tag: '@one-engine' }, async ({
  page,
  site,
}) => {
  await openApp(
    page,
    site,
    `${REACT}
    let resolve;
    const Late = lazy(() => new Promise((arrive) => { resolve = () => arrive({ default: Signup }); }));
    root().render(
      <StrictMode><CelloProvider {...options}>
        <Code /><button onClick={() => resolve()}>Arrive</button>
        <Suspense fallback={<p>Wait</p>}><Late /></Suspense>
      </CelloProvider></StrictMode>);`,
  );
  await expect(page.locator('output')).toHaveText(UCC);
  await press(page, 'Arrive');
  expect(await join(page, site)).toEqual({ email: EMAIL, ucc: UCC });
  expect(site.all('capture')).toHaveLength(1);
  expect(await page.evaluate('warnings')).toEqual([]);
});

test('React: a provider inside a boundary that suspends again starts once more, and the code stays', {
  tag: '@one-engine',
}, async ({ page, site }) => {
  await openApp(
    page,
    site,
    `${REACT}
    let resolve;
    const waiting = new Promise((arrive) => { resolve = arrive; });
    const Wait = () => { use(waiting); return null; };
    root().render(
      <Switch>{(isOn) =>
        <Suspense fallback={<button onClick={() => resolve()}>Arrive</button>}>
          <CelloProvider {...options}><Code /><Signup />{isOn && <Wait />}</CelloProvider>
        </Suspense>}</Switch>);`,
  );
  await expect(page.locator('output')).toHaveText(UCC);
  await press(page, 'Switch');
  await press(page, 'Arrive');
  expect(await join(page, site)).toEqual({ email: EMAIL, ucc: UCC });
  expect(site.all('capture')).toHaveLength(1);
});

test('React: what an <Activity> hides has the code when it is shown, and so has a field that comes when the code is known', {
  tag: '@one-engine',
}, async ({ page, site }) => {
  await openApp(
    page,
    site,
    `${REACT}
    root().render(
      <CelloProvider {...options}><Code />
        <Switch>{(isOn) => <Activity mode={isOn ? 'visible' : 'hidden'}><Signup /></Activity>}</Switch>
      </CelloProvider>);`,
  );
  await expect(page.locator('output')).toHaveText(UCC);
  await press(page, 'Switch');
  await expect(page.locator('[name=ucc]')).toHaveValue(UCC);
  expect(await join(page, site)).toEqual({ email: EMAIL, ucc: UCC });
  await press(page, 'Switch');
  await press(page, 'Switch');
  expect(await join(page, site, 'eve@example.com')).toEqual({ email: 'eve@example.com', ucc: UCC });
});

test('React Hook Form: a form that is reset has the code again', { tag: '@one-engine' }, async ({ page, site }) => {
  await openApp(page, site, `${REACT} root().render(<CelloProvider {...options}><Signup /></CelloProvider>);`);
  expect(await join(page, site)).toEqual({ email: EMAIL, ucc: UCC });
  await expect(page.getByLabel('E-mail')).toHaveValue('');
  expect(await join(page, site, 'eve@example.com')).toEqual({ email: 'eve@example.com', ucc: UCC });
});

for (const [state, form] of [
  ['React Hook Form', 'Signup'],
  ['its own state', 'Controlled'],
] as const)
  test(`React: a boundary that hydrates after the visitor's first use of its form has the code in ${state}`, {
    tag: '@one-engine',
  }, async ({ page, site }) => {
    await openApp(
      page,
      site,
      `${REACT}
      import { renderToString } from 'react-dom/server';
      function Controlled() {
        const [values, setValues] = useState({ email: '', ucc: '' });
        const change = ({ target }) => setValues((now) => ({ ...now, [target.name]: target.value }));
        const submit = (event) => { event.preventDefault(); join(values); };
        return (
          <form onSubmit={submit}>
            <input type="email" name="email" aria-label="E-mail" value={values.email} onChange={change} />
            <UccField value={values.ucc} onChange={change} />
            <button>Join</button>
          </form>
        );
      }
      let resolve;
      const Late = lazy(() => new Promise((arrive) => { resolve = () => arrive({ default: ${form} }); }));
      const App = ({ Form }) =>
        <CelloProvider {...options}><Code /><Suspense fallback={<p>Wait</p>}><Form /></Suspense></CelloProvider>;
      const app = document.querySelector('#app');
      app.innerHTML = renderToString(<App Form={${form}} />);
      hydrateRoot(app, <App Form={Late} />, { onRecoverableError: (error) => console.error(error) });
      globalThis.arrive = () => resolve();`,
    );
    await expect(page.locator('output')).toHaveText(UCC);
    await page.getByLabel('E-mail').focus();
    await expect(page.locator('[name=ucc]')).toHaveValue(UCC);
    await page.evaluate('arrive()');
    await expect
      .poll(() => page.locator('form').evaluate((form) => Object.keys(form).some((key) => key.startsWith('__react'))))
      .toBe(true);
    expect(await join(page, site)).toEqual({ email: EMAIL, ucc: UCC });
    expect(await page.evaluate('warnings')).toEqual([]);
  });

test('React: two providers share one companion, which stops with the second', { tag: '@one-engine' }, async ({
  page,
  site,
}) => {
  await openApp(
    page,
    site,
    `${REACT}
    const first = root();
    const second = root();
    first.render(<CelloProvider {...options}><Code /></CelloProvider>);
    second.render(<CelloProvider {...options}><Signup /></CelloProvider>);
    globalThis.close = (name) => ({ first, second })[name].unmount();`,
  );
  await expect(page.locator('output')).toHaveText(UCC);
  await page.evaluate('close("first")');
  expect(await join(page, site)).toEqual({ email: EMAIL, ucc: UCC });
  expect(site.all('capture')).toHaveLength(1);
  expect(await page.evaluate('warnings')).toEqual([expect.stringContaining('this start gets')]);
  await page.evaluate('close("second")');
  await expect.poll(() => page.evaluate('"CelloCompanion" in window')).toBe(false);
});

const VUE = `
  import { createApp, KeepAlive, Teleport, h, reactive, ref } from 'vue';
  import { celloCompanion, UccField, useCompanion, useUcc } from 'cello-companion/vue';
  import { join } from './join.js';
  const Signup = {
    setup() {
      const values = reactive({ email: '', ucc: '' });
      const submit = (event) => { event.preventDefault(); join(values); };
      return () => h('form', { onSubmit: submit }, [
        h('input', { type: 'email', name: 'email', 'aria-label': 'E-mail', value: values.email,
          onInput: ({ target }) => { values.email = target.value; } }),
        h(UccField, { modelValue: values.ucc, 'onUpdate:modelValue': (ucc) => { values.ucc = ucc; } }),
        h('output', values.ucc || 'no code'),
        h('button', 'Join'),
      ]);
    },
  };
  const Other = { render: () => h('p', 'Other') };
  const isOn = ref(true);
  const flip = () => { isOn.value = !isOn.value; };
  const show = (render, path) => createApp({ setup: () => { const { setUcc } = useCompanion(); return () => h('main', [
    render(), h('button', { onClick: flip }, 'Switch'), h('button', { onClick: () => setUcc('${UCC}') }, 'Late') ]); } })
    .use(celloCompanion({ endpoint: '/api/cello', include: ['email'], timeout: 10 })).mount('#app');`;

test('Vue: a form in <KeepAlive> has the code, also one that came while the form was away', {
  tag: '@one-engine',
}, async ({ page, site }) => {
  await openApp(page, site, `${VUE} show(() => h(KeepAlive, () => h(isOn.value ? Signup : Other)));`, { path: '/' });
  await expect(page.locator('output')).toHaveText('no code');
  await press(page, 'Switch');
  await press(page, 'Late');
  expect((await site.received('capture')).json).toMatchObject({ ucc: UCC });
  await press(page, 'Switch');
  await expect(page.locator('output')).toHaveText(UCC); // before anybody has used the form
  expect(await join(page, site)).toEqual({ email: EMAIL, ucc: UCC });
  await press(page, 'Switch');
  await press(page, 'Switch');
  expect(await join(page, site, 'eve@example.com')).toEqual({ email: 'eve@example.com', ucc: UCC });
});

test('Vue: a form in a <Teleport> has the code', { tag: '@one-engine' }, async ({ page, site }) => {
  await openApp(page, site, `${VUE} show(() => h(Teleport, { to: 'body', disabled: !isOn.value }, h(Signup)));`);
  await expect(page.locator('output')).toHaveText(UCC);
  await press(page, 'Switch'); // moves the form into the app
  expect(await join(page, site)).toEqual({ email: EMAIL, ucc: UCC });
});
