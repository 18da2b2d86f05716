/**
 * Pages that a framework's own server rendered: it hydrates them without a complaint, keeps the form that the visitor has
 * before them, and submits the code, with and without a field of the author's.
 */
import { Script } from 'node:vm';
import { readBack } from '../site/frameworks.js';
import { expect, test } from '../site/test.js';
import { EMAIL, expectTold, type Field, LINK, nameField, receive, serveScript, signUp, UCC } from './app.js';
import { bundleApp, type Mode } from './bundle.js';

const REACT_18 = { react: 'react18', 'react-dom': 'react-dom18' };

interface Hydrated {
  readonly file: string;
  readonly alias?: { readonly [name: string]: string };
  /** Whether it submits what it remembers, so that without a field of the author's there is no code in it. */
  readonly isOfState: boolean;
}

const APPS: { readonly [name: string]: Hydrated } = {
  'React 18': { file: 'react/hydrated.jsx', alias: REACT_18, isOfState: true },
  'React 19': { file: 'react/hydrated.jsx', isOfState: true },
  'React 19, useActionState': { file: 'react/hydrated-action.jsx', isOfState: false },
  'Vue 3': { file: 'vue/hydrated.js', isOfState: true },
};

/** Hydrates when told to, long after we started; notes what is complained of, and that the form stayed. */
const HYDRATE = `
  problems = [];
  for (const level of ['error', 'warn']) console[level] = (...words) => problems.push(words.join(' '));
  addEventListener('error', ({ message }) => problems.push(message));
  const form = document.forms[0], email = form.elements.email;
  isKept = () => document.forms[0] === form && form.elements.email === email && form.isConnected;
  hydrate = (field) => app.hydrate(document.querySelector('#app'), field, (error) => problems.push('recoverable: ' + error.message));`;

/** What the framework's server sends. It runs in a context of its own, as a server's module does. */
async function renderApp(script: string, field: Field): Promise<string> {
  const { render } = new Script(`${script}; app`).runInThisContext();
  return render(field);
}

for (const [name, { file, alias = {}, isOfState }] of Object.entries(APPS))
  for (const mode of ['development', 'production'] as const satisfies Mode[])
    for (const field of ['none', 'hidden', 'visible'] as const)
      test(`${name} (${mode}) hydrates cleanly and submits the code, with ${nameField(field)}`, async ({
        page,
        site,
        start,
      }) => {
        const script = await bundleApp(file, mode, alias);
        const html = await renderApp(script, field);
        const tag = serveScript(site, '/app.js', script);
        const door = start({ endpoint: site.endpoint, include: 'email' });
        site.page('/', `${door}<div id="app">${html}</div>${tag}<script>${HYDRATE}</script>`);
        await page.goto(site.url(LINK));
        const sent = await readBack(page, html);
        expect(await page.locator('#app').innerHTML(), 'before it is hydrated').toBe(sent);
        await page.evaluate(
          `hydrate(${JSON.stringify(field)}); new Promise((done) => setTimeout(() => requestAnimationFrame(() => done())))`,
        );
        expect(await page.evaluate('[problems, isKept()]')).toEqual([[], true]);
        await signUp(page);
        const { email, ucc } = await receive(site);
        expect([email, ucc]).toEqual([[EMAIL], isOfState && field === 'none' ? [] : [UCC]]);
        await expectTold(site);
        expect(await page.evaluate('[problems, isKept()]')).toEqual([[], true]);
      });
