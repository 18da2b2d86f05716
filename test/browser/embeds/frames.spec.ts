// Widgets in frames of a vendor's, on the vendor's own origin: the code goes in, and a booking is one message.
import { CALCOM } from './stand-ins/calcom.js';
import { CALENDLY } from './stand-ins/calendly.js';
import { CHILI_PIPER } from './stand-ins/chilipiper.js';
import { HUBSPOT_MEETINGS } from './stand-ins/hubspot-meetings.js';
import { TALLY } from './stand-ins/tally.js';
import { TYPEFORM } from './stand-ins/typeform.js';
import { type FrameWidget, HOSTILE } from './stand-ins/widget.js';
import { expect, test, UCC, type Widgets } from './widgets.js';

const BY_ADDRESS: readonly FrameWidget[] = [CALENDLY, CALCOM, TYPEFORM, TALLY, HUBSPOT_MEETINGS];
const ALL: readonly FrameWidget[] = [...BY_ADDRESS, CHILI_PIPER];

/** A route of the context lasts, and only Chromium's driver has it. */
const OWN = { tag: ['@isolated', '@one-engine', '@not-firefox', '@not-webkit'] };

/** The vendors' own host scripts fall over messages of others'; ours must not. */
const isTheirs = (error: string): boolean => !/cello/i.test(error);

const count = (widgets: Widgets, address: URL, widget: FrameWidget) => ({
  code: widget.codeIn(address),
  frames: widgets.seen.length,
});

for (const widget of ALL) {
  test(
    `${widget.word}: carries the code into a frame that comes later, and hears one booking, however it is said`,
    OWN,
    async ({ site, widgets, pageErrors }) => {
      await widgets.at(widget.origin);
      await widgets.open(widgets.tag() + widget.html(widget.origin));
      const address = await widgets.frame();
      expect(count(widgets, address, widget)).toEqual({ code: UCC, frames: 1 });
      await expect.poll(() => widgets.told()).toContainEqual(['carried', widget.word, '']);
      await widgets.say([...HOSTILE, ...widget.silent, ...widget.booked('first'), ...widget.booked('first')]);
      await site.received('submission');
      await widgets.say(widget.booked('first'));
      if (widget.told('x').ref !== undefined || widget === HUBSPOT_MEETINGS || widget === CHILI_PIPER) {
        await widgets.say(widget.booked('second'));
        await site.received('submission');
      }
      const { ref, ...rest } = widget.told('first');
      const expected = { type: 'submission', ucc: UCC, via: widget.word, fields: {}, ...rest, ...(ref && { ref }) };
      const [first, second, ...more] = await widgets.submissions();
      expect(first).toMatchObject(expected);
      expect(second).toMatchObject({ ...expected, ...widget.told('second') });
      expect(more).toEqual([]);
      pageErrors.splice(0, pageErrors.length, ...pageErrors.filter((error) => !isTheirs(error)));
    },
  );

  test(
    `${widget.word}: believes neither another origin nor another frame`,
    OWN,
    async ({ page, site, widgets, pageErrors }) => {
      await widgets.at(widget.origin);
      await widgets.at('https://evil.example');
      const evil = '<iframe id="evil" src="https://evil.example/" title="Another"></iframe>';
      await widgets.open(widgets.tag() + widget.html(widget.origin) + evil);
      await expect.poll(() => widgets.seen.length).toBe(2);
      await widgets.say(widget.booked('forged'), '#evil');
      await page.evaluate((messages) => {
        for (const message of messages) postMessage(message, '*');
      }, widget.booked('forged'));
      await widgets.say(widget.booked('honest'), 'iframe:not(#evil)');
      await site.received('submission');
      const all = await widgets.submissions();
      expect(all).toHaveLength(1);
      expect(all[0]).toMatchObject(widget.told('honest'));
      pageErrors.splice(0, pageErrors.length, ...pageErrors.filter((error) => !isTheirs(error)));
    },
  );

  test(`${widget.word}: is left alone where the site marks it off, or wants no widgets`, OWN, async ({ widgets }) => {
    await widgets.at(widget.origin);
    const html = widget.html(widget.origin);
    if (widget !== CHILI_PIPER) {
      await widgets.open(`${widgets.tag()}<div data-cello-companion="off">${html}</div>`);
      expect(widget.codeIn(await widgets.frame())).toBe(null);
      await widgets.say(widget.booked('off'));
    }
    await widgets.open(`${widgets.tag({ embeds: 'none' })}${html}`);
    const { length } = widgets.seen;
    if (widget === CHILI_PIPER) expect(widget.codeIn(await widgets.frame())).toBe(null);
    else expect(widget.codeIn(await widgets.frame(Math.max(1, length - 1)))).toBe(null);
    await widgets.say(widget.booked('none'));
    expect(await widgets.submissions()).toEqual([]);
  });
}

for (const widget of BY_ADDRESS) {
  test(`${widget.word}: gets a code that comes late without a history entry`, OWN, async ({ page, widgets }) => {
    await widgets.at(widget.origin);
    await widgets.open(widgets.tag() + widget.html(widget.origin), '/');
    expect(widget.codeIn(await widgets.frame())).toBe(null);
    const before = await page.evaluate(() => history.length);
    await widgets.learn();
    expect(widget.codeIn(await widgets.frame(1))).toBe(UCC);
    expect(await page.evaluate(() => history.length)).toBe(before);
  });

  test(
    `${widget.word}: leaves a frame alone that the visitor is in, and says so`,
    OWN,
    async ({ page, site, widgets }) => {
      await widgets.at(widget.origin);
      await widgets.open(widgets.tag() + widget.html(widget.origin), '/');
      await widgets.frame();
      await widgets.say(widget.silent); // Cal.com shows its frame only when that says it is ready
      await page.frameLocator('iframe').getByLabel('In the frame').click();
      await widgets.learn();
      await expect.poll(() => widgets.told()).toContainEqual(['failed', 'embed', expect.any(String)]);
      expect(widgets.seen).toHaveLength(1);
      await widgets.say(widget.booked('used'));
      expect((await site.received('submission')).json).toMatchObject(widget.told('used'));
    },
  );
}

for (const widget of BY_ADDRESS.filter(({ taken }) => taken))
  test(
    `${widget.word}: never writes over what the site has in the carrier, and says so`,
    OWN,
    async ({ site, widgets }) => {
      await widgets.at(widget.origin);
      const html = widget
        .html(widget.origin)
        .replace(/(data-(?:url|src|tally-src)="[^"?]+)(\?)?/, (_, url, query) =>
          query ? `${url}?${widget.taken}&amp;` : `${url}?${widget.taken}`,
        );
      await widgets.open(widgets.tag() + html);
      expect((await widgets.frame()).search).toContain(widget.taken);
      await expect.poll(() => widgets.told()).toContainEqual(['failed', 'embed', expect.any(String)]);
      await widgets.say(widget.booked('taken'));
      expect((await site.received('submission')).json).toMatchObject({ via: widget.word, ...widget.told('taken') });
    },
  );
