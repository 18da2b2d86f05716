/**
 * The adapter for Node's `http` and the frameworks built on it: Express, Fastify, Koa.
 *
 * Why not an adapter library: each one we tried ignores what a body parser left. ARCHITECTURE.md has the table.
 */
import { rememberAddress } from './client-address.js';
import { joinChunks, type RawBody, rememberSource } from './raw-body.js';
import { findText } from './text-response.js';

/**
 * The parts of Node's request that we use. With Node's own type, programs without Node's type definitions would not
 * compile.
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

/** The parts of Node's response that we use. */
interface Outgoing {
  statusCode: number;
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  appendHeader(name: string, value: string): unknown;
  end(body: Uint8Array | string): unknown;
  destroy(): unknown;
}

/** What Express, Fastify, Koa and their body parsers add to a request. */
interface Additions {
  readonly body?: unknown;
  readonly rawBody?: unknown;
  /** Express, Koa: the original URL, before a router removed its prefix. */
  readonly originalUrl?: unknown;
  /** The sender's address and protocol, according to the proxies that the site trusts. */
  readonly ip?: unknown;
  readonly protocol?: unknown;
}

/** Koa's context, which holds both. */
interface KoaContext {
  readonly req: Incoming;
  readonly res: Outgoing;
  readonly request: Additions;
  respond?: boolean | undefined;
}

/** A request of Node's `http`, Express, or Fastify (which wraps one); or Koa's context. */
export type NodeRequest = (Incoming & Additions) | (Additions & { readonly raw: Incoming }) | KoaContext;

/** A response of Node's `http`, Express, or Fastify (which wraps one); or Koa's `next`, which is not called. */
export type NodeResponse = Outgoing | { readonly raw: Outgoing; hijack(): unknown } | (() => unknown);

/** A listener for Node's `http`, or a route for Express, Fastify or Koa. */
export type NodeHandler = (request: NodeRequest, response: NodeResponse) => Promise<void>;

type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Turns a Fetch-standard handler into one for Node: a listener for `http.createServer`, Express middleware or a route
 * (also behind `express.json()`, `.text()` and `.raw()`), a Fastify route, Koa middleware or a route.
 *
 * @param handler - The result of `createEndpoint`, or any other handler of a `Request`.
 * @returns The handler. It never rejects: an invalid request is answered with 400, an error in the handler with 500.
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

/** Finds Node's own request and response in a framework's, and keeps the framework from responding as well. */
function unwrap(request: NodeRequest, response: NodeResponse): Unwrapped {
  if (isKoa(request)) {
    request.respond = false;
    return { incoming: request.req, outgoing: request.res, additions: request.request };
  }
  if (typeof response === 'function')
    throw new TypeError(
      '[cello-companion] toNodeHandler: got a function instead of a response. See the docs for your framework',
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
  if (outgoing.headersSent) return; // the host's timeout was faster
  const body = findText(response) ?? (await readBytes(response));
  if (body === null) {
    outgoing.destroy();
    return;
  }
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    // Keep what a middleware has already set.
    if (name === 'set-cookie' || name === 'vary') outgoing.appendHeader(name, value);
    else outgoing.setHeader(name, value);
  }
  outgoing.end(body);
}

/** `null` if the handler's own stream breaks. */
async function readBytes(response: Response): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    return null; // whatever the stream broke with
  }
}

/** How long a sender may continue a body that we do not read: closed at once, it would never see the response. */
const LINGER_MS = 2000;

/**
 * Discards the unread rest of a body, so that the connection can be reused; closes the connection if the sender never
 * ends.
 */
function drain(incoming: Incoming): void {
  incoming.resume();
  if (incoming.complete !== false || incoming.destroyed) return;
  const timer = setTimeout(() => incoming.destroy(), LINGER_MS);
  timer.unref();
  const stop = () => clearTimeout(timer);
  incoming.on('end', stop);
  incoming.on('close', stop);
}

/** Converts to a Fetch-standard request; `null` if that is impossible: an invalid `Host`, or the method TRACE. */
function toRequest(incoming: Incoming, additions: Additions): Request | null {
  const { method = 'GET' } = incoming;
  const body = method === 'GET' || method === 'HEAD' ? null : findBody(incoming, additions);
  try {
    const headers = readHeaders(incoming);
    const request = new Request(readUrl(incoming, additions), { method, headers, body, duplex: 'half' });
    if (body instanceof ReadableStream)
      rememberSource(request, { stream: body, read: (maxBytes) => readIncoming(incoming, maxBytes) });
    return request;
  } catch {
    return null; // TypeError
  }
}

function readUrl({ headers, url, socket }: Incoming, { originalUrl = url, protocol }: Additions): string {
  const scheme = protocol === 'https' || 'encrypted' in socket ? 'https' : 'http';
  // Not parsed, because `new URL('//evil.example', base)` is another host.
  const path = typeof originalUrl === 'string' && originalUrl.startsWith('/') ? originalUrl : '/';
  return `${scheme}://${headers['host'] ?? headers[':authority'] ?? 'localhost'}${path}`;
}

function readHeaders({ headers }: Incoming): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue; // HTTP/2 puts the request line into headers
    for (const one of [value].flat()) result.append(name, one);
  }
  return result;
}

/**
 * Finds the body: the stream if it is unread; otherwise what its reader left. The stream comes first because Express
 * 4's parsers leave `{}` for a type that they skip, with the stream untouched.
 *
 * @throws {TypeError} If it was read and nothing is left.
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

/** Reads a body that nobody has touched, without a stream. */
function readIncoming(incoming: Incoming, maxBytes: number): Promise<RawBody> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const fail = () => resolve({ wrong: 'incomplete' });
    if (incoming.destroyed) return fail();
    incoming.on('data', (chunk: Uint8Array) => {
      if (length > maxBytes) return; // the rest of a body that was refused
      length += chunk.byteLength;
      if (length <= maxBytes) return void chunks.push(chunk);
      incoming.pause(); // until the answer is sent
      resolve({ wrong: 'size' });
    });
    incoming.on('end', () => resolve({ bytes: joinChunks(chunks, length) }));
    incoming.on('error', fail);
    incoming.on('close', fail);
  });
}

/**
 * A body as a stream, untouched until it is read: Node then discards an unread body, however long it is.
 * (`Readable.toWeb` reads the first chunk at once and holds back the rest; and not every runtime that imports this
 * entry has `node:stream`.)
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
