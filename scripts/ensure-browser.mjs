// Finds the browsers that the tests need, or installs them. Chromium must be there; Firefox and WebKit too on CI.
// Order: Playwright's own, the system's, then it installs Playwright's; on CI, or as root in a container, it takes the
// distribution's package where that fails.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const WANTED = ['chromium', 'firefox', 'webkit'];
const DEBIAN = { chromium: ['chromium'], firefox: ['firefox-esr'], webkit: ['webkit2gtk-driver', 'xvfb', 'xauth'] };
const HELP = {
  chromium: 'run "npx playwright install chromium", or install Chromium or Chrome, or set CHROMIUM_PATH',
  firefox: 'run "npx playwright install firefox", or install Firefox, or set FIREFOX_PATH',
  webkit: 'run "npx playwright install webkit", or install webkit2gtk-driver and xvfb, or set WEBKIT_PATH',
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

async function findMissing() {
  // A fresh process: Playwright looks at its own browsers once.
  const url = new URL('../test/engines/engines.mjs', import.meta.url);
  const code = `import { findEngines } from ${JSON.stringify(url.href)}; console.log(Object.keys(findEngines()).join())`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' });
  return WANTED.filter((name) => !stdout.trim().split(',').includes(name));
}

const installPlaywrights = (names) =>
  run('npx', 'playwright', 'install', ...(mayChangeSystem ? ['--with-deps'] : []), ...names);

function installPackages(names) {
  if (process.platform !== 'linux' || !mayChangeSystem) return;
  const apt = isRoot ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
  run(...apt, 'update');
  run(...apt, 'install', '-y', '--no-install-recommends', ...names.flatMap((name) => DEBIAN[name]));
}

let missing = await findMissing();
for (const install of [installPlaywrights, installPackages]) {
  if (!missing.length) break;
  for (const name of missing) install([name]); // one by one: what can be had is had
  missing = await findMissing();
}

for (const name of missing) console.error(`There is no ${name} for the tests: ${HELP[name]}.`);
if (missing.includes('chromium') || (isCi && missing.length)) process.exit(1);
