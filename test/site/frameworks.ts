/** Server-rendered pages of real frameworks, in their development and production builds. */
import { Script } from 'node:vm';
import { build } from 'esbuild';
import type { Page } from 'playwright/test';

export type Mode = 'development' | 'production';

/** A page of a framework: what its server sent, and the script that hydrates it. */
export interface Rendered {
  readonly html: string;
  readonly script: string;
}

/** One form, as a sign-up page has it; one that renders anew at each key. `problems` is what hydration complains of. */
const REACT = `
  import { createElement as h, useState } from 'react';
  import { hydrateRoot } from 'react-dom/client';
  import { renderToString } from 'react-dom/server';
  function Signup() {
    const [email, setEmail] = useState('');
    const send = (event) => { event.preventDefault(); fetch('/join', { method: 'POST', body: new FormData(event.currentTarget) }) };
    return h('main', { className: email ? 'changed' : '' }, h('form', { onSubmit: send },
      h('input', { type: 'email', name: 'email', 'aria-label': 'E-mail', autoFocus: true, value: email, onChange: (event) => setEmail(event.target.value) }),
      email && h('p', null, email), h('button', null, 'Join')));
  }
  export const render = async () => renderToString(h(Signup));
  export const hydrate = (root, onProblem) => hydrateRoot(root, h(Signup), { onRecoverableError: onProblem });
`;

const VUE = `
  import { createSSRApp, h, ref } from 'vue';
  import { renderToString } from 'vue/server-renderer';
  const create = () => createSSRApp({
    setup() {
      const email = ref('');
      const send = (event) => { event.preventDefault(); fetch('/join', { method: 'POST', body: new FormData(event.currentTarget) }) };
      return () => h('main', { class: email.value ? 'changed' : '' }, [h('form', { onSubmit: send }, [
        h('input', { type: 'email', name: 'email', 'aria-label': 'E-mail', autofocus: true, value: email.value, onInput: (event) => { email.value = event.target.value } }),
        email.value ? h('p', email.value) : null, h('button', 'Join')])]);
    },
  });
  export const render = () => renderToString(create());
  export const hydrate = (root) => create().mount(root);
`;

const FRAMEWORKS = {
  'React 18': { source: REACT, alias: { react: 'react18', 'react-dom': 'react-dom18' } },
  'React 19': { source: REACT, alias: {} },
  'Vue 3': { source: VUE, alias: {} },
};

export type Framework = keyof typeof FRAMEWORKS;
export const names: readonly Framework[] = ['React 18', 'React 19', 'Vue 3'];

async function bundle(framework: Framework, mode: Mode, conditions: string[]): Promise<string> {
  const { source, alias } = FRAMEWORKS[framework];
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'app',
    alias,
    conditions,
    mainFields: ['browser', 'module', 'main'],
    define: {
      'process.env.NODE_ENV': JSON.stringify(mode),
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
    },
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** Renders the page on the server's side. */
export async function renderPage(framework: Framework, mode: Mode): Promise<Rendered> {
  const script = await bundle(framework, mode, ['browser', 'module']);
  const { render } = new Script(`${script}; app`).runInThisContext();
  return { html: await render(), script };
}

/** HTML as the page writes it that has read it. */
export const readBack = (page: Page, html: string): Promise<string> =>
  page.evaluate((text) => {
    const element = document.createElement('div');
    element.innerHTML = text;
    return element.innerHTML;
  }, html);
