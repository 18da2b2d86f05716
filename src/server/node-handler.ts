/**
 * The mount on Node's `http`, and on the frameworks that hand its objects on: Express, Fastify.
 *
 * Why no adapter library: each was tried, and none reads what a body parser left. ARCHITECTURE.md has the table.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What Express, Fastify and their body parsers add to a request. */
interface Additions {
  readonly body?: unknown;
  readonly rawBody?: unknown;
  /** Express: the address as it came, before a router cut its prefix off. */
  readonly originalUrl?: unknown;
  /** The sender's address and protocol, seen through as many proxies as the site trusts. */
  readonly ip?: unknown;
  readonly protocol?: unknown;
}

/** A request of Node's `http`, of Express, or of Fastify (which wraps one). */
export type NodeRequest = (IncomingMessage & Additions) | (Additions & { readonly raw: IncomingMessage });

/** A response of Node's `http`, of Express, or of Fastify (which wraps one). */
export type NodeResponse = ServerResponse | { readonly raw: ServerResponse; hijack(): unknown };

/** A listener of Node's `http`, a route of Express or Fastify. */
export type NodeHandler = (request: NodeRequest, response: NodeResponse) => Promise<void>;

type Handler = (request: Request) => Response | Promise<Response>;

const addresses = new WeakMap<Request, string>();

/**
 * The network address that a request came from, for a rate limit.
 *
 * @returns What Express's or Fastify's `ip` says (they know which proxies to trust), else the socket's address; `null`
 *   if the request did not come through `toNodeHandler`.
 */
export const clientAddress = (request: Request): string | null => addresses.get(request) ?? null;

/**
 * Mounts a Fetch-standard handler on Node: as the listener of `http.createServer`, as an Express route or middleware
 * (also behind `express.json()`, `.text()` and `.raw()`), as a Fastify route.
 *
 * @param handler - What `createEndpoint` gave, or any other handler of a `Request`.
 * @returns The mount. It never rejects: what cannot be a request is answered 400, what the handler throws 500.
 */
export function toNodeHandler(handler: Handler): NodeHandler {
  return async (request, response) => {
    const incoming = 'raw' in request ? request.raw : request;
    const outgoing = 'raw' in response ? response.raw : response;
    if ('hijack' in response) response.hijack(); // or Fastify answers as well
    await send(await answer(handler, incoming, request), outgoing);
    incoming.resume(); // what nobody read is thrown away, so that the connection can be used again
  };
}

async function answer(handler: Handler, incoming: IncomingMessage, additions: Additions): Promise<Response> {
  try {
    const request = toRequest(incoming, additions);
    if (!request) return Response.json({ error: 'request' }, { status: 400 });
    const address = additions.ip ?? incoming.socket.remoteAddress;
    if (typeof address === 'string') addresses.set(request, address);
    return await handler(request);
  } catch (error) {
    console.error('[cello-companion] the handler given to toNodeHandler threw', error);
    return Response.json({ error: 'internal' }, { status: 500 });
  }
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
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
  outgoing.end(Buffer.from(body));
}

/** The request as the Fetch standard has it; `null` where it cannot be one: a `Host` that is none, the method TRACE. */
function toRequest(incoming: IncomingMessage, additions: Additions): Request | null {
  const { method = 'GET' } = incoming;
  const body = method === 'GET' || method === 'HEAD' ? null : findBody(incoming, additions);
  try {
    const headers = readHeaders(incoming);
    return new Request(readUrl(incoming, additions), { method, headers, body, duplex: 'half' });
  } catch {
    return null; // TypeError
  }
}

function readUrl({ headers, url, socket }: IncomingMessage, { originalUrl = url, protocol }: Additions): string {
  const scheme = protocol === 'https' || 'encrypted' in socket ? 'https' : 'http';
  // By hand, since `new URL('//evil.example', base)` is another host.
  const path = typeof originalUrl === 'string' && originalUrl.startsWith('/') ? originalUrl : '/';
  return `${scheme}://${headers.host ?? headers[':authority'] ?? 'localhost'}${path}`;
}

function readHeaders({ headers }: IncomingMessage): Headers {
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
function findBody(incoming: IncomingMessage, { rawBody, body }: Additions) {
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
function toStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
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
