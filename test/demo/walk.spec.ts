import type { Page } from 'playwright/test';
import { ADA, chooseCelloScript, type Demo, expect, fillIn, LINK, test, UCC } from './demo.js';

test.describe.configure({ timeout: 40_000 }); // a walk is six pages long

const ONE_ENGINE = { tag: '@one-engine' };

/** Walks that are left for `npm run prove`: test/browser/referral/cello.spec.ts has what Cello's script can do. */
const REPEATED = { tag: ['@one-engine', '@everything'] };

const PASSWORD = 'correct horse';

/** The one event that a sign-up with this code must come to. */
const signup = (demo: Demo, person: typeof ADA) => {
  const newUser = demo.newUser(person);
  return { eventName: 'ReferralUpdated', payload: { ucc: UCC, newUserId: newUser.id }, newUser, trigger: 'new-signup' };
};

/** From the referral link over another page to the sign-up. */
async function comeByLink(page: Page, demo: Demo, mode = 'present'): Promise<void> {
  if (mode !== 'present') await chooseCelloScript(page, demo, mode);
  await page.goto(demo.url(LINK));
  await page.getByRole('navigation', { name: 'Lintel' }).getByRole('link', { name: 'Pricing' }).click();
  await page.waitForURL('**/pricing');
}

async function signUp(page: Page): Promise<void> {
  await fillIn(page, ADA);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/welcome');
}

/** Waits until these have been recorded. Copies that come later are answered as duplicates, and count no more. */
const expectMessages = (demo: Demo, types: string[]) => expect.poll(() => demo.recorded()).toEqual(types);

for (const [mode, where] of [
  ['present', {}],
  ['blocked', ONE_ENGINE],
  ['late', REPEATED],
  ['hanging', REPEATED],
  ['absent', REPEATED],
] as const)
  test(
    `brings the code from the link to one accepted sign-up, with Cello's script ${mode}`,
    where,
    async ({ page, demo }) => {
      await comeByLink(page, demo, mode);
      await page.getByRole('link', { name: 'Start free' }).first().click();
      await page.waitForURL('**/signup');
      await signUp(page);

      expect(demo.noted('handler')).toMatchObject([{ handler: 'POST /signup', ucc: UCC, from: 'form’s field' }]);
      await expect.poll(() => demo.accepted()).toEqual([signup(demo, ADA)]);
      await expectMessages(demo, ['capture', 'submission']);
      const [, submission] = demo.noted('message').filter(({ answer }) => answer.status === 'recorded');
      expect(submission.body).toMatchObject({ page: '/signup', kind: 'signup', fields: { email: ADA.email } });
      expect(demo.accepted()).toHaveLength(1);
    },
  );

for (const [mode, where] of [
  ['present', ONE_ENGINE],
  ['blocked', REPEATED],
] as const)
  test(
    `brings the code through the app that sends JSON, with Cello's script ${mode}`,
    where,
    async ({ page, demo }) => {
      await comeByLink(page, demo, mode);
      await page.goto(demo.url('/start'));
      await page.getByRole('button', { name: '2 to 8 people' }).click();
      await signUp(page);

      expect(demo.noted('handler')).toMatchObject([{ handler: 'POST /api/accounts', ucc: UCC, from: 'form’s field' }]);
      await expect.poll(() => demo.accepted()).toEqual([signup(demo, ADA)]);
      await expectMessages(demo, ['capture', 'submission']);
      expect(demo.accepted()).toHaveLength(1);
    },
  );

const NOOR = { name: 'Noor Haddad', email: 'noor@atelier-haddad.example', organization: 'Atelier Haddad' };

async function signUpByRedirect(page: Page, demo: Demo, button: string): Promise<void> {
  await page.goto(demo.url('/signup/redirect'));
  await page.getByRole('link', { name: button, exact: true }).click();
  await page.getByRole('button', { name: NOOR.name }).click();
  // Not waitForURL: in WebKitGTK a page from another site is another process, and its driver calls that an interruption.
  await expect(page.getByRole('heading', { name: `Welcome, ${NOOR.name}.` })).toBeVisible();
  // Where the next goto() finds a page that is not loaded yet, Firefox's driver may take it for another navigation.
  await page.waitForLoadState();
}

