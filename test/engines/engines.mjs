/** Which engines this machine has, and how Playwright drives them. Downloads nothing. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, firefox, webkit } from 'playwright';
import { findWebKitGtk, launchWebKitGtk } from './webkitgtk.mjs';

const MAC = '/Applications';

const find = (...names) =>
  names
    .filter((name) => name !== undefined)
    .flatMap((name) =>
      name.includes('/') ? [name] : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)),
    )
    .find((path) => existsSync(path));

const findChrome = () =>
  find(
    process.env['CHROMIUM_PATH'],
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    '/opt/google/chrome/chrome',
    `${MAC}/Google Chrome.app/Contents/MacOS/Google Chrome`,
  );

const findFox = () =>
  find(process.env['FIREFOX_PATH'], 'firefox-esr', 'firefox', `${MAC}/Firefox.app/Contents/MacOS/firefox`);

function findChromium() {
  // The default would be the headless shell, another binary than the one looked for.
  if (existsSync(chromium.executablePath())) return { browserName: 'chromium', channel: 'chromium' };
  const executablePath = findChrome();
  return executablePath && { browserName: 'chromium', launchOptions: { executablePath } };
}

function findFirefox() {
  if (existsSync(firefox.executablePath())) return { browserName: 'firefox' };
  const executablePath = findFox();
  // A stock Firefox speaks WebDriver BiDi.
  const firefoxUserPrefs = {
    'fission.bfcacheInParent': false, // with these two as they are, goBack() hangs
    'browser.sessionhistory.max_total_viewers': 0,
    'dom.ipc.processPrelaunch.enabled': false, // a spare process for each page costs more than it saves
  };
  return (
    executablePath && {
      browserName: 'firefox',
      channel: 'moz-firefox',
      launchOptions: { executablePath, firefoxUserPrefs },
    }
  );
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
