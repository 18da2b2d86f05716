/** Which engines this machine has, and how Playwright drives them. Downloads nothing. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, firefox, webkit } from 'playwright';
import { quickenFirefox } from './firefox.mjs';
import { findWebKitGtk, launchWebKitGtk } from './webkitgtk.mjs';

const MAC = '/Applications';

const find = (...names) =>
  names
    .filter((name) => name !== undefined)
    .flatMap((name) =>
      name.includes('/') ? [name] : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)),
    )
    .find((path) => existsSync(path));

const CHROMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/opt/google/chrome/chrome',
  `${MAC}/Google Chrome.app/Contents/MacOS/Google Chrome`,
];

/** The headless shell is the same engine for less than half the time a page. Debian has it as a package of its own. */
const SHELL = 'chromium-headless-shell';

/** Whether Playwright has its own shell, which is what it starts by itself: it lies beside its Chromium. */
const hasManagedShell = () => {
  const shell = chromium.executablePath().replace(/chromium-(\d+).*/, 'chromium_headless_shell-$1');
  return shell !== chromium.executablePath() && existsSync(shell);
};

/**
 * Every test has a site of its own, and every site would have a process of its own: that is a third of the time. What a
 * page may know of another origin is the same in one process.
 */
const ONE_PROCESS = {
  args: ['--disable-site-isolation-trials', '--renderer-process-limit=1'],
};

/** What a stock Firefox need not do for a test. */
const FOX = {
  'browser.sessionhistory.max_total_viewers': 0, // with a back/forward cache goBack() hangs
  'fission.autostart': false, // with the next one as ONE_PROCESS
  'dom.ipc.processCount': 1,
  'dom.ipc.processPrelaunch.enabled': false, // a spare process for each page costs more than it saves
  'ui.prefersReducedMotion': 1, // its tabs and its address bar are drawn, even without a screen
  'toolkit.cosmeticAnimations.enabled': false,
  'browser.chrome.site_icons': false,
  'places.history.enabled': false,
  'browser.cache.disk.enable': false,
  'browser.sessionstore.interval': 86_400_000,
  'browser.sessionstore.resume_from_crash': false,
  'datareporting.healthreport.uploadEnabled': false,
  'toolkit.telemetry.enabled': false,
  'extensions.enabledScopes': 0,
};

const findFox = () =>
  find(process.env['FIREFOX_PATH'], 'firefox-esr', 'firefox', `${MAC}/Firefox.app/Contents/MacOS/firefox`);

/** Whether Chromium's tests run in the headless shell. */
export const hasShell = () => hasManagedShell() || find(SHELL) !== undefined;

function findChromium() {
  if (hasManagedShell()) return { browserName: 'chromium', launchOptions: ONE_PROCESS };
  if (existsSync(chromium.executablePath()))
    return { browserName: 'chromium', channel: 'chromium', launchOptions: ONE_PROCESS };
  const executablePath = find(process.env['CHROMIUM_PATH'], SHELL, ...CHROMES);
  return executablePath && { browserName: 'chromium', launchOptions: { ...ONE_PROCESS, executablePath } };
}

/**
 * Paths of the engines that can run without a driver, or `undefined`. Chromium's shell cannot: without a driver it prints
 * its page and ends, and it has no back/forward cache.
 */
export const findUndriven = {
  chromium: () => find(chromium.executablePath(), process.env['CHROMIUM_PATH'], ...CHROMES),
  firefox: () => find(firefox.executablePath()) ?? findFox(),
  webkit: findWebKitGtk,
};

function findFirefox() {
  if (existsSync(firefox.executablePath())) return { browserName: 'firefox' };
  const executablePath = findFox();
  if (!executablePath) return undefined;
  quickenFirefox();
  return {
    browserName: 'firefox',
    channel: 'moz-firefox', // a stock Firefox speaks WebDriver BiDi
    launchOptions: { executablePath, firefoxUserPrefs: FOX },
  };
}

function findWebKit() {
  if (existsSync(webkit.executablePath())) return { browserName: 'webkit' };
  if (!findWebKitGtk() || !(process.env['DISPLAY'] || find('Xvfb'))) return undefined; // it has no headless mode
  launchWebKitGtk();
  return { browserName: 'webkit' };
}

/**
 * Looks for the engines: Playwright's own first, then the system's.
 * @returns For each engine its `use` options, e.g. `{ chromium: { browserName: 'chromium', … } }`. An engine that is
 *   not here is absent.
 */
export function findEngines() {
  const engines = { chromium: findChromium(), firefox: findFirefox(), webkit: findWebKit() };
  return Object.fromEntries(Object.entries(engines).filter(([, use]) => use !== undefined));
}
