// What waits in the outbox between pages and tabs: who sends it, what drops it, what is strange in it.
import type { Page } from 'playwright/test';
import { doors, expect, HANDLED, heard, join, LINK, outboxOf, test, UCC } from '../../site/delivery.js';

const OPTIONS = { send: ['submit'] };
const AN_HOUR = { status: 503, headers: { 'retry-after': '3600' } };

/** Puts records into the outbox of the site that the page shows, as a page before it would have left them. */
const leave = (page: Page, count: number): Promise<void> =>
  page.evaluate(
    ([ucc, wanted]) => {
      for (let i = 1; i <= wanted; i += 1) {
        const id = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
        const at = new Date(Date.now() - 100_000 + i).toISOString();
        const common = { v: 1, id, type: 'submission', ucc, source: 'address', at, page: '/', kind: null };
        const message = { ...common, form: null, via: 'form', fields: { note: 'n'.repeat(3000) } };
        localStorage.setItem(`cello-companion:${id}`, JSON.stringify({ message, tries: 1 }));
      }
    },
    [UCC, count] as const,
  );

doors(() => {
  for (const [what, patch] of [
    ['absent', 'delete Navigator.prototype.locks'],
    ['refused', 'LockManager.prototype.request = () => Promise.reject(new DOMException("no", "SecurityError"))'],
    ['broken', 'LockManager.prototype.request = () => { throw new Error("no"); }'],
    ['never granted', 'LockManager.prototype.request = () => new Promise(() => {})'],
  ] as const)
    test(`sends what an earlier page left where Web Locks are ${what}`, async ({ page, site, start, tally, visit }) => {
      site.page('/later', `<script>${patch}</script>${start({ endpoint: site.endpoint, ...OPTIONS })}`);
      await visit({ fault: { status: 503, times: 1 } });
      await join(page);
      await heard(page, 'failed status 503');
      await page.goto(site.url('/later'));
      await heard(page, 'delivered');
      expect(await outboxOf(page)).toEqual([]);
      expect(tally.row(1)).toMatchObject({ counted: 1, lost: 0, twice: 0 });
    });

  test('sends 50 messages that wait, and gives up the oldest of more', async ({ page, site, start, tally }) => {
    site.page('/empty', '');
    site.page('/later', start({ endpoint: site.endpoint, ...OPTIONS }));
    await page.goto(site.url('/empty'));
    await leave(page, 55);
    await page.goto(site.url('/later'));
    await tally.counted(50);
    await expect.poll(() => outboxOf(page)).toEqual([]);
    const told: readonly { name: string; id: string; reason?: string }[] = await page.evaluate('told');
    const given = told.filter(({ reason }) => reason === 'too many').map(({ id }) => Number(id.slice(-12)));
    expect(given.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(tally.row(50)).toMatchObject({ counted: 50, lost: 0, twice: 0 });
  });

  test('throws away what is no message, and leaves what is not its own', async ({ page, site, start }) => {
    site.page('/empty', '');
    site.page('/later', start({ endpoint: site.endpoint, ...OPTIONS }));
    await page.goto(site.url('/empty'));
    await page.evaluate(() => {
      localStorage.setItem('cello-companion:1', '{"message":');
      localStorage.setItem('cello-companion:2', '{"v":0,"queue":[]}');
      localStorage.setItem('cello-companion', 'of the site');
    });
    await page.goto(site.url('/later'));
    await expect.poll(() => page.evaluate(() => Object.keys(localStorage))).toEqual(['cello-companion']);
    await site.beat(page);
    expect(site.all('endpoint')).toEqual([]);
  });

  test('counts an answer of 2xx as arrived unless it is a web page', async ({ page, site, visit }) => {
    const answers = [
      new Response('OK', { headers: { 'content-type': 'text/html' } }),
      new Response(null, { status: 204 }),
      new Response('"forget"'),
      new Response('null'),
    ];
    site.answerEndpoint(() => answers.shift() ?? new Response('', { status: 500 }));
    await visit({ options: { include: ['email'] } });
    const events: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      events.push('delivered');
      await join(page, `ada${i}@example.com`);
      await heard(page, ...events);
    }
    expect(await outboxOf(page)).toEqual([]);
  });

  for (const [title, reason, elsewhere] of [
    ['a login page behind a redirect', 'web page', { status: 302, headers: { location: '/login' } }],
    ['a deploy that is not there yet', 'status 404', { status: 404 }],
  ] as const)
    test(`tries again where ${title} answers, and warns once`, async ({ page, site, visit }) => {
      const said: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      site.page('/login', '<!doctype html><title>Sign in</title>');
      let tries = 0;
      site.answerEndpoint(() => {
        tries += 1;
        return tries < 3 ? new Response(null, elsewhere) : Response.json({ status: 'recorded' }, { status: 202 });
      });
      await visit({ options: { include: ['email'] } });
      await join(page);
      await heard(page, `failed ${reason}`, `failed ${reason}`, 'delivered');
      expect(await outboxOf(page)).toEqual([]);
      expect(said.filter((text) => text.includes('is answered by somebody else'))).toHaveLength(1);
    });

  test('goes on when a listener of the page throws', async ({ page, tally, pageErrors, visit }) => {
    const listener = `<script>document.addEventListener('cello-companion:delivered', () => { throw new Error('of the page'); });</script>`;
    await visit({ before: listener, options: { include: ['email'] } });
    await join(page);
    await heard(page, 'delivered');
    await join(page, 'bob@example.com');
    await heard(page, 'delivered', 'delivered');
    expect(await outboxOf(page)).toEqual([]);
    expect(pageErrors.splice(0).every((error) => error.includes('of the page'))).toBe(true);
    expect(tally.row(2)).toEqual({ sent: 2, arrived: 2, counted: 2, lost: 0, twice: 0 });
  });

  test('forgets the code and drops what waits when the endpoint says so', async ({
    page,
    site,
    start,
    call,
    tally,
    visit,
  }) => {
    site.page('/later', start({ endpoint: site.endpoint, timeout: 50, ...OPTIONS }));
    tally.reply({ forget: true });
    await visit({ options: { include: ['email'], timeout: 50 }, fault: { ...AN_HOUR, times: 1 } });
    await join(page);
    await heard(page, 'failed status 503');
    await join(page, 'bob@example.com');
    await heard(page, 'failed status 503', 'delivered');
    expect(await call('getUcc')).toBeNull();
    expect(await outboxOf(page)).toEqual([]);
    await page.goto(site.url('/later'));
    expect(await call('getUcc')).toBeNull();
  });

  for (const [what, verb, args] of [
    ['forget()', 'forget', []],
    ['a consent that is denied', 'setConsent', ['denied']],
    ['a consent that is withdrawn', 'setConsent', ['pending']],
  ] as const)
    test(`drops what waits on ${what}`, { tag: '@isolated' }, async ({ page, site, call, visit }) => {
      await visit({ fault: { status: 503, times: 1 }, clock: true });
      await page.clock.pauseAt(Date.now() + 3_600_000); // no retry comes before it is dropped
      await join(page);
      await heard(page, 'failed status 503');
      expect(await outboxOf(page)).toHaveLength(1);
      await call(verb, ...args);
      expect(await outboxOf(page)).toEqual([]);
      await page.clock.runFor(60_000);
      await page.clock.resume();
      await page.goto(site.url('/signup'));
      await site.beat(page);
      expect(site.all('submission')).toHaveLength(1);
    });

  test('puts nothing back when consent is withdrawn while a message is on its way', async ({
    page,
    site,
    call,
    visit,
  }) => {
    await visit({ fault: { status: 503, delayMs: 500 } });
    await join(page);
    await site.received('submission');
    await call('setConsent', 'denied');
    await heard(page, 'failed status 503');
    expect(await outboxOf(page)).toEqual([]);
  });

  test('sends while consent is pending, and keeps nothing if it fails', { tag: '@isolated' }, async ({
    page,
    site,
    start,
    tally,
  }) => {
    const head = start({ endpoint: site.endpoint, consent: 'pending', include: ['email'] });
    site.page('/signup', head + HANDLED);
    site.breakEndpoint({ status: 503, times: 1 });
    await page.clock.install();
    await page.goto(site.url(LINK));
    await join(page);
    await heard(page, 'failed status 503');
    expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(['', 0]);
    await join(page, 'bob@example.com');
    await heard(page, 'failed status 503', 'delivered');
    await page.clock.runFor(60_000);
    await site.beat(page);
    expect(site.all('submission')).toHaveLength(2);
    expect(site.all('capture')).toEqual([]);
    expect(tally.row(2)).toMatchObject({ counted: 1, lost: 1, twice: 0 }); // as the visitor wishes
  });

  test('leaves what waits alone until consent is granted again', async ({ page, site, start, call, tally, visit }) => {
    site.page('/later', start({ endpoint: site.endpoint, consent: 'pending', ...OPTIONS }));
    await visit({ fault: { status: 503, times: 1 } });
    await join(page);
    await heard(page, 'failed status 503');
    await page.goto(site.url('/later'));
    await page.waitForFunction(() => Reflect.get(window, 'CelloCompanion'));
    await site.beat(page);
    expect(site.all('submission').length).toBeLessThanOrEqual(2); // the first page's beacon may be the second
    const before = site.all('submission').length;
    await call('setConsent', 'granted');
    await heard(page, 'delivered');
    expect(site.all('submission')).toHaveLength(before + 1);
    expect(tally.row(1)).toMatchObject({ counted: 1, lost: 0, twice: 0 });
  });

  test('sends what waits when the page comes back from the back/forward cache, and nothing as new', async ({
    page,
    site,
    tally,
    visit,
  }) => {
    // The drivers run without that cache: here the page is told what it would be told. Chromium's own is below.
    await visit({ fault: { status: 503, times: 2 } });
    await join(page);
    await heard(page, 'failed status 503');
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    await expect.poll(() => site.all('submission').length).toBe(2);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await heard(page, 'failed status 503', 'delivered');
    expect(tally.row(1)).toEqual({ sent: 1, arrived: 3, counted: 1, lost: 0, twice: 0 });
  });

  test('sends what another tab left when this one is looked at again', { tag: '@isolated' }, async ({
    page,
    context,
    site,
    start,
    tally,
  }) => {
    site.page('/signup', start({ endpoint: site.endpoint, ...OPTIONS }) + HANDLED);
    site.breakEndpoint({ status: 503 });
    const other = await context.newPage();
    await other.goto(site.url('/signup'));
    await page.goto(site.url(LINK));
    await join(page);
    await heard(page, 'failed status 503');
    await page.goto('about:blank');
    site.breakEndpoint({});
    await other.evaluate(() => {
      Object.defineProperty(Document.prototype, 'hidden', { get: () => false }); // no driver changes tabs in all engines
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
    await tally.counted(1);
    expect(tally.row(1)).toMatchObject({ counted: 1, lost: 0, twice: 0 });
  });

  test('sends by beacon what waits in the page alone when it goes', { tag: '@isolated' }, async ({
    page,
    tally,
    visit,
  }) => {
    await page.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await visit({ fault: { status: 503, times: 1 }, clock: true });
    await page.clock.pauseAt(Date.now() + 3_600_000); // no retry comes before the page goes
    await join(page);
    await heard(page, 'failed status 503');
    await page.goto('about:blank');
    await tally.counted(1);
    expect(tally.row(1)).toMatchObject({ arrived: 2, counted: 1, lost: 0, twice: 0 });
  });
});
