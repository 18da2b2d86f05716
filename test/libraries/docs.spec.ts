/** The samples of docs/frameworks.md, as they stand there: each one's `join` receives the code. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSnippets } from '../docs/snippets.js';
import { expect, test } from '../site/test.js';
import { EMAIL, LINK, receive, serveScript, signUp, UCC } from './app.js';
import { bundleFile } from './bundle.js';

const FOLDER = join(import.meta.dirname, '.bundles/docs');
/** The package, as the build left it. */
const PACKAGE = { 'cello-companion': join(import.meta.dirname, '../../dist/browser/index.js') };

const REACT = (file: string) => `
  import { createRoot } from 'react-dom/client';
  import { Signup } from './${file}';
  createRoot(document.querySelector('#app')).render(<Signup />);`;

/** What a page around each sample does to show it. */
const PAGES: { readonly [folder: string]: (file: string, text: string) => string } = {
  react: REACT,
  vue: (file) => `
    import { createApp } from 'vue';
    import Signup from './${file}';
    createApp(Signup).mount('#app');`,
  angular: (file) => `
    import '@angular/compiler';
    import { provideZonelessChangeDetection } from '@angular/core';
    import { bootstrapApplication } from '@angular/platform-browser';
    import { Signup } from './${file}';
    document.querySelector('#app').append(document.createElement('app-signup'));
    bootstrapApplication(Signup, { providers: [provideZonelessChangeDetection()] });`,
  svelte: (file) => `
    import { mount } from 'svelte';
    import Signup from './${file}';
    mount(Signup, { target: document.querySelector('#app') });`,
  solid: (file) => `
    import { render } from 'solid-js/web';
    import { Signup } from './${file}';
    render(Signup, document.querySelector('#app'));`,
  alpine: (_file, text) => `
    import Alpine from 'alpinejs';
    import { join } from './join.js';
    Object.assign(globalThis, { join });
    document.querySelector('#app').innerHTML = ${JSON.stringify(text)};
    Alpine.start();`,
};

const JOIN = `export const join = (values) =>
  fetch('/join', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(values) });`;

const write = (file: string, text: string) => {
  const path = join(FOLDER, file);
  mkdirSync(dirname(path), { recursive: true });
  // Whole, or not at all: another worker may be bundling the same file, and would find it empty.
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
};

const SAMPLES = [...readSnippets('docs/frameworks.md')];

test('docs/frameworks.md has samples', () => {
  expect(SAMPLES.length).toBeGreaterThan(10);
});

for (const [path, text] of SAMPLES) {
  const [folder = '', file = ''] = path.split('/');
  const show = PAGES[folder];
  test(`docs/frameworks.md, ${path}: submits the code`, async ({ page, site, start }) => {
    write(path, text);
    write(`${folder}/join.js`, JOIN);
    const main = `${folder}/${file.split('.')[0]}-page.jsx`;
    const mine = `
      import { submit } from './${file}';
      document.querySelector('form').addEventListener('submit', (event) => {
        event.preventDefault();
        submit({ email: event.target.elements.email.value });
      });`;
    write(main, show ? show(file, text) : mine);
    const script = await bundleFile(join(FOLDER, main), 'production', PACKAGE);
    const form = '<form><input type="email" name="email" aria-label="E-mail"><button>Join</button></form>';
    site.page(
      '/',
      `${show ? start({ endpoint: site.endpoint }) : form}<div id="app"></div>${serveScript(site, '/app.js', script)}`,
    );
    await page.goto(site.url(LINK));
    await signUp(page);
    expect(await receive(site)).toEqual({ email: [EMAIL], ucc: [UCC] });
    await site.received('submission');
  });
}
