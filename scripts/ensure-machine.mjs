// Finds what the tests need from the machine, or installs it: browsers, and what some tests run beside them. Chromium must
// be there; everything else too on CI. Order: Playwright's own browsers, the system's, then it installs Playwright's; on
// CI, or as root in a container, it takes the distribution's packages for what is still missing. It starts nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fetchNode, OTHERS } from '../test/engines/nodes.mjs';

const BROWSERS = ['chromium', 'firefox', 'webkit'];

/** Debian's packages. Some distributions have no shell of Chromium of their own: the whole one does it, slower. */
const PACKAGES = {
  chromium: ['chromium'],
  'headless shell': ['chromium-headless-shell'],
  firefox: ['firefox-esr'],
  webkit: ['webkit2gtk-driver', 'xvfb', 'xauth'],
  postgresql: ['postgresql'],
  redis: ['redis-server'],
  python: ['python3'],
  php: ['php-cli', 'php-sqlite3'],
  ublock: ['webext-ublock-origin-firefox'],
};

const HELP = {
  chromium: 'run "npx playwright install chromium", or install Chromium or Chrome, or set CHROMIUM_PATH',
  firefox: 'run "npx playwright install firefox", or install Firefox, or set FIREFOX_PATH',
  webkit: 'run "npx playwright install webkit", or install webkit2gtk-driver and xvfb, or set WEBKIT_PATH',
  postgresql: 'install PostgreSQL; PGlite stands in for it where it can',
  redis: 'install Redis',
  python: 'install Python 3; docs/other-servers.md goes without its test',
  php: 'install PHP with PDO and SQLite; docs/other-servers.md goes without its test',
  ublock: 'install webext-ublock-origin-firefox',
  'node 22': 'allow npm to fetch it; the tests run on this Node alone without it',
  'node 24': 'allow npm to fetch it; the tests run on this Node alone without it',
};

const isCi = Boolean(process.env['CI']);
const isRoot = process.getuid?.() === 0;
const isContainer =
  ['/.dockerenv', '/run/.containerenv'].some((path) => existsSync(path)) ||
  'container' in process.env ||
  (existsSync('/proc/mounts') && /^overlay \/ /m.test(readFileSync('/proc/mounts', 'utf8')));
const mayChangeSystem = isCi || (isRoot && isContainer);

const run = (command, ...args) => {
  console.log(`> ${[command, ...args].join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const stdio = ['ignore', 'inherit', 'inherit'];
  return spawnSync(command, args, { stdio, env, shell: process.platform === 'win32' }).status === 0;
};

function findMissing() {
  // A fresh process: Playwright looks at its own browsers once.
  const url = new URL('../test/engines/machine.mjs', import.meta.url);
  const code = `import { findMissing } from ${JSON.stringify(url.href)}; console.log(JSON.stringify(findMissing()))`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' });
  return JSON.parse(stdout);
}

function installBrowsers(missing) {
  for (const name of missing.filter((one) => BROWSERS.includes(one))) // one by one: what can be had is had
    run('npx', 'playwright', 'install', ...(mayChangeSystem ? ['--with-deps'] : []), name);
}

function installPackages(missing) {
  if (process.platform !== 'linux' || !mayChangeSystem) return;
  const apt = isRoot ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
  const install = (names) =>
    run(...apt, 'install', '-y', '--no-install-recommends', ...names.flatMap((name) => PACKAGES[name]));
  run(...apt, 'update');
  if (!install(missing)) for (const name of missing) install([name]);
}

let missing = findMissing();
if (missing.some((name) => BROWSERS.includes(name))) {
  installBrowsers(missing);
  missing = findMissing();
}
for (const major of OTHERS) if (missing.includes(`node ${major}`)) fetchNode(major);
if (missing.some((name) => name in PACKAGES)) installPackages(missing.filter((name) => name in PACKAGES));
missing = findMissing();

const needed = missing.filter((name) => name in HELP);
for (const name of needed) console.error(`There is no ${name} for the tests: ${HELP[name]}.`);
if (missing.includes('chromium') || (isCi && needed.length)) process.exit(1);

// What test/libraries and test/guides run has a place of its own, so that the root's `npm ci` stays small.
await import('../test/engines/packages.mjs');
