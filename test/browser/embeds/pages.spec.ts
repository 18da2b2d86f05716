// What pages do with widgets: in every engine what a browser could do otherwise, and once what it could not.
import { bundleApp } from '../../libraries/bundle.js';
import { IMPORTS } from '../../site/site.js';
import { bookedInCal, CAL_EMBED, CAL_QUEUE, CALCOM } from './stand-ins/calcom.js';
import { CALENDLY } from './stand-ins/calendly.js';
import { MARKED } from './stand-ins/frame.js';
import { MEETING } from './stand-ins/hubspot-meetings.js';
import { TYPEFORM, TYPEFORM_EMBED } from './stand-ins/typeform.js';
import { HOSTILE } from './stand-ins/widget.js';
import { expect, test, UCC, type Widgets } from './widgets.js';

const ONE = { tag: '@one-engine' };
const ROUTED = { tag: ['@isolated', '@one-engine', '@not-firefox', '@not-webkit'] };

/** Frames on another site of the test's, which the site's tag allows. */
const allow = (widgets: Widgets, path: string) => {
  const origin = widgets.elsewhere(path);
  return { origin, tag: widgets.tag({ embedOrigins: origin }) };
};

test('Calendly: carries the code, and hears one booking among messages of any shape', async ({ site, widgets }) => {
  const { origin, tag } = allow(widgets, '/acme/demo');
  await widgets.open(tag + CALENDLY.html(origin));
  expect(CALENDLY.codeIn(await widgets.frame())).toBe(UCC);
  await widgets.say([...HOSTILE, ...CALENDLY.silent, ...CALENDLY.booked('a'), ...CALENDLY.booked('a')]);
  expect((await site.received('submission')).json).toMatchObject({ ucc: UCC, via: 'calendly', ...CALENDLY.told('a') });
  expect(await widgets.submissions()).toHaveLength(1);
});

test('Cal.com: a code that comes late reaches a frame that nobody used, and the back button knows nothing of it', async ({
  page,
  site,
  widgets,
}) => {
  const { origin, tag } = allow(widgets, '/acme/demo/embed');
  site.page('/before', '<h1>Before</h1>');
  await page.goto(site.url('/before'));
  await widgets.open(tag + CALCOM.html(origin), '/');
  expect(CALCOM.codeIn(await widgets.frame())).toBe(null);
  const before = await page.evaluate(() => history.length);
  await widgets.learn();
  expect(CALCOM.codeIn(await widgets.frame(1))).toBe(UCC);
  expect(await page.evaluate(() => history.length)).toBe(before);
  await page.evaluate(() => void setTimeout(() => history.back()));
  await page.waitForURL('**/before');
});

test('Typeform: tells a response although the form leads away at once', async ({ page, site, widgets, pageErrors }) => {
  const { origin, tag } = allow(widgets, '/to/Demo2026');
  site.page('/thanks', '<h1>Thanks</h1>');
  await widgets.open(tag + TYPEFORM.html(origin));
  expect(TYPEFORM.codeIn(await widgets.frame())).toBe(UCC);
  await page.evaluate(() =>
    addEventListener('message', ({ data }) => {
      if (data?.type === 'form-submit') location.href = '/thanks';
    }),
  );
  await widgets.say(TYPEFORM.booked('r-1')).catch(() => {}); // the page is gone with it
  expect((await site.received('submission')).json).toMatchObject({ via: 'typeform', ref: 'r-1', kind: null });
  await page.waitForURL('**/thanks');
  pageErrors.length = 0; // Typeform's own
});

test('an app that imports us names its widgets, and where they are', ONE, async ({ site, widgets }) => {
  const { origin } = allow(widgets, '/acme/demo');
  const html = CALENDLY.html(origin);
  await widgets.open(`<script type="importmap">${JSON.stringify({ imports: IMPORTS.files })}</script>
    <script type="module">
      import { start } from 'cello-companion';
      import { calendly } from 'cello-companion/embeds';
      const embeds = [calendly({ carrier: 'utm_term', origins: ['${origin}'] })];
      start({ endpoint: '${site.endpoint}', embeds });
    </script>${html}`);
  expect((await widgets.frame()).searchParams.get('utm_term')).toBe(UCC);
  await widgets.say(CALENDLY.booked('npm'));
  expect((await site.received('submission')).json).toMatchObject({ via: 'calendly', ...CALENDLY.told('npm') });
});

test('a marked frame of any tool gets the code in its query, also under another name', ONE, async ({ widgets }) => {
  const { origin } = allow(widgets, '/book');
  await widgets.open(widgets.tag({ embeds: 'frame:referral_code' }) + MARKED(origin));
  await expect.poll(() => widgets.seen.at(-1)?.search).toBe(`?lang=en&referral_code=${UCC}`);
});

