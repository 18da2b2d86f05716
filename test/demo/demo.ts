/** `test` with a demo of its own: the server that `npm start` starts, and what it and Cello's stand-in received. */
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright/test';
import { startServer } from '../../demo-page/server.mjs';
import { test as base, expect } from '../site/test.js'; // the worker of the other tests serves, with its browser

type Server = Awaited<ReturnType<typeof startServer>>;

/** A request, as the demo's server got it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly cookies: string;
}

/** The code in the referral link: Cello's own sample. */
export const UCC = 'pNRB1aYqArN';

/** A referral link's way in: the code, the product, and "Maya Okafor" as Cello writes names into links. */
export const LINK = `/?ucc=${UCC}&productId=lintel.example&celloN=TWF5YSBPa2Fmb3I`;

/** Who signs up and books. */
export const ADA = { name: 'Ada Byron', email: 'ada@byron-partners.example', organization: 'Byron & Partners' };

/** One running demo. Tests get it as the fixture `demo`. */
export class Demo {
  readonly requests: Request[] = [];
  readonly #server: Server;
  readonly #host = `d${randomBytes(6).toString('hex')}.localhost`; // cookies know no port: a host of its own

  constructor(server: Server) {
    this.#server = server;
    server.server.on('request', ({ method = '', url = '', headers }) => {
      this.requests.push({ method, path: url.replace(/\?.*/, ''), cookies: headers.cookie ?? '' });
    });
  }

  /** An address on the demo's site. */
  url(path: string): string {
    return `http://${this.#host}:${this.#server.port}${path}`;
  }

  /** The stand-in of Cello's API. */
  get celloApi() {
    const { celloApi } = this.#server;
    if (!celloApi) throw new Error('The demo talks to Cello itself.');
    return celloApi;
  }

  /** What the inspector's server side noted at a station, in its order. */
  noted(station: 'message' | 'handler' | 'cello') {
    return this.#server.inspector.entries().filter((entry) => entry.station === station);
  }

  /** The types of the messages that the endpoint recorded: a repeated one is no second one. */
  recorded(): string[] {
    return this.noted('message').flatMap(({ body, answer }) => (answer.status === 'recorded' ? [body.type] : []));
  }

  /** The site's own user of that address. */
  user(email: string) {
    return this.#server.accounts.find(email);
  }

  /** The person as Cello must get them: out of the site's own account. */
  newUser({ email, name, organization }: typeof ADA) {
    const { id, organizationId } = this.#server.accounts.identify({ email, name, organization });
    return { id, email, name, organizationId };
  }

  /** The events that Cello accepted, without their times. */
  accepted() {
    return this.celloApi.events.map(({ eventName, payload, context: { newUser, event } }) => ({
      ...{ eventName, payload, newUser },
      trigger: event.trigger,
    }));
  }

  stop(): Promise<void> {
    return this.#server.stop(0);
  }
}

export const test = base.extend<{ readonly demo: Demo }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted
  demo: async ({}, use) => {
    const demo = new Demo(await startServer({ env: {} }));
    await use(demo);
    await demo.stop();
  },
});

/** Chooses how Cello's script is, as the inspector's control does, from a page that is none of the site's. */
export async function chooseCelloScript(page: Page, demo: Demo, mode: string): Promise<void> {
  await page.goto(demo.url('/favicon.svg'));
  await page.evaluate((name) => fetch(`/inspector/script?mode=${name}`, { method: 'POST' }), mode);
}

/** Fills in what every form of the demo asks for. */
export async function fillIn(page: Page, { name, email, organization }: typeof ADA): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Work e-mail').fill(email);
  await page.getByLabel('Studio').fill(organization);
}

export { expect };
