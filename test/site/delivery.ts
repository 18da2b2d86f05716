/** The delivery's own `test`: the built endpoint with a store behind the site, and a count of every submission. */
import { createEndpoint, type Message, memoryStore } from 'cello-companion/server';
import type { Page } from 'playwright/test';
import type { Fault, Site } from './site.js';
import { test as base, expect, type Options } from './test.js';

export const UCC = 'pNRB1aYqArN';
export const LINK = `/signup?ucc=${UCC}`;

/** A form whose submission leads to another page, and one that a script handles. No `type=email`: Firefox's driver cannot
 *  replace a text in one. */
export const NATIVE = '<form method="post" action="/join"><input name="email"><button>Join</button></form>';
export const HANDLED = `<form onsubmit="event.preventDefault()"><input name="email"><button>Join</button></form>`;

/** What became of the submissions of a test: a row of the table in docs/evidence/delivery.md. */
export interface Row {
  /** Submissions that the visitor made. */
  readonly sent: number;
  /** Requests that reached the endpoint. */
  readonly arrived: number;
  /** Submissions for which `onReferral` ran. */
  readonly counted: number;
  readonly lost: number;
  /** Submissions for which it ran more than once. */
  readonly twice: number;
}

/** An event of ours that the page heard. */
export interface Told {
  readonly name: string;
  readonly id: string;
  readonly type: string;
  readonly reason?: string;
}

export class Tally {
  readonly #site: Site;
  readonly #counts = new Map<string, number>();
  #reply: { readonly forget?: true } = {};

  constructor(site: Site) {
    this.#site = site;
    const endpoint = createEndpoint({
      store: memoryStore(),
      allowOrigins: [new URL(site.url('/')).origin],
      log: () => {},
      onReferral: (message) => this.#count(message),
    });
    site.answerEndpoint(endpoint);
    site.route('/api/collect', endpoint);
  }

  /** From now on the site says this to a message. */
  reply(reply: { readonly forget?: true }): void {
    this.#reply = reply;
  }

  /** Waits until so many submissions are counted. */
  async counted(count: number, timeout = 12_000): Promise<void> {
    await expect.poll(() => this.#counts.size, { message: 'submissions counted', timeout }).toBe(count);
  }

  /** Takes stock of the submissions that were made, and notes it as this test's row. */
  row(sent: number): Row {
    const counted = this.#counts.size;
    const twice = [...this.#counts.values()].filter((count) => count > 1).length;
    const row = { sent, arrived: this.#site.all('submission').length, counted, lost: sent - counted, twice };
    const ids = this.#site.all('submission').map(({ json }) => Reflect.get(Object(json), 'id'));
    expect(new Set(ids).size, 'ids never change').toBeLessThanOrEqual(sent);
    test.info().annotations.push({ type: 'delivery', description: JSON.stringify(row) });
    return row;
  }

  #count({ id, type }: Message) {
    if (type === 'submission') this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    return this.#reply;
  }
}

/** Keeps the events that the page hears. */
const LISTEN = `<script nonce="page">
  told = [];
  for (const name of ['delivered', 'failed'])
    document.addEventListener('cello-companion:' + name, ({ detail }) => told.push({ name, ...detail }));
</script>`;

/** How a visitor finds the page with the sign-up form. */
export interface Visit {
  /** More options than the endpoint, and `send`, which is `['submit']` unless it says otherwise. */
  readonly options?: Options;
  /** Default: the form that a script handles. */
  readonly form?: string;
  /** HTML that comes before us. */
  readonly before?: string;
  /** What goes wrong at the endpoint. */
  readonly fault?: Fault;
  /** Whether the test turns the page's clock, or what that clock says at first, in ms since 1970. */
  readonly clock?: true | number;
}

interface Fixtures {
  readonly tally: Tally;
  /** Serves `/signup`, and opens it by a link. */
  readonly visit: (visit?: Visit) => Promise<void>;
}

export const test = base.extend<Fixtures>({
  start: ({ start }, use) => use((options) => LISTEN + start(options)),
  tally: [
    async ({ site }, use) => {
      await use(new Tally(site));
    },
    { auto: true },
  ],
  visit: ({ page, site, start }, use) =>
    use(async ({ options, form = HANDLED, before = '', fault = {}, clock } = {}) => {
      site.page('/signup', before + start({ endpoint: site.endpoint, send: ['submit'], ...options }) + form);
      site.breakEndpoint(fault);
      if (clock) await page.clock.install(clock === true ? {} : { time: clock });
      await page.goto(site.url(LINK));
    }),
});

/** Our events on this page so far, e.g. `['failed offline', 'delivered']`. */
export const listen = async (page: Page): Promise<string[]> => {
  const told: readonly Told[] = await page.evaluate('told');
  return told
    .filter(({ type }) => type === 'submission')
    .map(({ name, reason }) => (reason ? `${name} ${reason}` : name));
};

/** Waits until the page heard exactly this. */
export const heard = (page: Page, ...events: readonly string[]): Promise<void> =>
  expect.poll(() => listen(page), { message: 'events on the page', timeout: 12_000 }).toEqual(events);

/** Ids in the outbox of this page's site. */
export const outboxOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('cello-companion:')));

/** The visitor fills the form and submits it. */
export async function join(page: Page, email = 'ada@example.com'): Promise<void> {
  await page.locator('input[name=email]').fill(email);
  await page.getByRole('button').click();
}

export { doors } from './test.js';
export { expect };
