/**
 * A page in a simulated DOM, in a process of its own because it takes over the globals: as Vitest does it (members of
 * the DOM's window on Node's own global object), or as Jest does it (the code runs inside of the DOM's window).
 *
 * Prints what became of it as JSON. Usage: node simulated-dom.mjs <jsdom|happy-dom> <vitest|jest> <url>
 */
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const [, , library, runner, url = 'http://localhost:3000/?ucc=pNRB1aYqArN'] = process.argv;
const FORM = '<form id="join"><input type="email" name="email" value="ada@example.com"><button>Join</button></form>';
const HTML = `<!doctype html><html><body>${FORM}</body></html>`;

const problems = [];
process.on('unhandledRejection', (reason) => problems.push(`unhandled: ${reason}`));
process.on('uncaughtException', (error) => problems.push(`uncaught: ${error}`));

async function openWindow() {
  if (library === 'jsdom') {
    const { JSDOM, VirtualConsole } = await import('jsdom');
    const virtualConsole = new VirtualConsole();
    virtualConsole.on('jsdomError', (error) => problems.push(`jsdom: ${error.message}`));
    return new JSDOM(HTML, { url, pretendToBeVisual: true, runScripts: 'dangerously', virtualConsole }).window;
  }
  const { GlobalWindow, Window } = await import('happy-dom');
  const window = new (runner === 'vitest' ? GlobalWindow : Window)({ url });
  window.document.write(HTML);
  return window;
}

/** Every member of the window but those that Node's global object has already; methods bound to the window. */
function populateGlobal(window) {
  const keep = new Set(['console', 'process', 'global', 'globalThis', 'undefined', 'eval', 'fetch', 'performance']);
  const ours = new Set(['window', 'self', 'top', 'parent']);
  const names = new Set([
    ...Object.getOwnPropertyNames(window),
    'addEventListener',
    'removeEventListener',
    'dispatchEvent',
  ]);
  for (const name of names) {
    if (
      keep.has(name) ||
      ours.has(name) ||
      /^(Infinity|NaN|Object|Array|Promise|Map|Set|Weak.*|JSON|Math|Date|Reflect|Proxy|.*Error|Function|String|Number|Boolean|Symbol|RegExp|.*Array|.*ArrayBuffer|DataView|BigInt|Atomics|Intl|Iterator|set.*|clear.*|queueMicrotask|structuredClone)$/.test(
        name,
      )
    )
      continue;
    const value = window[name];
    const isMethod = typeof value === 'function' && !/^[A-Z]/.test(name);
    Object.defineProperty(globalThis, name, {
      configurable: true,
      writable: true,
      value: isMethod ? value.bind(window) : value,
    });
  }
  for (const name of ours)
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: globalThis });
}

const window = await openWindow();
const requests = [];
const post = async (_address, init) => {
  requests.push(JSON.parse(init.body));
  return new Response('{"status":"recorded"}', { status: 202 });
};

let companion;
try {
  if (runner === 'vitest') {
    populateGlobal(window);
    globalThis.fetch = post;
    const { start } = await import('../../dist/browser/index.js');
    companion = start({ endpoint: '/api/cello', timeout: 10 });
  } else {
    window.fetch = post;
    const entry = fileURLToPath(new URL('../../dist/browser/index.js', import.meta.url));
    const { outputFiles } = buildSync({
      stdin: { contents: `import { start } from ${JSON.stringify(entry)}; window.start = start`, resolveDir: '.' },
      bundle: true,
      write: false,
      format: 'iife',
      logLevel: 'error',
    });
    window.eval(outputFiles[0].text);
    companion = window.start({ endpoint: '/api/cello', timeout: 10 });
  }
  const ucc = await companion.getUcc();
  const form = window.document.querySelector('form');
  const input = window.document.querySelector('input');
  input.dispatchEvent(new window.Event('focusin', { bubbles: true, composed: true }));
  const field = window.document.querySelector('input[name=ucc]')?.value ?? null;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.dispatchEvent(new window.Event('submit', { bubbles: true, cancelable: true }));
  const again = window.document.querySelectorAll('input[name=ucc]').length;
  companion.stop();
  const left = window.document.querySelectorAll('input[name=ucc]').length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  const isFree = !(runner === 'vitest' ? 'CelloCompanion' in globalThis : 'CelloCompanion' in window);
  console.log(JSON.stringify({ ucc, field, again, left, isFree, sent: requests.map(({ type }) => type), problems }));
} catch (error) {
  console.log(JSON.stringify({ threw: String(error?.stack ?? error), problems }));
}
process.exit(0);
