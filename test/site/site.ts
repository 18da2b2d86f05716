/** A site of one test: its pages, its form handlers, its endpoint, on hosts that no other test has. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright/test';
import { type Kind, Log, type Received, readRequest } from './received.js';

/** What answers a request: the shape of the server entry's own endpoint. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** What goes wrong at the endpoint. */
export interface Fault {
  /** Answers with this status, and these headers, instead of the handler. */
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  /** Answers that much later. */
  readonly delayMs?: number;
  /** Takes the request and never answers. */
  readonly hang?: boolean;
  /** Cuts the connection: before the request counts as received, or after. */
  readonly reset?: 'before' | 'after';
  /** How many requests it befalls. Default: all. */
  readonly times?: number;
}

/** What the server does with the connection. */
export type Outcome = Response | 'reset' | 'hang';

const ROOT = new URL('../../', import.meta.url);
const JAVASCRIPT = { 'content-type': 'text/javascript' };

/** Files that every site serves, by the beginning of their path. */
const FILES: readonly (readonly [string, string])[] = [
  ['/cello-companion', 'dist/cello-companion'],
  ['/npm/cello-companion/', 'dist/'],
  ['/npm/js-cookie/', 'node_modules/js-cookie/dist/'],
  ['/cello-attribution.js', 'stand-ins/cello-attribution.js'],
];

/** What the import map of a page says where `cello-companion` is: bundled, or file by file. */
export const IMPORTS = {
  bundle: { 'cello-companion': '/npm/bundle.js' },
  files: {
    'cello-companion': '/npm/cello-companion/browser/index.js',
    'cello-companion/embeds': '/npm/cello-companion/browser/embeds/index.js',
    'js-cookie': '/npm/js-cookie/js.cookie.mjs',
  },
};

