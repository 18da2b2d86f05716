/** `test` with stand-ins of vendors' widgets on the site, their frames where the vendor has them, and what the page was told. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright/test';
import type { Site } from '../../site/site.js';
import { test as base, expect, type Options } from '../../site/test.js';
import { CAL_EMBED } from './stand-ins/calcom.js';
import { WIDGET_JS } from './stand-ins/calendly.js';
import { CONCIERGE_JS } from './stand-ins/chilipiper.js';
import { V2_JS, V4_JS } from './stand-ins/hubspot-forms.js';
import { EMBED_CODE_JS } from './stand-ins/hubspot-meetings.js';
import { FORMS2_JS } from './stand-ins/marketo.js';
import { EMBED_JS } from './stand-ins/tally.js';
import { TYPEFORM_EMBED } from './stand-ins/typeform.js';

export const UCC = 'pNRB1aYqArN';
export const LINK = `/?ucc=${UCC}`;

const SCRIPTS: { readonly [path: string]: string } = {
  '/stand-ins/calendly.js': WIDGET_JS,
  '/stand-ins/chilipiper.js': CONCIERGE_JS,
  '/stand-ins/hubspot-v2.js': V2_JS,
  '/stand-ins/hubspot-v4.js': V4_JS,
  '/stand-ins/hubspot-meetings.js': EMBED_CODE_JS,
  '/stand-ins/marketo.js': FORMS2_JS,
  '/stand-ins/tally.js': EMBED_JS,
};

const LIBRARIES = new URL('../../libraries/node_modules/', import.meta.url);

/** What every frame does: it reports its address, and says what the test tells it to. Typeform's knows its id by it. */
const FRAME = `<!doctype html><title>A frame</title><input aria-label="In the frame"><script>
  const id = new URLSearchParams(location.search).get('typeform-embed-id');
  const put = (value) => (value && value.embedId === 'EMBED_ID' ? { ...value, embedId: id } : value);
  addEventListener('message', ({ data }) => {
    if (data && Array.isArray(data.say)) for (const one of data.say) parent.postMessage(put(one), '*');
  });
  fetch('/seen', { method: 'POST', body: location.href, mode: 'no-cors' }); // a sandbox may have no origin
</script>`;

/** Keeps what the page is told of its widgets. */
const LISTEN = `<script nonce="page">
  told = [];
  for (const name of ['carried', 'failed'])
    document.addEventListener('cello-companion:' + name, ({ detail }) => told.push([name, detail.embed ?? detail.type, detail.reason ?? '']));
</script>`;

export class Widgets {
  /** The addresses of the frames that have come up, in their order. */
  readonly seen: URL[] = [];
  readonly #page: Page;
  readonly #site: Site;

  constructor(page: Page, site: Site) {
    this.#page = page;
    this.#site = site;
    for (const [path, script] of Object.entries(SCRIPTS)) this.#serve(path, () => script);
    for (const file of [CAL_EMBED, TYPEFORM_EMBED])
      this.#serve(`/library/${file}`, () => readFile(new URL(file, LIBRARIES), 'utf8'));
    site.route('/seen', async (request) => {
      this.seen.push(new URL(await request.text()));
      return new Response(null, { status: 204 });
    });
  }

  #serve(path: string, read: () => string | Promise<string>): void {
    this.#site.route(path, async () => new Response(await read(), { headers: { 'content-type': 'text/javascript' } }));
  }

  /** An origin of another site on which the stand-in frames are, in every engine. */
  elsewhere(path: string): string {
    this.#site.page(path, FRAME);
    return new URL(this.#site.elsewhere('/')).origin;
  }

  /** Puts frames where a vendor has them. Only Chromium's driver can answer for hosts that are not there. */
  async at(origin: string): Promise<void> {
    await this.#page.context().route(`${origin}/**`, async (route) => {
      const request = route.request();
      if (new URL(request.url()).pathname !== '/seen') return route.fulfill({ contentType: 'text/html', body: FRAME });
      this.seen.push(new URL(request.postData() ?? ''));
      return route.fulfill({ status: 204 });
    });
  }

  /** The script tag with all widgets. */
  tag(options: Options = {}): string {
    const attributes = Object.entries({ endpoint: this.#site.endpoint, ...options }).map(
      ([name, value]) => `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}="${value}"`,
    );
    return `${LISTEN}<script async nonce="page" src="/cello-companion.embeds.js" ${attributes.join(' ')}></script>`;
  }

  /** Serves a page, and opens it by a link, or without one. */
  async open(html: string, path: string = LINK, headers: { readonly [name: string]: string } = {}): Promise<void> {
    this.#site.page('/', html, headers);
    await this.#page.goto(this.#site.url(path));
  }

  /** Waits for the address of a frame that has come up, the first or a later one. */
  async frame(index = 0): Promise<URL> {
    await expect.poll(() => this.seen.length, { message: 'frames that came up' }).toBeGreaterThan(index);
    return this.seen[index] ?? new URL('about:blank');
  }

  /** Has a frame say these, in their order, and waits until the page has heard them all. It may be in a shadow root. */
  say(messages: readonly unknown[], selector = 'iframe'): Promise<void> {
    return this.#page.evaluate(
      ([name, say]) => {
        const find = (root: ParentNode): Element | null =>
          root.querySelector(name) ??
          [...root.querySelectorAll('*')].reduce<Element | null>(
            (found, { shadowRoot }) => found ?? (shadowRoot && find(shadowRoot)),
            null,
          );
        const frame = find(document);
        if (!(frame instanceof HTMLIFrameElement)) throw new Error(`There is no ${name}.`);
        const { contentWindow } = frame;
        let left = say.length;
        return new Promise<void>((resolve) => {
          addEventListener('message', ({ source }) => {
            if (source !== contentWindow) return;
            left -= 1;
            if (!left) resolve();
          });
          contentWindow?.postMessage({ say }, '*');
        });
      },
      [selector, messages] as const,
    );
  }

  /** The code becomes known now. */
  learn(ucc = UCC): Promise<void> {
    return this.#page.evaluate(
      (code) => Reflect.get(window, 'CelloCompanion')('setUcc', code).then(() => undefined),
      ucc,
    );
  }

  /** Waits until the page knows its visitor's code. */
  knows(): Promise<void> {
    return this.#page.evaluate(() => Reflect.get(window, 'CelloCompanion')('getUcc').then(() => undefined));
  }

  /** What the page was told of its widgets so far. */
  told(): Promise<readonly (readonly string[])[]> {
    return this.#page.evaluate('told');
  }

  /** The submissions that the endpoint has, when everything sent before has arrived: each once, however often it came. */
  async submissions(): Promise<readonly object[]> {
    await this.#site.beat(this.#page);
    const all = this.#site.all('submission').map(({ json }) => Object(json));
    return [...new Map(all.map((message) => [message.id, message])).values()];
  }
}

export const test = base.extend<{ readonly widgets: Widgets }>({
  widgets: async ({ page, site }, use) => use(new Widgets(page, site)),
});

export { expect };
