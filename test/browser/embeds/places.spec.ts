// Where widgets are on a page: in shadow roots, in marked sections, in sandboxes; and what a page pays for frames that chat.
import { CALENDLY } from './stand-ins/calendly.js';
import { MARKED } from './stand-ins/frame.js';
import { expect, test, UCC, type Widgets } from './widgets.js';

const ONE = { tag: '@one-engine' };

/** Frames on another site of the test's, which the site's tag allows. */
const allow = (widgets: Widgets, path = '/acme/demo') => {
  const origin = widgets.elsewhere(path);
  return { url: origin + path, origin, tag: widgets.tag({ embeds: 'calendly frame', embedOrigins: origin }) };
};

/** A custom element with a Calendly frame in the shadow root of its shadow root. */
const ELEMENT = (url: string) => `
  customElements.define('booking-widget', class extends HTMLElement {
    connectedCallback() {
      const inner = document.createElement('div');
      this.attachShadow({ mode: 'open' }).append(inner);
      inner.attachShadow({ mode: 'open' }).innerHTML = '<div class="calendly-inline-widget"><iframe src="${url}"></iframe></div>';
    }
  });`;

const HOST = '<booking-widget></booking-widget>';

const WHEN = {
  'there before us': (tag: string, define: string) => `${HOST}<script nonce="page">${define}</script>${tag}`,
  'added later': (tag: string, define: string) =>
    `${tag}<script nonce="page">${define} addEventListener('load', () => setTimeout(() => document.body.insertAdjacentHTML('beforeend', '${HOST}')));</script>`,
  'defined later': (tag: string, define: string) =>
    `${tag}${HOST}<script nonce="page">addEventListener('load', () => setTimeout(() => { ${define} }, 50));</script>`,
};

for (const [title, html] of Object.entries(WHEN))
  test(
    `a widget in open shadow roots, ${title}: has the code, and its booking is one message`,
    ONE,
    async ({ site, widgets }) => {
      const { url, tag } = allow(widgets);
      await widgets.open(html(tag, ELEMENT(url)));
      await expect.poll(() => widgets.seen.map((address) => CALENDLY.codeIn(address)).at(-1)).toBe(UCC);
      await widgets.say([...CALENDLY.booked('s'), ...CALENDLY.booked('s')]);
      expect((await site.received('submission')).json).toMatchObject({ ucc: UCC, ...CALENDLY.told('s') });
      expect(await widgets.submissions()).toHaveLength(1);
    },
  );

test('a widget that comes into a shadow root later has the code', async ({ page, widgets }) => {
  const { url, tag } = allow(widgets);
  await widgets.open(`<div id="host"></div><script nonce="page">host.attachShadow({ mode: 'open' })</script>${tag}`);
  await widgets.knows();
  await page.evaluate((src) => {
    const frame = Object.assign(document.createElement('iframe'), { src, className: 'calendly' });
    const holder = Object.assign(document.createElement('div'), { className: 'calendly-inline-widget' });
    holder.append(frame);
    document.querySelector('#host')?.shadowRoot?.append(holder);
  }, url);
  await expect.poll(() => widgets.seen.map((address) => CALENDLY.codeIn(address)).at(-1)).toBe(UCC);
});

test('a mark around the host of a shadow root counts for the widget in it', ONE, async ({ site, widgets }) => {
  const { url, tag } = allow(widgets);
  const page = (mark: string) =>
    `<script nonce="page">${ELEMENT(url)}</script>${tag}<section data-cello-companion="${mark}">${HOST}</section>`;
  await widgets.open(page('off'));
  expect(CALENDLY.codeIn(await widgets.frame())).toBe(null);
  await widgets.say(CALENDLY.booked('off'));
  expect(await widgets.submissions()).toEqual([]);
  await widgets.open(page('signup'));
  await expect.poll(() => widgets.seen.map((address) => CALENDLY.codeIn(address)).at(-1)).toBe(UCC);
  await widgets.say(CALENDLY.booked('on'));
  expect((await site.received('submission')).json).toMatchObject({ ...CALENDLY.told('on'), kind: 'signup' });
});

