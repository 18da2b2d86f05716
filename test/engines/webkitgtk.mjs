/**
 * Stock WebKitGTK as an engine of Playwright, where Playwright's own WebKit cannot be had.
 *
 * `webkit.connectOverCDP()` attaches to an unpatched WebKit over its inspector protocol; it is made for iOS web views.
 * WebKitGTK serves that protocol when WEBKIT_INSPECTOR_HTTP_SERVER is set. What is missing is the list of tabs at
 * `/json`, and contexts: this file adds both, by replacing `webkit.launch()`. It stands on private hooks of Playwright,
 * so Playwright is pinned exactly.
 *
 * What it cannot do: trusted input (Tab, Enter), viewport, locale, storageState, offline, `waitForEvent('popup')`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { webkit } from 'playwright';
import { behind } from './behind.mjs';

/** Tabs of one process that tests can use. No tab can be opened later, so this is how many pages a context can have. */
const TABS = 2;
const STILL = { pause() {}, resume() {} };
/** At 2 ms the pulse was a sixth of all that a test costs the machine. */
const PULSE_MS = 6;
const START_MS = 15_000;
const CLOSE_MS = 2_000;
/** A popup of the page is found by looking at the list of tabs again. */
const LOOK_FOR_TABS_MS = 200;

const FOLDERS = ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'];
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/libexec', '/usr/lib'];

/** The path of WebKitGTK's MiniBrowser, or `undefined` where it is not installed. */
export const findWebKitGtk = () =>
  [
    process.env['WEBKIT_PATH'],
    ...LIBRARIES.flatMap((library) => FOLDERS.map((name) => `${library}/${name}/MiniBrowser`)),
  ]
    .filter((path) => path !== undefined)
    .find((path) => existsSync(path));

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

async function findFreePort() {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A screen for the windows. There is no headless mode. */
async function startScreen() {
  if (process.env['DISPLAY']) return { display: process.env['DISPLAY'], stop() {} };
  const child = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const number = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', (line) => resolve(String(line).trim()));
  });
  return { display: `:${number}`, stop: () => child.kill() };
}

/**
 * Lets the inspector answer at once. WebKitGTK talks to itself over TCP without TCP_NODELAY: the second of two answers
 * waits 40 ms for an acknowledgement, at every command. Set from outside, a command takes 4 ms.
 *
 * @returns Whether the system allowed it.
 */
const answerAtOnce = (pid) =>
  spawnSync('perl', [fileURLToPath(new URL('nodelay.pl', import.meta.url)), pid], { stdio: 'ignore' }).status === 0;

/**
 * Keeps the inspector's connections moving where `answerAtOnce` is not allowed. Any command to another tab carries the
 * acknowledgement, so a tab of its own gets one all the time: 44 ms a command become 13.
 */
function startPulse(port, path) {
  const command = Buffer.from('{"id":1,"method":"Target.setPauseOnStart","params":{"pauseOnStart":false}}');
  const frame = Buffer.concat([Buffer.from([0x81, 0x80 | command.length, 0, 0, 0, 0]), command]); // RFC 6455, 5.2
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n\r\n`,
  );
  socket.on('error', () => {}).resume(); // the process ends before the pulse does
  let timer;
  const pause = () => clearInterval(timer);
  socket.on('close', pause);
  return {
    pause,
    resume() {
      timer = setInterval(() => socket.writable && socket.write(frame), PULSE_MS);
    },
  };
}

/** One private MiniBrowser: the process, and the address at which its tabs are listed as Playwright wants them. */
async function startProcess(display, flags, tries = 3) {
  const port = await findFreePort();
  const inspector = `127.0.0.1:${port}`;
  // With the page cache on, goBack() hangs.
  const args = ['--private', '--enable-page-cache=false', ...flags, ...Array(TABS + 1).fill('about:blank')];
  const child = spawn(findWebKitGtk(), args, {
    stdio: 'ignore',
    env: {
      ...process.env,
      DISPLAY: display,
      WEBKIT_INSPECTOR_HTTP_SERVER: inspector,
      NO_AT_BRIDGE: '1',
      GTK_A11Y: 'none',
      GSETTINGS_BACKEND: 'memory', // the desktop's settings cost each process a tenth of a second
      Malloc: '1', // WebKit's own allocator gives memory back so often that it costs a fifth of a test
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    },
  });
  const readSockets = async () => {
    const page = await fetch(`http://${inspector}/`).then(
      (answer) => answer.text(),
      () => '',
    );
    return [...new Set(page.match(/\/socket\/\d+\/\d+\/WebPage/g))].sort();
  };
  const waitForSockets = async (count) => {
    for (const end = Date.now() + START_MS; ; await wait(50)) {
      const sockets = await readSockets();
      if (sockets.length >= count) return sockets;
      if (Date.now() > end || child.exitCode !== null) throw new Error('MiniBrowser did not start.');
    }
  };
  const hidden = []; // tabs that are not for tests
  const list = createServer(async (_request, response) => {
    const sockets = (await readSockets()).filter((path) => !hidden.includes(path));
    response.end(JSON.stringify(sockets.map((path) => ({ webSocketDebuggerUrl: `ws://${inspector}${path}` }))));
  });
  const stop = () => {
    list.close();
    list.closeAllConnections();
    child.kill();
  };
  try {
    await waitForSockets(TABS + 1);
    await wait(150); // the new tabs settle
    hidden.push((await readSockets()).at(-1));
    return {
      address: `http://127.0.0.1:${await listen(list)}`,
      pulse: answerAtOnce(child.pid) ? STILL : startPulse(port, hidden[0]),
      isWhole: async () => (await readSockets()).length === TABS + hidden.length,
      /**
       * A tab that has opened another stays in its process, whichever site it goes to. Every test has a site of its own,
       * and a new process for it would be half of what a test costs.
       */
      async keepTogether(page) {
        if (hidden.length > 1) return;
        const before = await readSockets();
        await page.evaluate(() => void window.open('about:blank'));
        const sockets = await waitForSockets(before.length + 1);
        hidden.push(sockets.find((path) => !before.includes(path)));
      },
      stop,
    };
  } catch (error) {
    stop();
    if (tries > 1) return startProcess(display, flags, tries - 1); // two workers can pick one port
    throw error;
  }
}

