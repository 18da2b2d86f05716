// Every way in which a submission's delivery goes wrong, in each engine and through both doors. What the retries wait
// for is the page's clock, which the test turns.
import { doors, expect, HANDLED, heard, join, LINK, listen, NATIVE, outboxOf, test } from '../../site/delivery.js';

const OPTIONS = { send: ['submit'] };

doors(() => {
  test('delivers although the form leads to another page at once', { tag: '@every-engine' }, async ({
    page,
    tally,
    visit,
  }) => {
    await visit({ form: NATIVE });
    await join(page);
    await tally.counted(1);
    expect(tally.row(1)).toMatchObject({ arrived: 1, counted: 1, lost: 0, twice: 0 });
  });

  test('delivers to another origin without a preflight that the leaving page could not wait for', async ({
    page,
    site,
    tally,
    visit,
  }) => {
    await visit({ options: { endpoint: site.elsewhere(site.endpoint) }, form: NATIVE, fault: { delayMs: 600 } });
    await join(page);
    await tally.counted(1);
    expect(site.all('preflight')).toEqual([]);
    expect(tally.row(1)).toMatchObject({ arrived: 1, counted: 1, lost: 0, twice: 0 });
  });

  test('tries again after two 503', { tag: '@isolated' }, async ({ page, tally, visit }) => {
    await visit({ fault: { status: 503, times: 2 }, clock: true });
    await join(page);
    await heard(page, 'failed status 503');
    await page.clock.runFor(1_300);
    await heard(page, 'failed status 503', 'failed status 503');
    await page.clock.runFor(2_600);
    await heard(page, 'failed status 503', 'failed status 503', 'delivered');
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 3, counted: 1, lost: 0, twice: 0 });
    expect(await outboxOf(page)).toEqual([]);
  });

  test('waits as long as a 429 says, even when the connection comes back', { tag: '@isolated' }, async ({
    page,
    site,
    tally,
    visit,
  }) => {
    await visit({ fault: { status: 429, headers: { 'retry-after': '60' }, times: 1 }, clock: true });
    await join(page);
    await heard(page, 'failed status 429');
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.clock.runFor(50_000);
    await site.beat(page);
    expect(site.all('submission')).toHaveLength(1);
    await page.clock.runFor(12_000);
    await tally.counted(1);
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 2, counted: 1, lost: 0, twice: 0 });
  });

  test('understands a Retry-After that is a date', { tag: '@isolated' }, async ({ page, site, tally, visit }) => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    await visit({ fault: { status: 503, headers: { 'retry-after': inAMinute }, times: 1 }, clock: true });
    await join(page);
    await heard(page, 'failed status 503');
    await page.clock.runFor(20_000);
    await site.beat(page);
    expect(site.all('submission')).toHaveLength(1);
    await page.clock.runFor(45_000);
    await tally.counted(1);
    expect(tally.row(1)).toMatchObject({ counted: 1, lost: 0, twice: 0 });
  });

  test('keeps what is submitted offline, and sends it when the connection is back', { tag: '@isolated' }, async ({
    page,
    context,
    site,
    tally,
    browserName,
    visit,
  }) => {
    // WebKitGTK's driver cannot cut the network: there every request breaks instead, and the test says `online`.
    const isDriven = browserName !== 'webkit';
    await visit();
    if (isDriven) await context.setOffline(true);
    else site.breakEndpoint({ reset: 'before' });
    await join(page);
    await heard(page, isDriven ? 'failed offline' : 'failed network');
    expect(await outboxOf(page)).toHaveLength(1);
    site.breakEndpoint({});
    if (isDriven) await context.setOffline(false);
    else await page.evaluate(() => dispatchEvent(new Event('online')));
    await tally.counted(1);
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 1, counted: 1, lost: 0, twice: 0 });
  });

  for (const reset of ['before', 'after'] as const)
    test(`survives connections that break ${reset} the server handled the message`, { tag: '@isolated' }, async ({
      page,
      site,
      tally,
      visit,
    }) => {
      await visit({ fault: { reset }, clock: true });
      await join(page);
      await heard(page, 'failed network');
      site.breakEndpoint({});
      await page.clock.runFor(1_300);
      await heard(page, 'failed network', 'delivered');
      expect(tally.row(1)).toMatchObject({ sent: 1, counted: 1, lost: 0, twice: 0 });
      expect(await outboxOf(page)).toEqual([]);
    });

  test('tries again when a server takes the message and never answers', { tag: '@isolated' }, async ({
    page,
    site,
    tally,
    visit,
  }) => {
    await visit({ fault: { hang: true, times: 1 }, clock: true });
    await join(page);
    await site.received('submission');
    await page.clock.runFor(10_100);
    await heard(page, 'failed no answer');
    await page.clock.runFor(1_300);
    await heard(page, 'failed no answer', 'delivered');
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 2, counted: 1, lost: 0, twice: 0 });
  });

  test('hands over to the next page when the answer comes after this one left', { tag: '@isolated' }, async ({
    page,
    site,
    start,
    tally,
    visit,
  }) => {
    const next = `<!doctype html>${start({ endpoint: site.endpoint, ...OPTIONS })}`;
    site.route('/join', () => new Response(next, { headers: { 'content-type': 'text/html' } }));
    await visit({ form: NATIVE, fault: { hang: true, times: 1 }, clock: true });
    await join(page);
    await page.waitForURL('**/join');
    await site.received('submission');
    expect(await outboxOf(page)).toHaveLength(1);
    await page.clock.runFor(10_100);
    await heard(page, 'delivered');
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 2, counted: 1, lost: 0, twice: 0 });
    expect(await outboxOf(page)).toEqual([]);
  });

  test('lets one of two tabs send what both have', { tag: '@isolated' }, async ({
    page,
    context,
    site,
    tally,
    visit,
  }) => {
    await visit({ fault: { status: 503, times: 1 } });
    const other = await context.newPage();
    await other.goto(site.url('/signup'));
    await page.bringToFront();
    await join(page);
    await heard(page, 'failed status 503');
    site.breakEndpoint({ delayMs: 300 });
    const goOnline = () => dispatchEvent(new Event('online'));
    await Promise.all([page.evaluate(goOnline), other.evaluate(goOnline)]);
    await tally.counted(1);
    await site.beat(page);
    await site.beat(other);
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 2, counted: 1, lost: 0, twice: 0 });
  });

  test('delivers where the storage is blocked', { tag: '@isolated' }, async ({ page, tally, visit }) => {
    await page.addInitScript(() =>
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('blocked', 'SecurityError');
        },
      }),
    );
    await visit({ fault: { status: 503, times: 1 }, clock: true });
    await join(page);
    await heard(page, 'failed status 503');
    await page.clock.runFor(1_300);
    await heard(page, 'failed status 503', 'delivered');
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 2, counted: 1, lost: 0, twice: 0 });
  });

  test('delivers where the storage is full', { tag: '@isolated' }, async ({ page, tally, visit }) => {
    await visit({ fault: { status: 503, times: 1 }, clock: true });
    await page.evaluate(() => {
      for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2))
        for (let i = 0; i < 4; i += 1)
          try {
            localStorage.setItem(`filler-${size}-${i}`, 'x'.repeat(size));
          } catch {
            // QuotaExceededError: the next smaller one may fit
          }
    });
    await join(page);
    await heard(page, 'failed status 503');
    expect(await outboxOf(page)).toEqual([]);
    await page.clock.runFor(1_300);
    await heard(page, 'failed status 503', 'delivered');
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 2, counted: 1, lost: 0, twice: 0 });
  });

  test('sends what waits although the clock was set back a day', { tag: '@isolated' }, async ({
    page,
    site,
    tally,
    visit,
  }) => {
    await visit({
      fault: { status: 503, headers: { 'retry-after': '3600' }, times: 1 },
      clock: Date.now() + 86_400_000,
    });
    await join(page);
    await heard(page, 'failed status 503');
    await page.clock.setSystemTime(Date.now());
    await page.goto(site.url('/signup'));
    await heard(page, 'delivered');
    expect(tally.row(1)).toMatchObject({ sent: 1, counted: 1, lost: 0, twice: 0 });
  });

  test('keeps what a content security policy holds back, and says so', async ({
    page,
    site,
    start,
    tally,
    pageErrors,
  }) => {
    const head = start({ endpoint: site.elsewhere(site.endpoint), ...OPTIONS });
    site.page('/signup', head + HANDLED, { 'content-security-policy': "connect-src 'self'" });
    site.page('/open', head);
    await page.goto(site.url(LINK));
    await join(page);
    await heard(page, 'failed content security policy');
    pageErrors.splice(0); // Firefox tells the page's console, which its driver takes for an error of the page
    expect(site.all('submission')).toEqual([]);
    await page.goto(site.url('/open'));
    await heard(page, 'delivered');
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 1, counted: 1, lost: 0, twice: 0 });
  });

  const PATCHES = {
    'throws at once': 'window.fetch = () => { throw new Error("patched"); };',
    'gives nothing': 'window.fetch = () => undefined;',
    'is gone': 'delete window.fetch; window.fetch = undefined;',
  };
  for (const [what, patch] of Object.entries(PATCHES)) {
    test(`delivers where somebody's fetch ${what}`, async ({ page, tally, visit }) => {
      await visit({ before: `<script>${patch}</script>` });
      await join(page);
      await heard(page, 'delivered');
      expect(tally.row(1)).toEqual({ sent: 1, arrived: 1, counted: 1, lost: 0, twice: 0 });
    });

    test(`delivers where somebody's fetch ${what} and the form leads away`, async ({ page, tally, visit }) => {
      await visit({ before: `<script>${patch}</script>`, form: NATIVE });
      await join(page);
      await tally.counted(1);
      expect(tally.row(1)).toMatchObject({ counted: 1, lost: 0, twice: 0 });
    });
  }

  test("tries again where somebody's fetch never settles", { tag: '@isolated' }, async ({ page, tally, visit }) => {
    const patch =
      'const real = window.fetch; let calls = 0; window.fetch = (...args) => calls++ ? real(...args) : new Promise(() => {});';
    await visit({ before: `<script>${patch}</script>`, clock: true });
    await join(page);
    await page.clock.runFor(10_100);
    await heard(page, 'failed no answer');
    await page.clock.runFor(1_300);
    await heard(page, 'failed no answer', 'delivered');
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 1, counted: 1, lost: 0, twice: 0 });
  });

  test('gives up what the endpoint refuses, with one warning, and stays silent else', async ({
    page,
    tally,
    visit,
  }) => {
    const warnings: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('[cello-companion]')) warnings.push(message.text());
    });
    await visit({ options: { include: ['email'] }, fault: { status: 410 } });
    await join(page);
    await heard(page, 'failed status 410');
    await join(page, 'bob@example.com');
    await heard(page, 'failed status 410', 'failed status 410');
    expect(await outboxOf(page)).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('status 410');
    expect(await listen(page)).toHaveLength(2);
    expect(tally.row(2)).toMatchObject({ arrived: 2, counted: 0 });
  });
});
