// What a start costs the page, side by side in one run: ours, a small injector, and sourcebuster from npm, which reads a
// visit's source and writes cookies. Each is inserted into a loaded page with forms, so that parsing and compiling count
// and the network does not. Writes the figures into docs/evidence/performance.md.
//
//   npm run bench:start -- --rounds=15 --engines=chromium
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import playwright from 'playwright';
import { findEngines } from '../test/engines/engines.mjs';
import { fillIn } from './playwright.mjs';

const DOCUMENT = new URL('../docs/evidence/performance.md', import.meta.url);
const FORMS = [1, 100, 1000];
const CODE = '?ucc=pNRB1aYqArN';

/** One cookie, one hidden field a form, and one observer: what a site would write for itself. */
const INJECTOR = `(() => {
  const ucc = new URLSearchParams(location.search).get('ucc') || (/(?:^|; )injector=([^;]*)/.exec(document.cookie) || [])[1];
  if (!ucc) return;
  document.cookie = 'injector=' + encodeURIComponent(ucc) + '; path=/; max-age=7776000; samesite=lax';
  const fill = (form) => {
    if (form.querySelector('[name=ucc]')) return;
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'ucc', value: ucc }));
  };
  new MutationObserver((records) => {
    for (const { addedNodes } of records)
      for (const node of addedNodes)
        if (node instanceof Element) (node.matches('form') ? [node] : node.querySelectorAll('form')).forEach(fill);
  }).observe(document.documentElement, { childList: true, subtree: true });
  document.querySelectorAll('form').forEach(fill);
})()`;

/** Installed for this run alone: nothing else needs it. */
function readSourcebuster() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', 'sourcebuster@1.1.0'];
  try {
    execFileSync('npm', args, { stdio: 'ignore', shell: process.platform === 'win32' });
    return `${readFileSync(join(folder, 'node_modules/sourcebuster/dist/sourcebuster.min.js'), 'utf8')};sbjs.init()`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SCRIPTS = {
  ours: readFileSync(new URL('../dist/cello-companion.js', import.meta.url), 'utf8'),
  injector: INJECTOR,
  sourcebuster: readSourcebuster(),
};

/** Inserts a script. Gives milliseconds: its task, and until the data of every form was read; and whether that had the code. */
const measure = (code) => {
  const tag = document.createElement('script');
  tag.dataset.endpoint = '/api/cello';
  tag.textContent = code;
  const from = performance.now();
  document.head.append(tag);
  const task = performance.now() - from;
  const isServed = [...document.forms].map((form) => new FormData(form).has('ucc')).every(Boolean);
  return { task, forms: performance.now() - from, isServed };
};

const { values } = parseArgs({ options: { rounds: { type: 'string' }, engines: { type: 'string' } } });
const rounds = Number(values.rounds ?? 15);

const sort = (numbers) => [...numbers].sort((a, b) => a - b);
const median = (numbers) => sort(numbers)[Math.floor(numbers.length / 2)];
const show = (ms) => ms.toFixed(ms < 10 ? 1 : 0);
const showBoth = (numbers = []) => (numbers.length ? `${show(median(numbers))} / ${show(Math.min(...numbers))}` : '');

async function startServer() {
  const form = '<form method="post" action="/join"><input type="email" name="email"><button>Join</button></form>';
  const server = createServer(({ url, method }, response) => {
    const { searchParams } = new URL(url, 'http://localhost');
    response.writeHead(method === 'POST' ? 202 : 200, { 'content-type': 'text/html' });
    response.end(
      method === 'POST'
        ? '{"status":"recorded"}'
        : `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>Bench</title><body>${form.repeat(Number(searchParams.get('forms')))}`,
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Every script on every page, in turn, so that what else the machine does falls on all alike. */
async function measureRound(page, prefix, port, add) {
  for (const query of [CODE, '?'])
    for (const forms of query === CODE ? FORMS : [1])
      for (const [name, code] of Object.entries(SCRIPTS)) {
        await page.goto(
          `http://${prefix}-${name}-${forms}${query === CODE ? '' : '-none'}.localhost:${port}/${query}&forms=${forms}`,
        );
        const { task, forms: ms, isServed } = await page.evaluate(measure, code);
        if (isServed !== (query === CODE && name !== 'sourcebuster'))
          throw new Error(`${name}, ${forms} forms: ${isServed}`);
        if (forms === 1) add(`${query === CODE ? 'with' : 'without'} a code`, name, task);
        if (isServed) add(`${forms} forms`, name, ms);
      }
}

async function measureEngine(label, use, slowdown, port) {
  const browser = await playwright[use.browserName].launch({ channel: use.channel, ...use.launchOptions });
  const page = await (await browser.newContext()).newPage();
  if (slowdown > 1)
    await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  const times = new Map();
  const add = (row, name, ms) => times.set(`${row}|${name}`, [...(times.get(`${row}|${name}`) ?? []), ms]);
  // The first round is the browser's own start.
  for (let round = 0; round <= rounds; round += 1)
    await measureRound(page, `${use.browserName}${slowdown}r${round}`, port, round ? add : () => undefined);
  await browser.close();
  console.log(label);
  return { label, get: (row, name) => times.get(`${row}|${name}`) };
}

const ROWS = ['without a code', 'with a code', ...FORMS.map((forms) => `${forms} forms`)];

const describe = ({ label, get }) =>
  ROWS.map(
    (row) =>
      `| ${label} | ${row} | ${Object.keys(SCRIPTS)
        .map((name) => showBoth(get(row, name)))
        .join(' | ')} |`,
  ).join('\n');

/** How many times the injector's median each of our medians may be. */
const GOALS = { 'without a code': 0.5, 'with a code': 1.5, '1 forms': 1, '100 forms': 1, '1000 forms': 1 };

const judge = ({ label, get }) =>
  Object.entries(GOALS).map(([row, goal]) => {
    const basis = row === 'without a code' ? 'with a code' : row;
    const times = median(get(row, 'ours')) / median(get(basis, 'injector'));
    return `| ${label} | ${row} | ${goal} | ${times.toFixed(1)} | ${times <= goal ? 'yes' : '**no**'} |`;
  });

const wanted = values.engines?.split(',');
const server = await startServer();
const { port } = server.address();
const results = [];
for (const [name, use] of Object.entries(findEngines())) {
  if (wanted && !wanted.includes(name)) continue;
  results.push(await measureEngine(name, use, 1, port));
  if (name === 'chromium') results.push(await measureEngine('chromium, 4 times slower', use, 4, port));
}
server.closeAllConnections();
server.close();

const text = `${rounds} rounds in turn on ${cpus().length} cores (${cpus()[0]?.model.trim()}); median / least, in milliseconds.

| engine | | ours | injector | sourcebuster 1.1.0 |
|---|---|--:|--:|--:|
${results.map(describe).join('\n')}

| engine | our median beside the injector's, with a code | goal | measured | met |
|---|---|--:|--:|---|
${results.flatMap(judge).join('\n')}`;
writeFileSync(DOCUMENT, fillIn(readFileSync(DOCUMENT, 'utf8'), 'start', text));
console.log(text);