/** What stands in a marked section, and whether the frame in it is the one that is meant. */
const SECTIONS = {
  'a frame alone': ['', true],
  'a form beside it, whose captcha it may be': ['<form></form>', false],
  'another frame beside it': ['<iframe src="/other" title="A video"></iframe>', false],
  'another frame beside it that has its own mark': [
    '<iframe src="/other" data-cello-companion="off" title="A video"></iframe>',
    true,
  ],
} as const;

for (const [title, [beside, isMeant]] of Object.entries(SECTIONS))
  test(
    `a marked section with ${title}: the plain frame ${isMeant ? 'has' : 'does not have'} the code`,
    ONE,
    async ({ site, widgets }) => {
      const { origin } = allow(widgets, '/book');
      site.page('/other', 'Another');
      const plain = MARKED(origin).replace('data-cello-companion="demo"', '');
      await widgets.open(
        `${widgets.tag({ embeds: 'frame' })}<section data-cello-companion="Demo">${plain}${beside}</section>`,
      );
      const mine = () => widgets.seen.map(({ searchParams }) => searchParams.get('ucc')).at(-1);
      if (isMeant) await expect.poll(mine).toBe(UCC);
      else {
        await widgets.knows();
        await widgets.submissions(); // everything sent before has arrived
        expect(mine()).toBe(null);
      }
    },
  );

test(
  'a frame in a sandbox without an origin has the code, is not believed, and the page hears why',
  ONE,
  async ({ site, widgets }) => {
    const { url, tag } = allow(widgets);
    const frame = (id: string, more: string) =>
      `<div class="calendly-inline-widget"><iframe id="${id}" sandbox="allow-scripts ${more}" src="${url}" title="Book"></iframe></div>`;
    await widgets.open(`${tag}${frame('boxed', '')}${frame('open', 'Allow-Same-Origin')}`);
    await expect.poll(() => widgets.told()).toContainEqual(['failed', 'embed', expect.stringContaining('sandbox')]);
    await expect
      .poll(async () => (await widgets.told()).filter(([name]) => name === 'carried'))
      .toEqual([
        ['carried', 'calendly', ''],
        ['carried', 'calendly', ''],
      ]);
    await widgets.say(CALENDLY.booked('boxed'), '#boxed');
    await widgets.say(CALENDLY.booked('open'), '#open');
    expect((await site.received('submission')).json).toMatchObject(CALENDLY.told('open'));
    expect(await widgets.submissions()).toHaveLength(1);
    expect((await widgets.told()).filter(([name]) => name === 'failed')).toHaveLength(1);
  },
);

test('a page does not pay for a frame of another site that chats', ONE, async ({ page, widgets }) => {
  const { url, tag } = allow(widgets);
  await widgets.open(`${tag}<iframe src="${url}" title="A chat"></iframe>`);
  await widgets.knows();
  await widgets.frame();
  await page.evaluate(() => {
    const counts = { search: 0, parse: 0 };
    const count = (target: object, name: string, key: 'search' | 'parse') => {
      const method = Reflect.get(target, name);
      Reflect.set(target, name, function (this: unknown, ...args: unknown[]) {
        counts[key] += 1;
        return Reflect.apply(method, this, args);
      });
    };
    for (const type of [Document, Element, DocumentFragment]) count(type.prototype, 'querySelectorAll', 'search');
    count(JSON, 'parse', 'parse');
    Reflect.set(window, 'counts', counts);
  });
  const chat = [
    '{"event":"typing","payload":{}}',
    { type: 'typing', data: { at: 1 } },
    { event: 'calendly.page_height' },
  ];
  await widgets.say(Array.from({ length: 50 }, () => chat).flat());
  expect(await page.evaluate('counts')).toEqual({ search: 0, parse: 0 });
});