/** A context on a process: attaches to its tabs, and leaves them blank when it closes. */
async function attach(process, options, release) {
  process.pulse.resume();
  const browser = await webkit.connectOverCDP(process.address);
  const [context] = browser.contexts();
  const blank = [...context.pages()];
  await process.keepTogether(blank[0]);
  for (const key of ['baseURL', 'userAgent'])
    if (options[key]) for (const side of [context, behind(context)]) side._options[key] = options[key];
  if (options.userAgent) await behind(context).setUserAgent(options.userAgent);
  if (options.extraHTTPHeaders) await context.setExtraHTTPHeaders(options.extraHTTPHeaders);
  const timer = setInterval(
    () =>
      behind(browser)
        ._syncTabs()
        .catch(() => {}),
    LOOK_FOR_TABS_MS,
  ); // it may be closed
  context.newPage = async () => {
    const page = blank.shift();
    if (!page) throw new Error(`WebKitGTK has ${TABS} tabs a context.`);
    return page;
  };
  const leaveBlank = async () => {
    for (const page of context.pages()) if (!blank.includes(page)) await page.goto('about:blank');
    return process.isWhole();
  };
  context.close = async () => {
    clearInterval(timer);
    await context._instrumentation.runBeforeCloseBrowserContext(context).catch(() => {}); // it may be crashed
    const isWhole = await Promise.race([leaveBlank().catch(() => false), wait(CLOSE_MS, false, { ref: false })]);
    await Promise.race([browser.close().catch(() => {}), wait(CLOSE_MS, undefined, { ref: false })]);
    process.pulse.pause();
    release(isWhole);
  };
  return context;
}

/**
 * A browser whose contexts share one process, one after the other: starting one takes over a second, attaching to it
 * a tenth of that. Cookies and storage stay in the process, so every test has hosts of its own (test/site). A second
 * context beside the first, or one that needs a flag, gets its own process.
 */
async function launch() {
  const screen = await startScreen();
  const open = new Set();
  const running = new Set();
  let idle = null;
  const start = async (flags) => {
    const process = await startProcess(screen.display, flags);
    running.add(process);
    return process;
  };
  const end = (process) => {
    running.delete(process);
    process.stop();
  };
  const newContext = async (given) => {
    const options = { ...given };
    await webkit._instrumentation.runBeforeCreateBrowserContext(options); // Playwright Test adds the `use` options here
    const flags = [
      ...(options.ignoreHTTPSErrors ? ['--ignore-tls-errors'] : []),
      ...(options.timezoneId ? [`--time-zone=${options.timezoneId}`] : []),
    ];
    const process = (!flags.length && idle) || (await start(flags));
    if (process === idle) idle = null;
    const context = await attach(process, options, (isWhole) => {
      open.delete(context);
      if (isWhole && !flags.length && !idle) idle = process;
      else end(process);
    });
    context.browser = () => browser;
    open.add(context);
    return context;
  };
  const browser = {
    _connection: webkit._connection,
    browserType: () => webkit,
    version: () => 'WebKitGTK',
    contexts: () => [...open],
    isConnected: () => true,
    newContext,
    async newPage(options) {
      const context = await newContext(options);
      const page = await context.newPage();
      page.close = () => context.close();
      return page;
    },
    async close() {
      for (const context of [...open]) await context.close();
      for (const process of [...running]) end(process);
      screen.stop();
    },
  };
  return browser;
}

/** Makes `webkit.launch()` start stock WebKitGTK. */
export function launchWebKitGtk() {
  webkit.launch = launch;
}
