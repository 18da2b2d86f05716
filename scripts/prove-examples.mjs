// Each example as a stranger has it: copied into an empty folder, installed with the packed package, built, started, and walked
// in a browser, with a stand-in for Cello behind it. Writes what held into docs/evidence/examples.md.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { startCelloApi } from '../stand-ins/cello-api.mjs';
import { findEngines } from '../test/engines/engines.mjs';
import { fetchNode } from '../test/engines/nodes.mjs';
import { WALKS } from './example-walks.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');
const DOCUMENT = join(ROOT, 'docs/evidence/examples.md');
/** What the examples ask for: Nuxt and SvelteKit do not run on Node 20, and `node:sqlite` is not there. */
const NODE_MAJOR = '24';
const [LINK] = Object.keys(WALKS);

/** Where the form is, for those that do not have it on their first page. */
const FORM_PATHS = { 'vite-react': '/', 'vite-vue': '/' };

const packages = ({ dependencies, devDependencies }) =>
  Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => name !== 'cello-companion');

function pack(folder) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(
    execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  return join(folder, filename);
}

/** Runs a command of npm in an example; what it said is shown only if it fails. */
function runNpm(site, ...args) {
  const beginMs = performance.now();
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: site.folder, env: site.env, encoding: 'utf8' });
  if (status) throw new Error(`npm ${args.join(' ')}\n${stdout}${stderr}`);
  return (performance.now() - beginMs) / 1000;
}

async function findPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (origin) =>
  fetch(origin).then(
    ({ status }) => status === 200,
    () => false, // it does not listen yet
  );

/** Starts an example's server in a group of processes of its own, and gives the function that ends all of it. */
async function startServer(site, script) {
  const { origin } = site;
  const child = spawn('npm', ['run', script], {
    cwd: site.folder,
    env: site.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // ESRCH: it has ended by itself
    }
    await ended;
  };
  for (let tries = 0; tries < 600; tries++) {
    if (await answers(origin)) return { stop, read: () => output };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`npm run ${script}: nothing answers\n${output}`);
}

/** A development server builds at the first visit, and loads the page anew once it has found the packages. */
async function warmUp(browser, { origin, formPath }) {
  const page = await browser.newPage();
  for (const path of [formPath, '/', formPath]) await page.goto(origin + path, { waitUntil: 'networkidle' });
  await page.close();
}

/** Walks one server. Gives, by walk, whether it held. */
async function walk(site, mode, names) {
  const server = await startServer(site, mode);
  const browser = await chromium.launch(findEngines().chromium.launchOptions);
  const held = {};
  try {
    const formPath = FORM_PATHS[site.name] ?? '/signup';
    const visited = { ...site, browser, mode, formPath };
    if (mode === 'dev') await warmUp(browser, visited);
    for (const name of names) {
      held[name] = await WALKS[name](visited).then(
        () => true,
        (error) => {
          console.error(`${site.name}, ${mode}, ${name}: ${error.stack}\n${server.read()}`);
          return false;
        },
      );
    }
  } finally {
    await browser.close();
    await server.stop();
  }
  return held;
}

/** One example, from an empty folder. Gives its row. */
async function proveExample(name, { tarball, base, preload }) {
  const folder = join(base, name);
  cpSync(join(EXAMPLES, name), folder, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist|\.next|\.nuxt|\.output|\.svelte-kit|build)$/.test(path),
  });
  const cello = await startCelloApi({});
  const port = String(await findPort());
  const origin = `http://localhost:${port}`;
  const env = {
    ...process.env,
    PATH: [dirname(fetchNode(NODE_MAJOR)), process.env.PATH].join(delimiter),
    NEXT_TELEMETRY_DISABLED: '1',
    CELLO_ACCESS_KEY_ID: cello.accessKeyId,
    CELLO_SECRET_ACCESS_KEY: cello.secretAccessKey,
    CELLO_ENVIRONMENT: 'sandbox',
    PORT: port,
    ORIGIN: origin,
  };
  const site = { name, folder, env, cello, origin };
  try {
    const install = runNpm(site, 'install', tarball, '--no-audit', '--no-fund', '--loglevel=error');
    const build = runNpm(site, 'run', 'build');
    const led = { ...site, env: { ...env, NODE_OPTIONS: `--import=${preload}`, STAND_IN: cello.url } };
    const built = await walk(led, 'start', Object.keys(WALKS));
    const dev = await walk(led, 'dev', [LINK]);
    return { name, install, build, built, dev };
  } finally {
    await cello.close();
  }
}

/** A module that leads the address of Cello's sandbox to the stand-in, in whichever process it is loaded first. */
function writePreload(base) {
  const file = join(base, 'stand-in.mjs');
  writeFileSync(
    file,
    `const real = globalThis.fetch;
globalThis.fetch = (url, init) => real(typeof url === 'string' ? url.replace('https://api.sandbox.cello.so', process.env.STAND_IN) : url, init);
`,
  );
  return file;
}

const say = (isGood) => (isGood ? 'held' : '**failed**');

/** The rows that the document has, by example: one that was not tried this time keeps its row. */
function readRows() {
  const document = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
  const lines = [...document.matchAll(/^\| ([a-z-]+) \| .*\|$/gm)];
  return new Map(lines.map(([line, name]) => [name, line]));
}

function writeRow({ name, install, build, built, dev }) {
  const manifest = JSON.parse(readFileSync(join(EXAMPLES, name, 'package.json'), 'utf8'));
  const versions = packages(manifest).map(([one, version]) => `${one} ${version}`);
  const held = [...Object.values(built), ...Object.values(dev)].map(say);
  return `| ${[name, ...held, install.toFixed(0), build.toFixed(0), versions.join(', ')].join(' | ')} |`;
}

/** Writes the rows of what was tried into the document, and leaves the others. */
function writeEvidence(tried) {
  const rows = readRows();
  for (const row of tried) rows.set(row.name, writeRow(row));
  const columns = [...Object.keys(WALKS), `in development: ${LINK}`, 'install, s', 'build, s', 'packages'];
  const lines = listExamples().flatMap((name) => rows.get(name) ?? []);
  writeFileSync(
    DOCUMENT,
    `# The examples, walked

Written by \`npm run prove -- --only=examples\`: each folder of \`examples/\` in an empty place, installed with the packed package,
built, started, and walked in Chromium on Node ${NODE_MAJOR}, with a stand-in for Cello behind it. A walk held if the form that the
site's own server received had the code, the account was created, and Cello got exactly one \`new-signup\` of it, with the code.

| example | ${columns.join(' | ')} |
|---|${columns.map(() => '---|').join('')}
${lines.join('\n')}
`,
  );
}

const isGoodRow = ({ built, dev }) => [built, dev].every((held) => Object.values(held).every(Boolean));

/** Each folder is a site. */
const listExamples = () =>
  readdirSync(EXAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/**
 * Tries the examples.
 *
 * @param example - One of them alone; all by default.
 * @returns Whether everything held.
 */
export async function proveExamples({ example }) {
  const base = mkdtempSync(join(tmpdir(), 'cello-companion-examples-'));
  const rows = [];
  try {
    const tarball = pack(base);
    const preload = writePreload(base);
    for (const name of listExamples().filter((one) => !example || one === example)) {
      const row = await proveExample(name, { tarball, base, preload });
      rows.push(row);
      writeEvidence([row]);
      console.log(`${isGoodRow(row) ? 'ok  ' : 'FAIL'} ${name}: ${JSON.stringify(row)}`);
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
  return rows.length > 0 && rows.every(isGoodRow);
}
