/** A component test of a React app, in StrictMode. */
import { Component, createElement as h, StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { CelloProvider, UccField, useCompanion, useReferral, useReport, useUcc } from '../../../dist/react/index.js';
import { codes, isFree, until } from './wait.mjs';

const told = {};
const functions = new Set();
let isFirst = true;
let hasSettled = false;
let asked;

/** What an error boundary caught. */
class Boundary extends Component {
  state = {};
  static getDerivedStateFromError = (error) => ({ error });
  render = () =>
    this.state.error ? h('p', null, `${this.state.error.name}: ${this.state.error.message}`) : this.props.children;
}

function App() {
  const ucc = useUcc();
  const referral = useReferral();
  const report = useReport();
  const companion = useCompanion();
  const [state, setState] = useState('');
  functions.add(report);
  useEffect(() => {
    if (!isFirst) return;
    report({ kind: 'demo', key: 'booking-1' }).then(() => {
      hasSettled = true;
    });
    asked = companion.getUcc();
  }, [report, companion]);
  return h(
    'form',
    { action: '/join' },
    h('input', { type: 'email', name: 'email', defaultValue: 'ada@example.com' }),
    h(UccField, { onChange: (event) => setState(event.target.value) }),
    h('output', null, [ucc, referral?.source, state].join(' ')),
    h('button', { type: 'button', onClick: () => companion.setConsent('denied') }, 'Refuse'),
  );
}

const read = () => document.querySelector('output')?.textContent;

async function open(element) {
  const host = document.createElement('main');
  document.body.append(host);
  const root = createRoot(host, { onUncaughtError() {}, onCaughtError() {} });
  root.render(element);
  await until(() => host.textContent);
  return { host, close: () => root.unmount() };
}

const provide = (children, props = {}) =>
  h(Boundary, null, h(CelloProvider, { endpoint: '/api/cello', timeout: 10, ...props }, children));

window.run = async () => {
  console.error = () => undefined; // React tells of every error that a boundary has caught
  const first = await open(h(StrictMode, null, provide(h(App))));
  await until(() => hasSettled);
  told.ucc = (await asked) ?? null;
  await until(() => !told.ucc || read().endsWith('address pNRB1aYqArN'));
  isFirst = false;
  told.shown = read();
  told.codes = codes();
  told.functions = functions.size;
  first.host.querySelector('button').click();
  await until(() => !read().trim() || !told.ucc);
  told.refused = [read().trim(), ...codes()];
  first.close();
  await until(isFree);
  const second = await open(provide(h(App)));
  await until(() => codes()[0] || !told.ucc);
  told.again = codes();
  second.close();
  await until(isFree);
  told.isFree = isFree();
  told.mistakes = [];
  for (const element of [
    h(Boundary, null, h(App)),
    provide(h(App), { endpont: '/api' }),
    provide(h(App), { timeout: 'soon' }),
  ]) {
    const { host, close } = await open(element);
    await until(() => host.textContent.includes('TypeError'));
    told.mistakes.push(host.textContent);
    close();
  }
  return told;
};