test(
  "react-calendly: an app's calendar has the code, and its booking is one message",
  ROUTED,
  async ({ site, widgets }) => {
    await widgets.at(CALENDLY.origin);
    const script = await bundleApp('react/calendly.jsx');
    site.route('/app.js', () => new Response(script, { headers: { 'content-type': 'text/javascript' } }));
    await widgets.open(
      `${widgets.tag()}<div id="app"></div><script src="/app.js"></script><script>app.mount(document.querySelector('#app'))</script>`,
    );
    await expect.poll(() => widgets.seen.map((address) => CALENDLY.codeIn(address)).at(-1)).toBe(UCC);
    await widgets.say([...CALENDLY.booked('r'), ...CALENDLY.booked('r')]);
    expect((await site.received('submission')).json).toMatchObject({
      ucc: UCC,
      via: 'calendly',
      ...CALENDLY.told('r'),
    });
    expect(await widgets.submissions()).toHaveLength(1);
  },
);

test(
  'a popup that opens, closes and opens again in an app has the code each time',
  ROUTED,
  async ({ page, site, widgets }) => {
    await widgets.at(CALENDLY.origin);
    await widgets.open(`${widgets.tag()}<script nonce="page" src="/stand-ins/calendly.js"></script>`);
    for (const round of [0, 1]) {
      await page.evaluate((path) => {
        history.pushState({}, '', path);
        Reflect.get(window, 'Calendly').initPopupWidget({ url: 'https://calendly.com/acme/demo' });
      }, `/route-${round}`);
      await expect.poll(() => widgets.seen.at(-1)?.searchParams.get('utm_content')).toBe(UCC);
      await expect.poll(() => page.locator('iframe').count()).toBe(1);
      await widgets.frame(round);
      await widgets.say(CALENDLY.booked(`round-${round}`));
      expect((await site.received('submission')).json).toMatchObject(CALENDLY.told(`round-${round}`));
      await page.evaluate(() => Reflect.get(window, 'Calendly').closePopupWidget());
    }
    expect(await widgets.submissions()).toHaveLength(2);
  },
);

test(
  'Cal.com: a button opens a modal with the code in a namespace of its own',
  ROUTED,
  async ({ page, site, widgets }) => {
    await widgets.at(CALCOM.origin);
    await widgets.open(`${widgets.tag()}<button data-cal-link="acme/demo" data-cal-namespace="sales" data-cal-config='{"layout":"month_view"}'>Book</button>
    <script nonce="page">${CAL_QUEUE} Cal.named('sales', { origin: 'https://app.cal.com' });</script>
    <script nonce="page" src="/library/${CAL_EMBED}"></script>`);
    await expect.poll(() => widgets.told()).toContainEqual(['carried', 'calcom', '']);
    await page.getByRole('button', { name: 'Book' }).click();
    await expect.poll(() => widgets.seen.map((address) => CALCOM.codeIn(address))).toContain(UCC);
    const frame = 'iframe.cal-embed';
    await widgets.say(bookedInCal('bk-9', 'sales'), frame);
    expect((await site.received('submission')).json).toMatchObject({ via: 'calcom', ref: 'bk-9', kind: 'demo' });
    expect(await widgets.submissions()).toHaveLength(1);
  },
);

/** Widgets that open at a click, each as its vendor says it is written, and what their frame says of a booking. */
const OPENED = {
  "Typeform's popup": [TYPEFORM, '<button data-tf-popup="Demo2026">Open</button>'],
  "Typeform's slider": [TYPEFORM, '<button data-tf-slider="Demo2026">Open</button>'],
  "Typeform's sidetab": [TYPEFORM, '<div data-tf-sidetab="Demo2026" data-tf-button-text="Open"></div>'],
  "Cal.com's floating button": [
    CALCOM,
    `<script nonce="page">${CAL_QUEUE} Cal('init', { origin: 'https://app.cal.com' });
     Cal('floatingButton', { calLink: 'acme/demo', buttonText: 'Open' });</script>`,
  ],
  "Calendly's badge": [
    CALENDLY,
    `<script nonce="page">addEventListener('load', () =>
       Calendly.initBadgeWidget({ url: 'https://calendly.com/acme/demo', text: 'Open' }));</script>`,
  ],
} as const;

const HOST_SCRIPTS = new Map([
  [TYPEFORM, `/library/${TYPEFORM_EMBED}`],
  [CALCOM, `/library/${CAL_EMBED}`],
  [CALENDLY, '/stand-ins/calendly.js'],
]);

for (const [title, [widget, html]] of Object.entries(OPENED))
  test(`${title} opens with the code, and tells one booking`, ROUTED, async ({ page, site, widgets }) => {
    await widgets.at(widget.origin);
    await widgets.open(
      `${widgets.tag()}<h1>Demo</h1>${html}<script nonce="page" src="${HOST_SCRIPTS.get(widget)}"></script>`,
    );
    await page.getByText('Open').click();
    await expect.poll(() => widgets.seen.map((address) => widget.codeIn(address))).toContain(UCC);
    await widgets.say([...widget.booked('o-1'), ...widget.booked('o-1')]);
    expect((await site.received('submission')).json).toMatchObject({ via: widget.word, ...widget.told('o-1') });
    expect(await widgets.submissions()).toHaveLength(1);
  });

