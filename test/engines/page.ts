/**
 * `test` with one page for all tests of a worker: a new one costs more than most tests do. Every test has hosts of its
 * own (test/site, test/demo), so cookies and storage do not meet. A test that changes more than the site it is on has the
 * tag `@isolated`, and gets a page and a context of its own.
 */
import { type Browser, test as base, expect, type Page } from 'playwright/test';

/** The page that the tests of a worker share. It comes when the first of them asks for it. */
interface Shared {
  take(): Promise<Page>;
  giveBack(isGood: boolean): Promise<void>;
}

interface Fixtures {
  /** Errors that reached the page. The test fails if there are any at its end, unless it takes them out. */
  readonly pageErrors: string[];
}

/** What cannot be taken back: the next test would have it too. */
const LASTING = {
  page: 'addInitScript addLocatorHandler close emulateMedia exposeBinding exposeFunction route setExtraHTTPHeaders setViewportSize',
  context: 'addInitScript exposeBinding exposeFunction grantPermissions newPage route setExtraHTTPHeaders setOffline',
  clock: 'install pauseAt setFixedTime setSystemTime',
};

/** What a test may have listened to. */
const EVENTS = ['console', 'dialog', 'pageerror', 'popup', 'request', 'requestfailed', 'requestfinished', 'response'];

/** How long a page may take to leave a site, from try to try. Much longer than it does. */
const LEAVE_MS = [2_000, 4_000, 8_000];

function refuseLasting(page: Page): void {
  const context = page.context();
  for (const [target, names] of [
    [page, LASTING.page],
    [context, LASTING.context],
    [context.clock, LASTING.clock],
  ] as const)
    for (const name of names.split(' '))
      Reflect.set(target, name, () => {
        throw new Error(`${name}() would last for the tests after this one: give this one the tag @isolated.`);
      });
}

/**
 * Leaves the site. Where a form leads away at this moment it interrupts that, lets it hang, or comes after it: in stock
 * WebKit, which then says that the page is blank before it is, so there the page itself is asked. It tries again.
 */
async function leave(page: Page): Promise<void> {
  const isWebKit = page.context().browser()?.browserType().name() === 'webkit';
  for (const timeout of LEAVE_MS) {
    const goBlank = async () => {
      await page.goto('about:blank', { timeout });
      return isWebKit ? page.evaluate(() => window.location.href) : page.url();
    };
    if ((await goBlank().catch(() => null)) === 'about:blank') return;
  }
  throw new Error('The page does not leave its site.');
}

function share(browser: Browser): Shared {
  let open: { readonly page: Page; readonly tabs: readonly Page[] } | null = null;
  return {
    async take() {
      if (open) return open.page;
      const context = await browser.newContext();
      const page = await context.newPage();
      refuseLasting(page);
      open = { page, tabs: context.pages() };
      return page;
    },
    async giveBack(isGood) {
      if (!open) return;
      const { page, tabs } = open;
      for (const event of EVENTS) page.removeAllListeners(event);
      for (const popup of page.context().pages()) if (!tabs.includes(popup)) await popup.close();
      const isBlank =
        isGood &&
        (await leave(page).then(
          () => true,
          () => false,
        )); // a page that crashed, or hangs
      if (isBlank) return;
      open = null;
      await page.context().close();
    },
  };
}

/**
 * Firefox's driver calls an error what the browser notes about a page, such as a refused cookie. A thrown value has a
 * name or where it was thrown: such a note has neither, or is the policy's.
 */
const isNote = ({ name, stack = '' }: Error): boolean =>
  ['', 'Content-Security-Policy'].includes(name) && stack.endsWith('\nundefined');

export const test = base.extend<Fixtures & { readonly tab: Page }, { readonly shared: Shared }>({
  shared: [
    async ({ browser }, use) => {
      const shared = share(browser);
      await use(shared);
      await shared.giveBack(false);
    },
    { scope: 'worker' },
  ],
  tab: async ({ browser, shared }, use, testInfo) => {
    if (!testInfo.tags.includes('@isolated')) {
      await use(await shared.take());
      await shared.giveBack(testInfo.status === testInfo.expectedStatus);
      return;
    }
    const context = await browser.newContext();
    await use(await context.newPage());
    // Chromium's context can wait for ever for a page that a form is leading away.
    for (const page of context.pages()) await leave(page).catch(() => {});
    await context.close();
  },
  context: ({ tab }, use) => use(tab.context()),
  page: ({ tab }, use) => use(tab),
  pageErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      const add = (error: Error) => {
        if (!isNote(error)) errors.push(String(error));
      };
      page.on('pageerror', add);
      await use(errors);
      page.off('pageerror', add);
      expect(errors, 'errors that reached the page').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
