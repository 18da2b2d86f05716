/**
 * Where a browser may be. All of these are Chromium underneath, so one protocol drives them.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { at } from '../json.js';

/** Names on the PATH, the lighter ones first. */
const NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
  'msedge',
  'brave-browser',
];

const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];
const WINDOWS = [
  'Google/Chrome/Application/chrome.exe',
  'Microsoft/Edge/Application/msedge.exe',
  'Chromium/Application/chrome.exe',
];

/** Where installers put them. */
function listPlaces(env: Env): string[] {
  if (process.platform === 'darwin')
    return MAC.flatMap((name) =>
      ['', env['HOME'] ?? ''].map((root) => `${root}/Applications/${name}.app/Contents/MacOS/${name}`),
    );
  if (process.platform === 'win32')
    return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) =>
      WINDOWS.map((path) => join(env[name] ?? '', path)),
    );
  return [
    '/opt/google/chrome/chrome',
    '/opt/microsoft/msedge/msedge',
    '/usr/lib/chromium/chromium',
    '/snap/bin/chromium',
  ];
}

type Env = Readonly<Record<string, string | undefined>>;

/** Where the site's own Playwright keeps its Chromium; nothing if it has none. */
function findPlaywrights(cwd: string): string[] {
  const require = createRequire(join(cwd, 'package.json'));
  for (const name of ['playwright-core', 'playwright', '@playwright/test'])
    try {
      const path = at(require(name), 'chromium');
      const found = path && typeof path === 'object' && 'executablePath' in path ? path.executablePath : null;
      if (typeof found !== 'function') continue;
      const chromium = String(found.call(path));
      // Playwright's shell lies beside its Chromium, and is often the only one installed.
      const shell = chromium.replace(/chromium-(\d+).*/, 'chromium_headless_shell-$1');
      const folders = [
        'chrome-headless-shell-linux64',
        'chrome-linux',
        'chrome-headless-shell-mac-arm64',
        'chrome-headless-shell-mac-x64',
        'chrome-headless-shell-win64',
      ];
      const files = ['chrome-headless-shell', 'headless_shell', 'chrome-headless-shell.exe'];
      return [chromium, ...folders.flatMap((folder) => files.map((file) => join(shell, folder, file)))];
    } catch {
      // not installed there, or without a `main` that can be required
    }
  return [];
}

/**
 * Looks for a browser: the one named, Playwright's, one on the PATH, one in the usual places of this system.
 *
 * @param named - A path given by the user, or `null`.
 * @param cwd - The site's folder, where its Playwright would be installed.
 * @returns The path of a browser; `null` if there is none, or the named one is not there.
 */
export function findBrowser(named: string | null, cwd: string, env: Env): string | null {
  if (named) return existsSync(named) ? named : null;
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  const ending = process.platform === 'win32' ? '.exe' : '';
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name + ending)));
  return (
    [...findPlaywrights(cwd), ...onPath, ...listPlaces(env)].find(
      (path) => path !== dirname(path) && existsSync(path),
    ) ?? null
  );
}
