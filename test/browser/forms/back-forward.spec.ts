/**
 * Back out of the back/forward cache. The drivers switch that cache off, so these run without a driver: the page
 * leaves, comes back and submits by itself, and says whether it came out of the cache.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findWebKitGtk } from '../../engines/webkitgtk.mjs';
import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const FORM = `<form method="post" action="/join"><input type="email" name="email" value="ada@example.com"><input name="cached"></form>`;
const GO = `<script>
  addEventListener('pageshow', ({ persisted }) => {
    const { email, cached } = document.forms[0];
    if (!persisted) { email.focus(); setTimeout(() => { location.href = '/next' }); return; }
    cached.value = 'yes';
    document.querySelector('[name=ucc]').remove(); // a page may have been cleaned up when it was left
    document.forms[0].requestSubmit();
  });
</script>`;
const BACK = `<script>addEventListener('pageshow', () => setTimeout(() => history.back()))</script>`;

/** Opens a page in an engine without a driver. WebKit needs a screen: Xvfb gives one to whoever asks by xvfb-run. */
const COMMANDS: { readonly [engine: string]: (path: string, folder: string, url: string) => readonly string[] } = {
  chromium: (path, folder, url) => [
    path,
    '--headless=new',
    '--no-sandbox',
    '--no-first-run',
    `--user-data-dir=${folder}`,
    url,
  ],
  firefox: (path, folder, url) => [path, '--headless', '--no-remote', '--profile', folder, url],
  webkit: (path, _folder, url) => ['xvfb-run', '-a', path, '--private', url],
};

doors(() => {
  test('has the code in a form that comes out of the back/forward cache', async ({
    site,
    start,
    browserName,
    launchOptions,
  }) => {
    const path = launchOptions.executablePath ?? findWebKitGtk() ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'back-forward-'));
    site.page('/', start({ endpoint: site.endpoint }) + FORM + GO);
    site.page('/next', BACK);
    const [command = '', ...args] = COMMANDS[browserName]?.(path, folder, site.url(`/?ucc=${UCC}`)) ?? [];
    const child: ChildProcess = spawn(command, args, { stdio: 'ignore', detached: true });
    try {
      const form = await site.received('form');
      expect(form.values('cached')).toEqual(['yes']);
      expect(form.values('ucc')).toEqual([UCC]);
      await site.received('submission');
    } finally {
      if (child.pid) process.kill(-child.pid); // with the processes that it started
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
