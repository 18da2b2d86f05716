/**
 * The mount on Node's `http`, and on the frameworks that hand its objects on: Express, Fastify, Koa.
 *
 * Why no adapter library: each was tried, and none reads what a body parser left. ARCHITECTURE.md has the table.
 */
import { rememberAddress } from './client-address.js';

/**
 * What is used of Node's request. Its own type would make a program that has none of Node's types fail to compile.
 */
interface Incoming {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: object & { readonly remoteAddress?: string | undefined };
  readonly complete?: boolean | undefined;
  readonly destroyed: boolean;
  readonly readableDidRead: boolean;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
  destroy(): unknown;
}

/** What is used of Node's response. */
interface Outgoing {
  statusCode: number;
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  appendHeader(name: string, value: string): unknown;
  end(body: Uint8Array): unknown;
  destroy(): unknown;
}

/** What Express, Fastify, Koa and their body parsers add to a request. */
interface Additions {
  readonly body?: unknown;
  readonly rawBody?: unknown;
  /** Express, Koa: the address as it came, before a router cut its prefix off. */
  readonly originalUrl?: unknown;
  /** The sender's address and protocol, seen through as many proxies as the site trusts. */
  readonly ip?: unknown;
  readonly protocol?: unknown;
}

/** The context of Koa, which holds both. */
interface KoaContext {
  readonly req: Incoming;
  readonly res: Outgoing;
  readonly request: Additions;
  respond?: boolean | undefined;
}

/** A request of Node's `http`, of Express, or of Fastify (which wraps one); or Koa's context. */
export type NodeRequest = (Incoming & Additions) | (Additions & { readonly raw: Incoming }) | KoaContext;

/** A response of Node's `http`, of Express, or of Fastify (which wraps one); or Koa's `next`, which is not called. */
export type NodeResponse = Outgoing | { readonly raw: Outgoing; hijack(): unknown } | (() => unknown);

/** A listener of Node's `http`, a route of Express, Fastify or Koa. */
export type NodeHandler = (request: NodeRequest, response: NodeResponse) => Promise<void>;

type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Mounts a Fetch-standard handler on Node: as the listener of `http.createServer`, as an Express route or middleware
 * (also behind `express.json()`, `.text()` and `.raw()`), as a Fastify route, as a middleware or route of Koa.
 *
 * @param handler - What `createEndpoint` gave, or any other handler of a `Request`.
 * @returns The mount. It never rejects: what cannot be a request is answered 400, what the handler throws 500.
 */
export function toNodeHandler(handler: Handler): NodeHandler {
  return async (request, response) => {
    const { incoming, outgoing, additions } = unwrap(request, response);
    await send(await answer(handler, incoming, additions), outgoing);
    drain(incoming);
  };
}

interface Unwrapped {
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly additions: Additions;
}

const isKoa = (request: NodeRequest): request is KoaContext => 'req' in request && 'res' in request;

/** Finds Node's own two in what a framework hands over, and keeps the framework from answering as well. */
function unwrap(request: NodeRequest, response: NodeResponse): Unwrapped {
  if (isKoa(request)) {
    request.respond = false;
    return { incoming: request.req, outgoing: request.res, additions: request.request };
  }
  if (typeof response === 'function')
    throw new TypeError(
      '[cello-companion] toNodeHandler: got a function in place of a response. See the docs for your framework',
    );
  if ('hijack' in response) response.hijack();
  return {
    incoming: 'raw' in request ? request.raw : request,
    outgoing: 'raw' in response ? response.raw : response,
    additions: request,
  };
}

async function answer(handler: Handler, incoming: Incoming, additions: Additions): Promise<Response> {
  try {
    const request = toRequest(incoming, additions);
    if (!request) return Response.json({ error: 'request' }, { status: 400 });
    rememberAddress(request, additions.ip ?? incoming.socket.remoteAddress);
    return await handler(request);
  } catch (error) {
    console.error('[cello-companion] the handler given to toNodeHandler threw', error);
    return Response.json({ error: 'internal' }, { status: 500 });
  }
}

