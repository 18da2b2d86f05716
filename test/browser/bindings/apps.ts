/** Server-rendered apps of React and Vue around the bindings, with a provider that can be taken away and put back. */
import { Script } from 'node:vm';
import { build } from 'esbuild';

export interface Rendered {
  readonly html: string;
  readonly script: string;
}

const REACT = `
  import { createElement as h, StrictMode, Suspense, useState } from 'react';
  import { hydrateRoot } from 'react-dom/client';
  import { renderToString } from 'react-dom/server';
  import { CelloProvider, UccField, useCompanion, useReport, useUcc } from './dist/react/index.js';
  const options = { endpoint: '/api/cello', include: ['email'] };
  function Signup() {
    const ucc = useUcc();
    const report = useReport();
    const { setConsent } = useCompanion();
    const [values, setValues] = useState({ email: '', ucc: '', changes: 0 });
    const set = (name) => ({ target }) => setValues((now) => ({ ...now, [name]: target.value, changes: now.changes + (name === 'ucc') }));
    const send = (event) => {
      event.preventDefault();
      fetch('/join', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(values) });
    };
    return h('form', { onSubmit: send },
      h('input', { type: 'email', name: 'email', 'aria-label': 'E-mail', value: values.email, onChange: set('email') }),
      h(UccField, { value: values.ucc, onChange: set('ucc') }),
      h('output', null, ucc ?? 'no code'),
      h('button', null, 'Join'),
      h('button', { type: 'button', onClick: () => report({ kind: 'demo', key: 'booking-1' }) }, 'Report'),
      h('button', { type: 'button', onClick: () => setConsent('denied') }, 'Refuse'));
  }
  function App() {
    const [isShown, setShown] = useState(true);
    const provider = isShown && h(CelloProvider, options, h(Suspense, null, h(Signup)));
    return h('main', null, provider, h('button', { onClick: () => setShown(!isShown) }, 'Toggle'));
  }
  const app = h(StrictMode, null, h(App));
  export const render = async () => renderToString(app);
  export const hydrate = (root, onProblem) => hydrateRoot(root, app, { onRecoverableError: onProblem });
`;

const VUE = `
  import { createSSRApp, h, reactive } from 'vue';
  import { renderToString } from 'vue/server-renderer';
  import { celloCompanion, UccField, useCompanion, useReport, useUcc } from './dist/vue/index.js';
  const App = {
    setup() {
      const ucc = useUcc();
      const report = useReport();
      const { setConsent } = useCompanion();
      const values = reactive({ email: '', ucc: '', changes: 0 });
      const send = (event) => {
        event.preventDefault();
        fetch('/join', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(values) });
      };
      const set = (value) => { values.ucc = value; values.changes += 1 };
      return () => h('main', [h('form', { onSubmit: send }, [
        h('input', { type: 'email', name: 'email', 'aria-label': 'E-mail', value: values.email, onInput: (event) => { values.email = event.target.value } }),
        h(UccField, { modelValue: values.ucc, 'onUpdate:modelValue': set }),
        h('output', ucc.value ?? 'no code'),
        h('button', 'Join'),
        h('button', { type: 'button', onClick: () => report({ kind: 'demo', key: 'booking-1' }) }, 'Report'),
        h('button', { type: 'button', onClick: () => setConsent('denied') }, 'Refuse')]),
        h('button', { onClick: () => globalThis.toggle() }, 'Toggle')]);
    },
  };
  const create = () => createSSRApp(App).use(celloCompanion({ endpoint: '/api/cello', include: ['email'] }));
  export const render = async () => renderToString(create());
  export const hydrate = (root, onProblem) => {
    let app = create();
    app.config.warnHandler = onProblem;
    app.mount(root);
    globalThis.toggle = () => {
      app.unmount();
      root.innerHTML = '<button>Toggle</button>';
      root.onclick = ({ target }) => {
        if (target.textContent !== 'Toggle') return;
        root.onclick = null;
        root.innerHTML = '';
        app = create();
        app.mount(root);
      };
      event.stopPropagation();
    };
  };
`;

const SOURCES = { react: REACT, vue: VUE };

async function bundle(contents: string, platform: 'node' | 'browser'): Promise<string> {
  const { outputFiles = [] } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'app',
    platform,
    logLevel: 'error',
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
    },
  });
  return outputFiles[0]?.text ?? '';
}

/** What the app's server sends, and the script that hydrates it. */
export async function renderApp(framework: keyof typeof SOURCES): Promise<Rendered> {
  const source = SOURCES[framework];
  const [server, script] = await Promise.all([bundle(source, 'node'), bundle(source, 'browser')]);
  const { createRequire } = await import('node:module');
  const run = new Script(`(require, process, globalThis) => { ${server}; return app }`).runInThisContext();
  const html: string = await run(createRequire(import.meta.url), process, globalThis).render();
  return { html, script };
}