test('two widgets of a kind are told apart', ROUTED, async ({ site, widgets }) => {
  await widgets.at(CALENDLY.origin);
  const second =
    '<div class="calendly-inline-widget" data-url="https://calendly.com/acme/other" data-cello-companion="signup"></div>';
  await widgets.open(widgets.tag() + CALENDLY.html(CALENDLY.origin) + second);
  await expect.poll(() => widgets.seen.map((address) => CALENDLY.codeIn(address))).toEqual([UCC, UCC]);
  await widgets.say(CALENDLY.booked('one'), '[data-url*="/demo"] iframe');
  expect((await site.received('submission')).json).toMatchObject({ ...CALENDLY.told('one'), kind: 'demo' });
  await widgets.say(CALENDLY.booked('two'), '[data-url*="/other"] iframe');
  expect((await site.received('submission')).json).toMatchObject({ ...CALENDLY.told('two'), kind: 'signup' });
});

test(
  'HubSpot Meetings: one booking said in every shape it has, without contact too, from an EU portal',
  ROUTED,
  async ({ page, site, widgets }) => {
    const origin = 'https://meetings-eu1.hubspot.com';
    await widgets.at(origin);
    const frames = ['noContact', 'older', 'bare', 'misspelt', 'created'] as const;
    const holders = frames.map(
      (name) =>
        `<div class="meetings-iframe-container" id="${name}" data-src="${origin}/acme/${name}?embed=true"></div>`,
    );
    await widgets.open(
      `${widgets.tag()}${holders.join('')}<script nonce="page" src="/stand-ins/hubspot-meetings.js"></script>`,
    );
    await expect.poll(() => widgets.seen.length).toBe(frames.length);
    for (const name of frames) {
      await widgets.say([MEETING[name], MEETING[name]], `#${name} iframe`);
      expect((await site.received('submission')).json).toMatchObject({
        via: 'hubspot-meetings',
        kind: 'demo',
        fields: {},
      });
    }
    expect(await widgets.submissions()).toHaveLength(frames.length);
    expect(await page.evaluate(() => history.length)).toBeLessThan(4);
  },
);

test('HubSpot Meetings: takes the person only for a site that asks for it', ROUTED, async ({ site, widgets }) => {
  const { origin } = { origin: 'https://meetings.hubspot.com' };
  await widgets.at(origin);
  const html = `<div class="meetings-iframe-container" data-src="${origin}/acme/demo?embed=true"></div><script nonce="page" src="/stand-ins/hubspot-meetings.js"></script>`;
  await widgets.open(widgets.tag({ include: 'email' }) + html);
  await widgets.frame();
  await widgets.say([MEETING.full('ada')]);
  expect((await site.received('submission')).json).toMatchObject({ fields: { email: 'ada@example.com' } });
});

test('a site that sends by itself hears nothing of widgets, and they have the code', ROUTED, async ({ widgets }) => {
  await widgets.at(CALENDLY.origin);
  await widgets.open(widgets.tag({ send: 'capture' }) + CALENDLY.html(CALENDLY.origin));
  expect(CALENDLY.codeIn(await widgets.frame())).toBe(UCC);
  await widgets.say(CALENDLY.booked('quiet'));
  await widgets.say([null]);
  expect(await widgets.submissions()).toEqual([]);
});

test('works under a strict policy with Trusted Types', ROUTED, async ({ site, widgets }) => {
  await widgets.at(CALENDLY.origin);
  const policy = `default-src 'none'; script-src 'nonce-page'; connect-src 'self'; frame-src https://calendly.com; require-trusted-types-for 'script'; trusted-types 'none'`;
  await widgets.open(widgets.tag() + CALENDLY.html(CALENDLY.origin), undefined, { 'content-security-policy': policy });
  expect(CALENDLY.codeIn(await widgets.frame())).toBe(UCC);
  await widgets.say(CALENDLY.booked('strict'));
  expect((await site.received('submission')).json).toMatchObject(CALENDLY.told('strict'));
});

test(
  'a frame that the site wrote by hand is that widget, and gets what makes it speak',
  ROUTED,
  async ({ site, widgets }) => {
    await widgets.at(CALENDLY.origin);
    await widgets.open(`${widgets.tag()}<iframe src="https://calendly.com/acme/demo" title="Book"></iframe>`);
    await expect.poll(() => widgets.seen.at(-1)?.searchParams.get('utm_content')).toBe(UCC);
    expect(widgets.seen.at(-1)?.searchParams.get('embed_domain')).toBeTruthy();
    await widgets.say(CALENDLY.booked('by-hand'));
    expect((await site.received('submission')).json).toMatchObject(CALENDLY.told('by-hand'));
  },
);

test('a visitor without a code: no frame is touched and nothing is told', ROUTED, async ({ site, widgets }) => {
  await widgets.at(CALENDLY.origin);
  await widgets.open(widgets.tag() + CALENDLY.html(CALENDLY.origin), '/');
  expect(CALENDLY.codeIn(await widgets.frame())).toBe(null);
  await widgets.say(CALENDLY.booked('nobody'));
  expect(await widgets.submissions()).toEqual([]);
  expect(site.all('capture')).toEqual([]);
});
