import { doors, expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';
const LINK = `/?ucc=${UCC}`;
const idOf = (json: unknown) => Reflect.get(Object(json), 'id');

doors(() => {
  test.beforeEach(({ site, start }) => {
    site.page('/', start({ endpoint: site.endpoint, send: [], timeout: 500 }));
    site.page('/without-endpoint', start({ timeout: 100 }));
  });

  test('sends a report, and says that the endpoint has it', async ({ page, site, call }) => {
    await page.goto(site.url(LINK));
    const fields = { email: 'ada@example.com' };
    expect(await call('report', { kind: 'demo', fields })).toEqual({ ok: true });
    expect((await site.received('submission')).json).toMatchObject({
      v: 1,
      type: 'submission',
      ucc: UCC,
      source: 'address',
      kind: 'demo',
      form: null,
      via: 'report',
      page: '/',
      fields,
    });
  });

  test('sends nothing by itself where the page reports by hand', async ({ page, site, start }) => {
    site.page(
      '/',
      `${start({ endpoint: site.endpoint, send: [] })}<form method="post" action="/join"><input name="email"><button>Go</button></form>`,
    );
    await page.goto(site.url(LINK));
    await page.getByRole('button').click();
    expect((await site.received('form')).values('ucc')).toEqual([UCC]);
    await page.waitForURL('**/join');
    await site.beat(page);
    expect(site.all('capture')).toEqual([]);
    expect(site.all('submission')).toEqual([]);
  });

  test('takes the same key for the same message, also after a reload', async ({ page, site, call }) => {
    await page.goto(site.url(LINK));
    await call('report', { key: 'booking-1' });
    await call('report', { key: 'booking-1' });
    await call('report', { key: 'booking-2' });
    const [first, second] = [await site.received('submission'), await site.received('submission')];
    expect(idOf(first.json)).not.toBe(idOf(second.json));
    await page.reload();
    await call('report', { key: 'booking-1' });
    expect(idOf((await site.received('submission')).json)).toBe(idOf(first.json));
    await site.beat(page);
    expect(site.all('submission')).toHaveLength(3);
  });

  test('gives two visitors different messages for the same key', async ({ page, site, call, context }) => {
    await page.goto(site.url(LINK));
    await call('report', { key: 'signup' });
    await context.clearCookies();
    await page.goto(site.url(`${LINK}&visitor=2`));
    await call('report', { key: 'signup' });
    const ids = [await site.received('submission'), await site.received('submission')].map(({ json }) => idOf(json));
    expect(new Set(ids).size).toBe(2);
  });

  test('says why a report was not sent', async ({ page, site, call }) => {
    await page.goto(site.url('/'));
    expect(await call('report', { kind: 'signup' })).toEqual({ ok: false, reason: 'no-code' });
    await page.goto(site.url(`/without-endpoint?ucc=${UCC}`));
    expect(await call('report', { kind: 'signup' })).toEqual({ ok: false, reason: 'no-endpoint' });
  });

  test('keeps a report that the endpoint cannot take now, with the same id for the next try', async ({
    page,
    site,
    call,
  }) => {
    site.breakEndpoint({ status: 503, times: 1 });
    await page.goto(site.url(LINK));
    expect(await call('report', { kind: 'signup' })).toEqual({ ok: false, reason: 'kept' });
    const first = await site.received('submission');
    await page.goto(site.url('/'));
    expect(idOf((await site.received('submission')).json)).toBe(idOf(first.json));
  });

  test('settles within its time where the endpoint does not answer', async ({ page, site, call }) => {
    site.breakEndpoint({ hang: true });
    await page.goto(site.url(LINK));
    expect(await call('report', { kind: 'signup' })).toEqual({ ok: false, reason: 'kept' });
  });

  test('does not claim to keep a report while consent is pending', async ({ page, site, start, call }) => {
    site.page('/pending', start({ endpoint: site.endpoint, consent: 'pending', timeout: 300 }));
    await page.goto(site.url(`/pending?ucc=${UCC}`));
    site.breakEndpoint({ hang: true, times: 1 });
    expect(await call('report', { kind: 'signup' })).toEqual({ ok: false, reason: 'consent' });
    site.breakEndpoint({ status: 503 });
    expect(await call('report', { kind: 'signup' })).toEqual({ ok: false, reason: 'consent' });
    expect(await page.evaluate('localStorage.length')).toBe(0);
  });

  test('gives up what the endpoint refuses', async ({ page, site, call }) => {
    site.breakEndpoint({ status: 422 });
    await page.goto(site.url(LINK));
    expect(await call('report', { kind: 'signup' })).toEqual({ ok: false, reason: 'refused' });
    expect(await page.evaluate('localStorage.length')).toBe(0);
  });

  test('rejects a malformed report, naming what is wrong', async ({ page, site, call }) => {
    await page.goto(site.url(LINK));
    await expect(call('report', { kind: 'purchase' })).rejects.toThrow('"kind" must be "signup" or "demo"');
    await expect(call('report', { fields: { seats: 3 } })).rejects.toThrow(
      'field "seats" must be a string, got number',
    );
    await expect(call('report', { key: 7 })).rejects.toThrow('"key" must be a non-empty string');
  });

  test('forgets the code when the endpoint asks for it', async ({ page, site, call }) => {
    site.answerEndpoint(() => Response.json({ status: 'recorded', forget: true }, { status: 202 }));
    await page.goto(site.url(LINK));
    expect(await call('report', { kind: 'signup' })).toEqual({ ok: true });
    expect(await call('getUcc')).toBe(null);
    await page.goto(site.url('/'));
    expect(await call('getUcc')).toBe(null);
  });

  test('tells the page what was delivered and what failed', async ({ page, site, start, call }) => {
    const listen = `<script>told = []; for (const name of ['delivered', 'failed'])
      document.addEventListener('cello-companion:' + name, ({ detail }) => told.push([name, detail.type, detail.reason]))</script>`;
    site.page('/', listen + start({ endpoint: site.endpoint, send: [], timeout: 50 }));
    await page.goto(site.url(LINK));
    // A report settles when its time is over; what became of it the page may hear later.
    const told = () => page.evaluate('told');
    await call('report', { kind: 'signup' });
    await expect.poll(told).toEqual([['delivered', 'submission', undefined]]);
    site.breakEndpoint({ status: 400 });
    await call('report', { kind: 'signup' });
    await expect.poll(told).toEqual([
      ['delivered', 'submission', undefined],
      ['failed', 'submission', 'status 400'],
    ]);
  });

  test('starts again after a stop, and is inert in between', async ({ page, site, call, door }) => {
    await page.goto(site.url(LINK));
    const stopped = await page.evaluateHandle(door === 'npm' ? 'companion' : 'CelloCompanion.companion');
    await call('stop');
    expect(await stopped.evaluate((companion) => Reflect.get(Object(companion), 'getUcc')())).toBe(null);
    expect(await page.evaluate('typeof CelloCompanion')).toBe('undefined');
    const restart = {
      npm: `import('cello-companion').then(({ start }) => { companion = start({ timeout: 50 }) })`,
      script: `new Promise((done) => { const tag = document.createElement('script'); tag.src = '/cello-companion.js'; tag.dataset.timeout = 50; tag.onload = () => done(); document.head.append(tag) })`,
    };
    await page.evaluate(restart[door]);
    expect(await call('getUcc')).toBe(UCC);
  });
}, ['@one-engine']);
