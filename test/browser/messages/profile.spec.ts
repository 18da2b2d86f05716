// A browser that is closed and opened again on the same profile. WebKitGTK's driver cannot do that, so there the browser
// is started by hand; the page submits by itself, and what the server received is what happened.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserType, LaunchOptions } from 'playwright/test';
import { findWebKitGtk } from '../../engines/webkitgtk.mjs';
import { doors, expect, LINK, test } from '../../site/delivery.js';

const SLOW_MS = 40_000;

/** Opens a browser on a profile, at an address. Gives how to close it. */
async function open(type: BrowserType, options: LaunchOptions, profile: string, url: string): Promise<() => unknown> {
  const mini = type.name() === 'webkit' && findWebKitGtk();
  if (!mini) {
    const context = await type.launchPersistentContext(profile, options);
    await (await context.newPage()).goto(url);
    return () => context.close();
  }
  const home = { HOME: profile, XDG_DATA_HOME: profile, XDG_CACHE_HOME: profile, XDG_CONFIG_HOME: profile };
  const env = { ...process.env, ...home, NO_AT_BRIDGE: '1', LIBGL_ALWAYS_SOFTWARE: '1' };
  const child = spawn('xvfb-run', ['-a', mini, url], { env, detached: true, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return () => {
    if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGTERM'); // xvfb-run does not hand it on
    return gone;
  };
}

const SUBMIT = `<form method="post" action="/join" onsubmit="event.preventDefault()">
    <input name="email" value="ada@example.com"><button>Join</button></form>
  <script type="module">
    // The third failure comes 3 s after the first: WebKitGTK has written its storage to the disk by then.
    let failures = 0;
    document.addEventListener('cello-companion:failed', () => ++failures === 3 && fetch('/beat', { method: 'POST' }));
    const look = () => window.CelloCompanion ? document.forms[0].requestSubmit() : setTimeout(look, 20);
    look();
  </script>`;

doors(() => {
  test('sends what was submitted offline when the browser is opened again with the same profile', async ({
    site,
    start,
    tally,
    browserName,
    launchOptions,
    channel,
    playwright,
  }) => {
    test.setTimeout(3 * SLOW_MS);
    const profile = mkdtempSync(join(tmpdir(), 'cello-companion-'));
    const options = channel ? { ...launchOptions, channel } : launchOptions;
    const head = start({ endpoint: site.endpoint, send: ['submit'] });
    site.page('/signup', head + SUBMIT);
    site.page('/later', head);
    site.breakEndpoint({ reset: 'before' });
    let close = await open(playwright[browserName], options, profile, site.url(LINK));
    try {
      await expect.poll(() => site.all('beat').length, { timeout: SLOW_MS }).toBeGreaterThan(0);
      await close();
      expect(site.all('submission')).toEqual([]);
      site.breakEndpoint({});
      close = await open(playwright[browserName], options, profile, site.url('/later'));
      await tally.counted(1, SLOW_MS);
      expect(tally.row(1)).toMatchObject({ counted: 1, lost: 0, twice: 0 });
    } finally {
      await close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
