/**
 * An app in a simulated DOM, in a process of its own, with a real endpoint: what a component test sees, without a mock.
 * Prints as JSON what became of it. Usage: node simulated-app.mjs <jsdom|happy-dom> <react18|react19|vue>
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [, , library, framework] = process.argv;
const UCC = 'pNRB1aYqArN';
const REACT_18 = { 'react-dom': 'react-dom18', react: 'react18' };

const problems = [];
const received = [];
process.on('unhandledRejection', (reason) => problems.push(`unhandled: ${reason}`));
process.on('uncaughtException', (error) => problems.push(`uncaught: ${error}`));

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.method === 'POST') received.push(JSON.parse(body));
  response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"recorded"}');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/?ucc=${UCC}`;

async function openWindow() {
  // With Node's console, as test runners do it: happy-dom's own throws at `console.timeStamp`, which React 19 calls.
  if (library === 'happy-dom') return new (await import('happy-dom')).Window({ url, console });
  const { JSDOM, VirtualConsole } = await import('jsdom');
  return new JSDOM('<!doctype html><body></body>', {
    url,
    pretendToBeVisual: true,
    runScripts: 'outside-only',
    virtualConsole: new VirtualConsole(),
  }).window;
}

const file = framework === 'vue' ? 'vue' : 'react';
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL(`apps/${file}.mjs`, import.meta.url))],
  bundle: true,
  write: false,
  format: 'iife',
  logLevel: 'error',
  alias: framework === 'react18' ? REACT_18 : {},
  define: {
    'process.env.NODE_ENV': '"development"',
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
  },
});
const window = await openWindow();
window.setImmediate = setImmediate; // Node's own, as test runners leave it: React's scheduler wants it
window.eval(outputFiles[0].text);
try {
  const told = await window.run();
  const deadlineMs = Date.now() + 15_000;
  const has = (one) => received.some(({ type }) => type === one);
  const isComplete = () => !told.ucc || (has('capture') && has('submission'));
  while (!isComplete() && Date.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 10));
  // Once refused, the code is new to the browser again: the app that is mounted after that captures it anew.
  const captured = [...new Set(received.filter(({ type }) => type === 'capture').map(({ ucc }) => ucc))];
  const submitted = received.filter(({ type }) => type === 'submission').map(({ kind, ucc }) => [kind, ucc]);
  console.log(JSON.stringify({ ...told, captured, submitted, problems }));
} catch (error) {
  console.log(JSON.stringify({ threw: String(error?.stack ?? error), problems }));
}
process.exit(0);