test.describe('through a redirect', { tag: '@isolated' }, () => {
  // After a page of another site WebKitGTK's driver is stuck in that tab. With this option a test has a process of its own.
  test.use({ ignoreHTTPSErrors: true });

  for (const [mode, where] of [
    ['present', {}],
    ['hanging', REPEATED],
  ] as const)
    test(
      `reads the code from the cookie when a provider sends the browser back, with Cello's script ${mode}`,
      where,
      async ({ page, demo }) => {
        await comeByLink(page, demo, mode);
        await signUpByRedirect(page, demo, 'Continue with Drafthouse');

        expect(demo.noted('handler')).toMatchObject([{ handler: 'GET /auth/callback', ucc: UCC, from: 'cookie' }]);
        await expect(page.locator('[data-station=field]')).toHaveText('Field filled not needed: cookie');
        await expect.poll(() => demo.accepted()).toEqual([signup(demo, NOOR)]);
        await expectMessages(demo, ['capture']);
      },
    );

  test('gets no Lax cookie with a form_post from another site, and gets it by going on with a GET', async ({
    page,
    demo,
  }) => {
    await comeByLink(page, demo);
    await signUpByRedirect(page, demo, 'Continue by form_post');

    const [posted, got] = demo.requests.filter(({ path }) => path === '/auth/callback');
    expect(posted).toEqual({ method: 'POST', path: '/auth/callback', cookies: '' });
    expect(got).toMatchObject({ method: 'GET', cookies: expect.stringContaining(`ucc=${UCC}`) });
    await expect.poll(() => demo.accepted()).toEqual([signup(demo, NOOR)]);
  });

  test(
    'tells Cello of no second sign-up when somebody comes back who has an account',
    ONE_ENGINE,
    async ({ page, demo }) => {
      await comeByLink(page, demo);
      await signUpByRedirect(page, demo, 'Continue with Drafthouse');
      await page.goto(demo.url(LINK));
      await signUpByRedirect(page, demo, 'Continue with Drafthouse');

      expect(demo.noted('handler')).toMatchObject([{ isKnown: false }, { isKnown: true }]);
      await expect.poll(() => demo.accepted()).toHaveLength(1);
    },
  );
});

test(
  'tells Cello of a demo when it was attended, once, however often sales says so',
  ONE_ENGINE,
  async ({ page, demo }) => {
    await comeByLink(page, demo);
    await page.getByRole('navigation', { name: 'Lintel' }).getByRole('link', { name: 'Book a demo' }).click();
    await page.waitForURL('**/demo');
    await fillIn(page, ADA);
    await page.getByLabel('Thursday, 14:00').check();
    await page.getByRole('button', { name: 'Book the demo' }).click();
    await page.waitForURL('**/demo/booked*');
    await expectMessages(demo, ['capture', 'submission']);
    expect(demo.noted('message').at(-1).body).toMatchObject({ page: '/demo', kind: 'demo' });
    expect(demo.accepted()).toEqual([]);

    await page.getByRole('link', { name: 'Go on as the sales team' }).click();
    const id = await page.locator('[name=id]').inputValue();
    await page.getByRole('button', { name: 'Mark as attended' }).click();
    await expect(page.getByRole('cell', { name: 'Attended' })).toBeVisible();
    const attended = { ...signup(demo, ADA), newUser: demo.newUser(ADA), trigger: 'demo-call-attended' };
    await expect.poll(() => demo.accepted()).toEqual([attended]);
    await page.evaluate(async (booking) => {
      const body = new URLSearchParams({ id: booking });
      for (const _ of [1, 2]) await fetch('/sales/attended', { method: 'POST', body });
    }, id);
    expect(demo.accepted()).toHaveLength(1);
  },
);

test('adds no field, sends nothing and sets no cookie for a visitor without a referral', async ({ page, demo }) => {
  await page.goto(demo.url('/'));
  await page.goto(demo.url('/signup'));
  await page.getByLabel('Your name').focus();
  expect(await page.locator('input[name=ucc]').count()).toBe(0);
  await signUp(page);

  expect(demo.noted('handler')).toMatchObject([{ handler: 'POST /signup', ucc: null }]);
  await expect(page.locator('[data-station=field]')).toHaveText('Field filled no code, so no field');
  expect(demo.user(ADA.email)).toMatchObject(ADA);
  expect(await page.evaluate(() => document.cookie)).toBe(''); // the demo's own two are HttpOnly
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await expect(page.getByRole('heading', { name: `Welcome, ${ADA.name}.` })).toBeVisible();
  expect(demo.requests.filter(({ path }) => path === '/api/cello')).toEqual([]);
  expect(demo.accepted()).toEqual([]);
});