const bundle = async (): Promise<ReadonlyMap<string, string>> => {
  const entry = fileURLToPath(new URL('dist/browser/index.js', ROOT));
  const { outputFiles } = await build({
    entryPoints: { bundle: entry },
    outdir: '/npm',
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
};

let bundled: Promise<ReadonlyMap<string, string>> | undefined;

/**
 * A file of the package as the bundler of a single-page app makes it, once a worker: what is imported at once, and a file that
 * only debug mode loads. A page takes long to load 32.
 */
async function serveBundle(path: string): Promise<Response | null> {
  bundled ??= bundle();
  const script = (await bundled).get(path);
  return script === undefined ? null : new Response(script, { headers: JAVASCRIPT });
}

async function serveFile({ pathname, searchParams }: URL): Promise<Response> {
  const [prefix, folder] = FILES.find(([beginning]) => pathname.startsWith(beginning)) ?? [];
  if (prefix === undefined || pathname.includes('..')) return new Response('Not found', { status: 404 });
  if (searchParams.has('blocked')) return new Response('', { status: 403, headers: JAVASCRIPT });
  const file = await readFile(new URL(`${folder}${pathname.slice(prefix.length)}`, ROOT)).catch(() => null);
  return file
    ? new Response(new Uint8Array(file), { headers: JAVASCRIPT })
    : new Response('Not found', { status: 404 });
}

const html = (body: string): string =>
  /^\s*<!doctype/i.test(body)
    ? body
    : `<!doctype html><html lang="en"><meta charset="utf-8"><title>A test</title><link rel="icon" href="data:,">${body}`;

const showPage = (body: string, headers: { readonly [name: string]: string } = {}): Response =>
  new Response(html(body), { headers: { 'content-type': 'text/html', ...headers } });

const thank: Handler = () => showPage('<h1>Thank you</h1>');

const allowCors = (response: Response, request: Request): Response => {
  const origin = request.headers.get('origin');
  if (!origin || response.headers.has('access-control-allow-origin')) return response;
  const copy = new Response(response.body, response);
  copy.headers.set('access-control-allow-origin', origin);
  copy.headers.set('access-control-allow-headers', 'content-type');
  return copy;
};

/** One site. Tests get it as the fixture `site`. */
export class Site {
  /** Unguessable, so that nothing of another test can arrive here. */
  readonly id = `t${randomBytes(8).toString('hex')}`;
  /** Path of the endpoint, on every host of the site. */
  readonly endpoint = '/api/cello';
  readonly #port: number;
  readonly #pages = new Map<string, Handler>();
  readonly #routes = new Map<string, Handler>();
  readonly #log = new Log();
  #answer: Handler = () => Response.json({ status: 'recorded' }, { status: 202 });
  #fault: Fault = {};
  #faultsLeft = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** An address on the site, e.g. `http://t4f….localhost:41234/signup?ucc=…`. */
  url(path: string): string {
    return `http://${this.id}.localhost:${this.#port}${path}`;
  }

  /** The same on a subdomain of the site, such as `app`. They share a registrable domain: `id.localhost`. */
  subdomain(name: string, path: string): string {
    return `http://${name}.${this.id}.localhost:${this.#port}${path}`;
  }

  /** The same on another site, another origin and another cookie jar. All pages and handlers are there too. */
  elsewhere(path: string): string {
    return `http://elsewhere-${this.id}.localhost:${this.#port}${path}`;
  }

  /** Serves a page. What stands around the body is added, unless it begins with a doctype. */
  page(path: string, body: string, headers: { readonly [name: string]: string } = {}): void {
    this.#pages.set(path, () => showPage(body, headers));
  }

  /** Answers every request to a path, whatever the method. Without it a POST gets a page that says thank you. */
  route(path: string, handler: Handler): void {
    this.#routes.set(path, handler);
  }

  /** Puts another handler behind the endpoint, such as the built server entry's. */
  answerEndpoint(handler: Handler): void {
    this.#answer = handler;
  }

  /** From now on this goes wrong at the endpoint. `{}` heals it. */
  breakEndpoint(fault: Fault): void {
    this.#fault = fault;
    this.#faultsLeft = fault.times ?? Number.POSITIVE_INFINITY;
  }

  /** The next request of a kind, as soon as it arrives. Each call gives the next one. */
  received(kind: Kind, waitMs?: number): Promise<Received> {
    return this.#log.next(kind, waitMs);
  }

  /** All requests of a kind that have arrived so far. */
  all(kind?: Kind): Received[] {
    return this.#log.all(kind);
  }

  /** Sends a request from the page and waits for it: what the page had sent before is here too. Shows absence. */
  async beat(page: Page): Promise<void> {
    await page.evaluate(() => fetch('/beat', { method: 'POST', keepalive: true }).then(() => undefined));
    await this.received('beat');
  }

  /** Handles one request. Only the server calls it. */
  async handle(request: Request, raw: Buffer): Promise<Outcome> {
    const isEndpoint = new URL(request.url).pathname === this.endpoint;
    const record = await readRequest(request, raw, isEndpoint);
    const fault = isEndpoint && record.kind !== 'preflight' ? this.#takeFault() : {};
    this.#log.add(fault.reset === 'before' ? { ...record, kind: 'lost' } : record);
    if (fault.reset) return 'reset';
    if (fault.hang) return 'hang';
    if (fault.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const response = fault.status
      ? new Response('{"error":"fault"}', { status: fault.status, headers: fault.headers ?? {} })
      : await this.#respond(request, record);
    return isEndpoint || record.kind === 'beat' ? allowCors(response, request) : response;
  }

  #takeFault(): Fault {
    if (this.#faultsLeft < 1) return {};
    this.#faultsLeft -= 1;
    return this.#fault;
  }

  async #respond(request: Request, { kind, url }: Received): Promise<Response> {
    if (kind === 'preflight' || kind === 'beat') return new Response(null, { status: 204 });
    if (url.pathname === this.endpoint) return this.#answer(request);
    const script = url.pathname.startsWith('/npm/') ? await serveBundle(url.pathname) : null;
    if (script) return script;
    const route = this.#routes.get(url.pathname) ?? (kind === 'form' ? thank : this.#pages.get(url.pathname));
    return route ? route(request) : serveFile(url);
  }
}
