import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright/test';
import { ADA, expect, fillIn, LINK, test, UCC } from './demo.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const PAGES = ['/link', '/', '/pricing', '/signup', '/signup/redirect', '/start', '/start/account', '/demo', '/sales'];

test.describe.configure({ timeout: 40_000 }); // they look at many pages

// WebKitGTK's driver cannot change the window's size.
test('fits every window from 380 to 1600 pixels', { tag: ['@isolated', '@one-engine', '@not-webkit'] }, async ({
  page,
  demo,
}) => {
  for (const path of PAGES) {
    await page.goto(demo.url(path));
    for (const width of [380, 768, 1100, 1600]) {
      await page.setViewportSize({ width, height: 800 });
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(tooWide, `pixels that ${path} is too wide at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

// Only Chromium measures layout shifts: https://wicg.github.io/layout-instability/
for (const width of [390, 1440])
  test(`moves nothing while it loads and while the code walks, at ${width} pixels @not-firefox @not-webkit`, {
    tag: '@isolated',
  }, async ({ page, demo }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.addInitScript(() => {
      /** Which page, how much, and what moved. */
      const describe = (entry: PerformanceEntry) => {
        const moved = Array.from(Reflect.get(entry, 'sources') ?? [], (source: object) => {
          const node = Reflect.get(source, 'node');
          const name = node instanceof Element ? `${node.tagName} ${node.className}` : node?.textContent;
          return [name, ...['previousRect', 'currentRect'].map((key) => JSON.stringify(Reflect.get(source, key)))];
        });
        return `${location.pathname} ${Reflect.get(entry, 'value')} ${moved.join()}`;
      };
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          sessionStorage.setItem('shift', `${sessionStorage.getItem('shift') ?? ''}${describe(entry)}\n`);
      });
      observer.observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(demo.url(LINK));
    await expect(page.getByText('Maya Okafor invites you')).toBeVisible();
    for (const path of ['/pricing', '/start', '/demo', '/signup']) await page.goto(demo.url(path));
    await fillIn(page, ADA);
    await page.getByLabel('Password').fill('correct horse');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL('**/welcome');
    await expect(page.locator('[data-progress]')).toHaveText('5 of 5');
    expect(await page.evaluate(() => sessionStorage.getItem('shift'))).toBe(null);
  });

test('shows the walk as the page’s events and the server recorded it', { tag: '@one-engine' }, async ({
  page,
  demo,
}) => {
  await page.goto(demo.url('/signup'));
  const row = (station: string) => page.locator(`[data-station=${station}]`);
  await expect(row('code')).not.toHaveClass(/done/);
  await page.goto(demo.url(LINK));
  await expect(row('code')).toHaveText(`Code found ${UCC}`);
  await expect(row('message')).toHaveText('Message arrived capture');
  await expect(row('handler')).not.toHaveClass(/done/);
  await expect(row('field')).toHaveText('Field filled at a form’s first touch');
  await page.goto(demo.url('/signup'));
  await expect(row('field'), 'by Cello’s script, untouched').toHaveText('Field filled signup-form');
  await fillIn(page, ADA);
  await page.getByLabel('Password').fill('correct horse');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/welcome');

  await expect(row('field')).toHaveText('Field filled signup-form');
  await expect(row('handler')).toHaveText('Site read it /signup, form’s field');
  await expect(row('cello')).toHaveText('Event accepted new-signup');
  const [event] = demo.celloApi.events;
  expect(JSON.parse((await page.locator('[data-of=cello] pre').textContent()) ?? '')).toEqual(event);
});

test('starts over with nothing left of the walk', { tag: '@one-engine' }, async ({ page, demo }) => {
  await page.goto(demo.url(LINK));
  await expect(page.locator('.confirmation')).toHaveText(/delivered/);
  await page.locator('[data-restart]').dispatchEvent('click'); // a narrow window has it in a closed sheet
  await page.waitForURL('**/link');
  await expect(page.locator('[data-progress]')).toHaveText('0 of 5');
  expect(await page.evaluate(() => document.cookie)).toBe('');
});

/** The texts of the buttons that stand out: filled with blue, and in sight. */
const listLoud = (page: Page) =>
  page.evaluate(() => {
    const blue = getComputedStyle(document.documentElement).getPropertyValue('--blue').trim();
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = blue;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return [...document.querySelectorAll<HTMLElement>('a, button')]
      .filter((element) => element.checkVisibility() && getComputedStyle(element).backgroundColor === color)
      .map((element) => element.textContent?.trim());
  });

test('says one thing loud before the walk begins: to open a referral link', {
  tag: ['@one-engine', '@isolated'],
}, async ({ page, demo }) => {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of ['/', '/pricing', '/link', '/sales']) {
      await page.goto(demo.url(path));
      expect(await listLoud(page), `${path} at ${width}`).toEqual(['Open a referral link']);
    }
  }
  await page.goto(demo.url('/'));
  await page.getByRole('link', { name: 'Open a referral link' }).click();
  await page.waitForURL('**/?ucc=*');
  await expect(page.locator('[data-station=code]')).toHaveText(`Code found ${UCC}`);
  await expect.poll(() => listLoud(page)).toContain('Start free'); // it turns blue in a moment
});

/** Each switch, and what the inspector answers: what is wrong, and what to do. */
const MISTAKES: readonly (readonly [label: string, wrong: string, remedy: string])[] = [
  ['misspelt attribute', 'did you mean data-endpoint?', 'correct the name'],
  ['endpoint refuses', 'refuses this page’s origin (status 403)', 'createEndpoint({ allowOrigins })'],
  ['CSP', 'is blocked by this page’s Content Security Policy', 'connect-src'],
  ['consent pending', 'Consent is pending', 'setConsent("granted")'],
];

test('makes what newcomers get wrong, and shows what the inspector says of it', {
  tag: ['@one-engine', '@isolated'],
}, async ({ page, demo }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(demo.url('/'));
  await expect(page.locator('.answer')).toBeHidden();
  for (const [label, wrong, remedy] of MISTAKES) {
    await page.getByLabel(label).check();
    await page.waitForURL('**/?ucc=*');
    await expect(page.getByLabel(label)).toBeChecked();
    await expect(page.locator('.answer')).toContainText(wrong);
    await expect(page.locator('.answer')).toContainText(remedy);
    expect(demo.recorded(), 'nothing has arrived').toEqual([]);
  }
  await page.getByLabel('nothing').check();
  await expect(page.locator('.confirmation')).toHaveText(/delivered/);
  expect(demo.recorded()).toEqual(['capture']);
});

test('passes axe in light and in dark, narrow and wide', { tag: ['@one-engine', '@isolated'] }, async ({
  page,
  demo,
}) => {
  const axe = await readFile(AXE, 'utf8');
  for (const [colorScheme, width, paths] of [
    ['dark', 390, ['/', LINK, '/signup', '/sales']],
    ['light', 1280, ['/link', '/pricing', '/demo', '/start/account']],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    for (const path of paths) {
      await page.goto(demo.url(path));
      await page.evaluate(axe);
      const found = await page.evaluate(() => Reflect.get(window, 'axe').run({ resultTypes: ['violations'] }));
      const wrong = found.violations.map(({ id, nodes }: { id: string; nodes: unknown }) => [id, nodes]);
      expect(wrong, `${path} in ${colorScheme}`).toEqual([]);
    }
  }
});
