// The packed package in empty projects: as a stranger installs it, and as each kind of project loads it.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { startCelloApi } from '../stand-ins/cello-api.mjs';
import { findEngines } from '../test/engines/engines.mjs';
import { fetchNode } from '../test/engines/nodes.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const UCC = 'pNRB1aYqArN';
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The first fenced block of a language in the README. */
const sample = (language) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(README)?.[1] ?? '';

const npm = (folder, ...args) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });

/** An empty project with the package installed, and files by name. */
function createProject(tarball, { type = 'module', packages = [], files = {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'cello-companion-project-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type }));
  npm(folder, 'install', tarball, ...packages);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The exact releases that are tried. */
const VERSIONS = { vite: 'vite@7', vitest: 'vitest@3', jest: 'jest@30', typescript: 'typescript@5.9' };

const TYPED = `import { start, type Companion } from 'cello-companion';
import { createCello, readUcc } from 'cello-companion/server';
const companion: Companion = start({ endpoint: '/api/cello' });
companion.getUcc().then((ucc: string | null) => console.log(ucc, readUcc({ ucc: 'x' }), createCello.length));
`;
const CALL = "const told = s.readUcc({ ucc: 'pNRB1aYqArN' }); if (told !== 'pNRB1aYqArN') throw new Error(told);";
const SPEC =
  "test('a code', async () => { expect(readUcc({ ucc: 'x' })).toBe('x'); expect(await start().getUcc()).toBe(null); });";
const IMPORTS = "import { start } from 'cello-companion'; import { readUcc } from 'cello-companion/server';";

/** Each kind of project: what it has, and the command that must succeed. */
const PROJECTS = {
  'Node, ESM': {
    files: { 'a.mjs': `import * as s from 'cello-companion/server'; ${CALL}` },
    run: (node) => [node, 'a.mjs'],
  },
  'Node, CommonJS': {
    type: 'commonjs',
    files: { 'a.js': `const s = require('cello-companion/server'); ${CALL}` },
    run: (node) => [node, '--no-warnings', 'a.js'],
  },
  'TypeScript, node16 and bundler': {
    packages: [VERSIONS.typescript],
    files: { 'a.ts': TYPED },
    run: (node) => [
      node,
      '-e',
      `const { execFileSync } = require('node:child_process');
       for (const [module, resolution] of [['node16', 'node16'], ['esnext', 'bundler']])
         execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom', '--module', module, '--moduleResolution', resolution, 'a.ts'], { stdio: 'inherit' });`,
    ],
  },
  Vite: {
    packages: [VERSIONS.vite],
    files: {
      'index.html': '<script type="module" src="/a.js"></script>',
      'a.js': "import { start } from 'cello-companion'; start({ endpoint: '/api/cello' });",
    },
    run: (node) => [node, 'node_modules/vite/bin/vite.js', 'build'],
  },
  Vitest: {
    packages: [VERSIONS.vitest],
    files: { 'a.test.js': `import { expect, test } from 'vitest'; ${IMPORTS} ${SPEC}` },
    run: (node) => [node, 'node_modules/vitest/vitest.mjs', 'run'],
  },
  'Jest, ESM': {
    packages: [VERSIONS.jest],
    files: { 'a.test.js': `${IMPORTS} ${SPEC}` },
    run: (node) => [node, '--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'],
  },
};

/** Runs every kind of project, and gives a row of the table for each. */
function proveProjects(tarball, nodes) {
  return Object.entries(PROJECTS).map(([name, { run, ...project }]) => {
    const folder = createProject(tarball, project);
    const works = nodes.map((node) => {
      const [command, ...args] = run(node);
      const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
      if (status) console.error(`${name}, ${node}:\n${stdout}${stderr}`);
      return status === 0;
    });
    rmSync(folder, { recursive: true, force: true });
    console.log(`${works.every(Boolean) ? 'ok  ' : 'FAIL'} ${name}`);
    return { name, works };
  });
}

const reach = async (url) => {
  for (let tries = 0; tries < 600; tries++) {
    if (await fetch(url).catch(() => null)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens at ${url}`);
};

/**
 * A stranger's way from an empty folder to the code at Cello: the README's server as it is printed, which serves the page that has
 * the README's tag, and the file that `copy` put there.
 */
async function walk(tarball) {
  const steps = [];
  const step = async (name, work) => {
    const beginMs = performance.now();
    const result = await work();
    steps.push({ name, seconds: (performance.now() - beginMs) / 1000 });
    return result;
  };
  const cello = await startCelloApi({});
  const folder = await step('npm install', () => createProject(tarball, {}));
  mkdirSync(join(folder, 'public'));
  await step('npx cello-companion copy public/', () =>
    execFileSync('npx', ['cello-companion', 'copy', 'public/'], { cwd: folder, shell: process.platform === 'win32' }),
  );
  // What the stranger has already: a page with a form, and a server of files. Beside it only what the README prints.
  const page = `<head>${sample('html')}</head><form method="post" action="/join"><input type="email" name="email"><input name="name"><button>Sign up</button></form>`;
  const server = sample('js').replace(
    "if (request.url !== '/join'",
    `if (request.method === 'GET') return serveFile(request, response);\n  if (request.url !== '/join'`,
  );
  const files = `
import { readFile } from 'node:fs/promises';
async function serveFile({ url }, response) {
  const path = new URL(url, 'http://site').pathname;
  const bytes = await readFile('public' + (path === '/' ? '/index.html' : path)).catch(() => null);
  response.writeHead(bytes ? 200 : 404, { 'content-type': path === '/' ? 'text/html' : 'text/javascript' }).end(bytes);
}`;
  writeFileSync(join(folder, 'public/index.html'), page);
  writeFileSync(join(folder, 'server.mjs'), `${server}\n${files}`);
  const redirect = `const real = fetch; globalThis.fetch = (url, init) => real(String(url).replace('https://api.sandbox.cello.so', '${cello.url}'), init);`;
  const port = 20_000 + (process.pid % 20_000);
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(redirect)}`, 'server.mjs'],
    {
      cwd: folder,
      stdio: 'inherit',
      env: {
        ...process.env,
        PORT: String(port),
        CELLO_ACCESS_KEY_ID: 'stand-in-access-key',
        CELLO_SECRET_ACCESS_KEY: 'stand-in-secret-key',
      },
    },
  );
  try {
    await step('node server.mjs', () => reach(`http://127.0.0.1:${port}/`));
    await step('sign up by a referral link', async () => {
      const browser = await chromium.launch(findEngines().chromium.launchOptions);
      const tab = await browser.newPage();
      await tab.goto(`http://127.0.0.1:${port}/?ucc=${UCC}`);
      await tab.fill('[type=email]', 'grace@example.com');
      await tab.click('button');
      await tab.waitForURL('**/join');
      await browser.close();
    });
    await step('the event is at Cello', async () => {
      for (let tries = 0; tries < 600 && !cello.events.length; tries++)
        await new Promise((resolve) => setTimeout(resolve, 100));
    });
    const [event] = cello.events;
    if (event?.payload.ucc !== UCC) throw new Error(`Cello got ${JSON.stringify(event)}`);
  } finally {
    child.kill();
    await cello.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return steps;
}

const writeEvidence = (steps, rows, nodes) => {
  const sum = steps.reduce((total, { seconds }) => total + seconds, 0);
  writeFileSync(
    join(ROOT, 'docs/evidence/strangers.md'),
    `# As a stranger

Written by \`npm run prove -- --only=package\`: the packed package, installed into empty folders.

## From an empty folder to the event at Cello

The README's tag and server, as they are printed, and the copy step; beside them only a page with a form and ten lines that serve
files. The seconds are a machine's: what a person needs for reading comes on top.

| step | seconds |
|---|---|
${steps.map(({ name, seconds }) => `| ${name} | ${seconds.toFixed(1)} |`).join('\n')}
| ${steps.length} steps | ${sum.toFixed(1)} |

## In each kind of project

| project | ${nodes.map((name) => `Node ${name}`).join(' | ')} |
|---|${nodes.map(() => '---|').join('')}
${rows.map(({ name, works }) => `| ${name} | ${works.map((isGood) => (isGood ? 'works' : '**fails**')).join(' | ')} |`).join('\n')}
`,
  );
};

/** Packs the package and tries it. Gives whether everything worked. */
export async function provePackage() {
  const folder = mkdtempSync(join(tmpdir(), 'cello-companion-pack-'));
  try {
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const [{ filename }] = JSON.parse(
      execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    const tarball = join(folder, filename);
    const steps = await walk(tarball);
    const majors = ['20', '22', '24'].filter((major) => fetchNode(major));
    const rows = proveProjects(tarball, majors.map(fetchNode));
    writeEvidence(steps, rows, majors);
    return rows.every(({ works }) => works.every(Boolean));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