async function send(response: Response, outgoing: Outgoing): Promise<void> {
  if (outgoing.headersSent) return; // a timeout of the host was faster
  const body = await response.arrayBuffer().catch(() => null); // rejects when the handler's own stream broke
  if (!body) {
    outgoing.destroy();
    return;
  }
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    // Beside what a middleware has set there already.
    if (name === 'set-cookie' || name === 'vary') outgoing.appendHeader(name, value);
    else outgoing.setHeader(name, value);
  }
  outgoing.end(new Uint8Array(body));
}

/** So long a sender may go on with a body that nobody reads: closed at once, it would never see the answer. */
const LINGER_MS = 2000;

/** Throws away what nobody read, so that the connection can be used again; closes it on one who never ends. */
function drain(incoming: Incoming): void {
  incoming.resume();
  if (incoming.complete !== false || incoming.destroyed) return;
  const timer = setTimeout(() => incoming.destroy(), LINGER_MS);
  timer.unref();
  const stop = () => clearTimeout(timer);
  incoming.on('end', stop);
  incoming.on('close', stop);
}

/** The request as the Fetch standard has it; `null` where it cannot be one: a `Host` that is none, the method TRACE. */
function toRequest(incoming: Incoming, additions: Additions): Request | null {
  const { method = 'GET' } = incoming;
  const body = method === 'GET' || method === 'HEAD' ? null : findBody(incoming, additions);
  try {
    const headers = readHeaders(incoming);
    return new Request(readUrl(incoming, additions), { method, headers, body, duplex: 'half' });
  } catch {
    return null; // TypeError
  }
}

function readUrl({ headers, url, socket }: Incoming, { originalUrl = url, protocol }: Additions): string {
  const scheme = protocol === 'https' || 'encrypted' in socket ? 'https' : 'http';
  // By hand, since `new URL('//evil.example', base)` is another host.
  const path = typeof originalUrl === 'string' && originalUrl.startsWith('/') ? originalUrl : '/';
  return `${scheme}://${headers['host'] ?? headers[':authority'] ?? 'localhost'}${path}`;
}

function readHeaders({ headers }: Incoming): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue; // HTTP/2 has its request line among the headers
    for (const one of [value].flat()) result.append(name, one);
  }
  return result;
}

/**
 * The body: the stream, as long as nobody has read from it; else what the one who read it left. (Express 4's parsers
 * leave `{}` on a type that they skip, and the stream untouched: so the stream comes first.)
 *
 * @throws {TypeError} If it was read and not left.
 */
function findBody(incoming: Incoming, { rawBody, body }: Additions) {
  if (!incoming.readableDidRead) return toStream(incoming);
  const left = rawBody ?? body;
  if (left === undefined)
    throw new TypeError(
      '[cello-companion] the body was read before toNodeHandler, and "req.body" is empty. Mount it before what reads the body, or behind a parser that sets "req.body"',
    );
  return typeof left === 'string' || left instanceof Uint8Array ? left : JSON.stringify(left);
}

/**
 * The stream of a body, untouched until it is read: what nobody reads is then thrown away by Node, however long it is.
 * (`Readable.toWeb` takes the first chunk at once and holds the rest back; and `node:stream` is not in every runtime that
 * imports this entry.)
 */
function toStream(incoming: Incoming): ReadableStream<Uint8Array> {
  let state: 'untouched' | 'open' | 'closed' = 'untouched';
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const close = (error?: Error) => {
      if (state === 'open') error ? controller.error(error) : controller.close();
      state = 'closed';
    };
    state = 'open';
    if (incoming.destroyed) return close(new Error('the connection was closed'));
    incoming.on('data', (chunk: Uint8Array) => {
      if (state !== 'open') return;
      controller.enqueue(chunk);
      incoming.pause(); // until it is read
    });
    incoming.on('end', () => close());
    incoming.on('error', close);
    incoming.on('close', () => close(new Error('the connection was closed')));
  };
  const source = {
    pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      if (state === 'untouched') start(controller);
      incoming.resume();
    },
    cancel() {
      state = 'closed';
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}