test(
  'signs the visitor up although Cello is down, and tells Cello when it is back',
  ONE_ENGINE,
  async ({ page, demo }) => {
    const mend = demo.celloApi.fault('unavailable', { times: 100 });
    await comeByLink(page, demo);
    await page.goto(demo.url('/signup'));
    await signUp(page);
    await expect.poll(() => demo.noted('cello').at(0)).toMatchObject({ status: 503 });
    mend();
    await expect.poll(() => demo.accepted(), { timeout: 15_000 }).toEqual([signup(demo, ADA)]);
  },
);

test('makes the browser forget a code that has done its work', ONE_ENGINE, async ({ page, demo }) => {
  await comeByLink(page, demo, 'absent');
  await page.goto(demo.url('/signup'));
  await signUp(page);
  await page.goto(demo.url('/demo'));
  await page.getByLabel('Your name').focus();
  expect(await page.locator('input[name=ucc]').count()).toBe(0);
});

test('takes the new user from the form, whatever a message of the browser says', ONE_ENGINE, async ({ page, demo }) => {
  await comeByLink(page, demo);
  await page.evaluate(async (ucc) => {
    const common = { v: 1, ucc, source: 'address', at: new Date().toISOString(), page: '/signup', via: 'form' };
    const fields = { email: 'mallory@elsewhere.example', name: 'Mallory' };
    const message = { ...common, id: crypto.randomUUID(), type: 'submission', kind: 'signup', form: null, fields };
    await fetch('/api/cello', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(message),
    });
  }, UCC);
  expect(demo.recorded()).toContain('submission');
  expect(demo.accepted()).toEqual([]);
  await page.goto(demo.url('/signup'));
  await signUp(page);
  await expect.poll(() => demo.accepted()).toEqual([signup(demo, ADA)]);
});

/** Books in the calendar's frame, and goes on as the sales team. */
async function bookInCalendar(page: Page, demo: Demo): Promise<void> {
  await comeByLink(page, demo);
  await page.goto(demo.url('/demo/calendar'));
  const calendar = page.frameLocator('iframe');
  await calendar.getByLabel('Your name').fill(ADA.name);
  await calendar.getByLabel('E-mail').fill(ADA.email);
  await calendar.getByRole('button', { name: 'Confirm' }).click();
  await expect(calendar.getByText('This meeting is scheduled.')).toBeVisible();
  await expectMessages(demo, ['capture', 'submission']);
}

const IN_CALENDAR = { tag: ['@one-engine', '@not-firefox', '@not-webkit'] };

test(
  'brings the code through Cal.com’s frame and webhook to one attended demo',
  IN_CALENDAR,
  async ({ page, demo }) => {
    await bookInCalendar(page, demo);
    expect(demo.noted('message').at(-1).body).toMatchObject({ via: 'calcom', kind: 'demo', ucc: UCC });
    await expect(page.locator('[data-station=field]')).toHaveText(/calcom/);
    await expect(page.locator('[data-station=handler]')).toHaveText(/webhooks\/calcom/);
    expect(demo.accepted()).toEqual([]);

    await page.goto(demo.url('/sales'));
    await expect(page.getByText('Booked', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Let it end' }).click();
    await expect(page.getByText('Attended', { exact: true }).last()).toBeVisible();
    await expect.poll(() => demo.accepted()).toMatchObject([{ payload: { ucc: UCC }, trigger: 'demo-call-attended' }]);
    await expect(page.locator('[data-progress]')).toHaveText('5 of 5');
  },
);

test('tells Cello nothing of a demo that the calendar says was missed', IN_CALENDAR, async ({ page, demo }) => {
  await bookInCalendar(page, demo);
  await page.goto(demo.url('/sales'));
  await page.getByRole('button', { name: 'Nobody came' }).click();
  await expect(page.getByText('Missed', { exact: true })).toBeVisible();
  expect(demo.accepted()).toEqual([]);
});
