// A real ad blocker: Debian's webext-ublock-origin-firefox, the lists inside. It exists for Firefox alone: uBlock Origin
// (manifest v2) does not load in Chromium 156, and WebKitGTK has no extensions. Where it is not installed there is nothing
// to test with, the summary says so, and docs/evidence/delivery.md has no such row.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { hasUblock } from '../../engines/machine.mjs';
import { doors, expect, HANDLED, heard, join, LINK, test } from '../../site/delivery.js';

/** EasyPrivacy has a rule for the first, and none for the second. */
const BLOCKED = '/api/collect';

// It reads its lists when it starts, and lets everything through until then.
const SLOW_MS = 60_000;

if (hasUblock())
  doors(() => {
    test('keeps what a real ad blocker holds back, says so, and arrives by a path that it lets through @not-chromium @not-webkit', async ({
      site,
      start,
      tally,
      playwright,
      launchOptions,
      channel,
    }) => {
      test.setTimeout(2 * SLOW_MS);
      const profile = mkdtempSync(path(tmpdir(), 'cello-companion-'));
      const context = await playwright.firefox.launchPersistentContext(profile, {
        ...launchOptions,
        ...(channel ? { channel } : {}),
        firefoxUserPrefs: {
          ...launchOptions.firefoxUserPrefs,
          'extensions.autoDisableScopes': 0,
          'extensions.enabledScopes': 15,
        },
      });
      try {
        const page = await context.newPage();
        site.page('/signup', start({ endpoint: BLOCKED, send: ['submit'] }) + HANDLED);
        site.page('/later', start({ endpoint: site.endpoint, send: ['submit'] }));
        site.page('/empty', '');
        await page.goto(site.url('/empty'));
        const isBlocked = () =>
          page.evaluate(
            (url) =>
              fetch(url, { method: 'POST' }).then(
                () => false,
                () => true,
              ),
            BLOCKED,
          );
        await expect.poll(isBlocked, { timeout: SLOW_MS }).toBe(true);
        await page.goto(site.url(LINK));
        await join(page);
        await heard(page, 'failed network');
        await page.goto(site.url('/later'));
        await heard(page, 'delivered');
        expect(tally.row(1)).toEqual({ sent: 1, arrived: 1, counted: 1, lost: 0, twice: 0 });
      } finally {
        await context.close();
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  });
