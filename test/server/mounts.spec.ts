import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { clientAddress, createEndpoint, type Endpoint, type Message, toNodeHandler } from 'cello-companion/server';
import express from 'express';
import Fastify, { type FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import { Miniflare } from 'miniflare';
import { expect, test } from 'playwright/test';
import { hearErrors } from '../services/console.js';
import { OWN, submission } from '../services/messages.js';
import { listen, send } from '../services/wire.js';

interface Mount {
  readonly origin: string;
  close(): Promise<unknown>;
}

interface Received {
  readonly messages: Message[];
  readonly addresses: (string | null)[];
}

const LISTED = 'https://www.example.com';

/** The endpoint that all mounts share, and what it received. */
function createSite(): Received & { endpoint: Endpoint } {
  const messages: Message[] = [];
  const addresses: (string | null)[] = [];
  const endpoint = createEndpoint({
    allowOrigins: [LISTED],
    log: () => {},
    onReferral: (message, request) => {
      messages.push(message);
      addresses.push(clientAddress(request));
    },
  });
  return { messages, addresses, endpoint };
}

type Start = (endpoint: Endpoint) => Promise<Mount>;

const startExpress =
  (...before: express.RequestHandler[]): Start =>
  async (endpoint) => {
    const app = express();
    for (const middleware of before) app.use(middleware);
    app.all('/api/cello', toNodeHandler(endpoint));
    return listen(app);
  };

/** As Express 4's parsers leave a request whose type they skip: a body, and a stream that nobody read. */
const leaveEmptyBody: express.RequestHandler = (request, _, next) => {
  request.body = {};
  next();
};

/** As hosts of cloud functions leave it: the bytes beside the object. */
const leaveRawBody: express.RequestHandler = (request, _, next) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    Object.assign(request, { rawBody: Buffer.concat(chunks), body: { not: 'these' } });
    next();
  });
};

async function startFastify(setUp: (app: FastifyInstance) => void) {
  const app = Fastify();
  setUp(app);
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return { origin, close: () => app.close() };
}

/** The host that Next.js is for route handlers: it looks the method up among a module's exports. */
const startRouteHandlers: Start = async (endpoint) => {
  const route: Readonly<Record<string, Endpoint>> = { POST: endpoint, OPTIONS: endpoint };
  return listen(
    getRequestListener((request) => route[request.method]?.(request) ?? new Response(null, { status: 405 })),
  );
};

const mounts: Readonly<Record<string, Start>> = {
  "Node's http": (endpoint) => listen(toNodeHandler(endpoint)),
  'Express 5': startExpress(),
  'Express 5 behind express.json()': startExpress(express.json()),
  'Express 5 behind express.text()': startExpress(express.text({ type: '*/*' })),
  'Express 5 behind express.raw()': startExpress(express.raw({ type: '*/*' })),
  'Express 5 behind all its parsers': startExpress(express.json(), express.text(), express.raw(), express.urlencoded()),
  'Express behind a parser that leaves {} and the stream': startExpress(leaveEmptyBody),
  'Express behind a host that leaves rawBody': startExpress(leaveRawBody),
  'an Express router under a prefix': async (endpoint) => {
    const router = express.Router();
    router.use('/cello', toNodeHandler(endpoint));
    return listen(express().use('/api', router));
  },
  'Fastify as a route': (endpoint) =>
    startFastify((app) =>
      app.route({ method: ['POST', 'OPTIONS'], url: '/api/cello', handler: toNodeHandler(endpoint) }),
    ),
  'Fastify behind a parser that takes everything': (endpoint) =>
    startFastify((app) => {
      app.removeAllContentTypeParsers();
      app.addContentTypeParser('*', (_request, _payload, done) => done(null));
      const handler = toNodeHandler(endpoint);
      app.all('/api/cello', (request, reply) => {
        reply.hijack();
        return handler(request.raw, reply.raw);
      });
    }),
  'a Hono route': (endpoint) => {
    const app = new Hono();
    app.all('/api/cello', (c) => endpoint(c.req.raw));
    return listen(getRequestListener(app.fetch));
  },
  'hono.mount, which cuts the prefix off': (endpoint) => {
    const app = new Hono();
    app.mount('/api', endpoint);
    return listen(getRequestListener(app.fetch));
  },
  'route handlers as Next.js has them': startRouteHandlers,
};

/** What every mount must do, whatever stands in front of it. */
async function exercise(origin: string) {
  const cross = { origin: LISTED, 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain;charset=UTF-8' };
  const json = submission({ fields: { name: 'Ødegård "quoted" 😀' } });
  const text = submission({ id: randomUUID() });
  const preflight = await send(origin, {
    method: 'OPTIONS',
    headers: { ...cross, 'access-control-request-method': 'POST' },
  });
  const answers = [
    await send(origin, { headers: OWN, body: JSON.stringify(json) }),
    await send(origin, { headers: cross, body: JSON.stringify(text) }),
    await send(origin, { headers: { ...OWN, 'sec-fetch-site': 'cross-site' }, body: JSON.stringify(submission()) }),
    await send(origin, { headers: OWN, body: JSON.stringify(submission({ fields: { note: 'x'.repeat(5000) } })) }),
  ];
  return { sent: [json, text], preflight, answers: answers.map(({ status, json: body }) => [status, body]) };
}

const EXPECTED = [
  [202, { status: 'recorded' }],
  [202, { status: 'recorded' }],
  [403, { error: 'origin' }],
  [413, { error: 'size' }],
];

for (const [name, start] of Object.entries(mounts))
  test(`takes messages on ${name}`, async () => {
    const site = createSite();
    const mount = await start(site.endpoint);
    try {
      const { sent, preflight, answers } = await exercise(mount.origin);
      expect(answers).toEqual(EXPECTED);
      expect(site.messages).toEqual(sent);
      expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, LISTED]);
    } finally {
      await mount.close();
    }
  });

// Why there is a mount of our own: ARCHITECTURE.md. When this fails, the library may do.
test('@hono/node-server, tried as the mount on Express, loses what express.json() has read', async () => {
  const site = createSite();
  const answers = [];
  for (const before of [[], [express.json()]]) {
    const app = express().use(...before, getRequestListener(site.endpoint));
    const mount = await listen(app);
    answers.push((await send(mount.origin, { headers: OWN, body: JSON.stringify(submission()) })).json);
    await mount.close();
  }
  expect(answers).toEqual([{ status: 'recorded' }, { error: 'message' }]);
});

test('takes messages in a worker runtime', async () => {
  // Every built module of the server entry, as it is: workerd resolves their imports of each other.
  const root = new URL('../../dist/', import.meta.url);
  const modules = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^([\w-]+|server\/.+)\.js$/.test(path) && !/^cello-companion/.test(path))
    .map((path) => ({
      type: 'ESModule' as const,
      path: `dist/${path}`,
      contents: readFileSync(new URL(path, root), 'utf8'),
    }));
  const worker = `import { createEndpoint, memoryStore } from './dist/server/index.js';
    const received = [];
    const endpoint = createEndpoint({ allowOrigins: ['${LISTED}'], store: memoryStore(), log: () => {}, onReferral: (message) => { received.push(message); } });
    export default { fetch: (request) => request.method === 'GET' ? Response.json(received) : endpoint(request) };`;
  const runtime = new Miniflare({
    host: '127.0.0.1',
    compatibilityDate: '2025-07-01',
    modules: [{ type: 'ESModule', path: 'worker.js', contents: worker }, ...modules],
  });
  try {
    const origin = (await runtime.ready).origin;
    const { sent, preflight, answers } = await exercise(origin);
    expect(answers).toEqual(EXPECTED);
    expect((await send(origin, { method: 'GET' })).json).toEqual(sent);
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, LISTED]);
    const [first] = sent;
    expect((await send(origin, { headers: OWN, body: JSON.stringify(first) })).json).toEqual({ status: 'duplicate' });
  } finally {
    await runtime.dispose();
  }
});

test.describe('toNodeHandler', () => {
  /** Sends bytes that no client library would send, and gives back the answer's first line. */
  async function sendRaw(listener: (request: IncomingMessage, response: ServerResponse) => unknown, head: string) {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.end(head);
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += chunk;
    await new Promise((resolve) => server.close(resolve));
    return text.split('\r\n')[0];
  }

  test('answers 400 to what cannot be a request of the Fetch standard', async () => {
    const { endpoint, messages } = createSite();
    const handler = toNodeHandler(endpoint);
    expect(await sendRaw(handler, 'POST /api HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')).toBe(
      'HTTP/1.1 400 Bad Request',
    );
    expect(await sendRaw(handler, 'POST /api HTTP/1.1\r\nHost: [::\r\nConnection: close\r\n\r\n')).toBe(
      'HTTP/1.1 400 Bad Request',
    );
    expect(await sendRaw(handler, 'TRACE /api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toBe(
      'HTTP/1.1 400 Bad Request',
    );
    expect(messages).toEqual([]);
  });

  test('does not take another host for its own, however the address is written', async () => {
    const { endpoint, messages } = createSite();
    const body = JSON.stringify(submission());
    const rest = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
    for (const address of ['//evil.example/api', 'http://evil.example/api', '/\\evil.example'])
      expect(
        await sendRaw(
          toNodeHandler(endpoint),
          `POST ${address} HTTP/1.1\r\nHost: site.example\r\nOrigin: http://evil.example\r\n${rest}`,
        ),
      ).toBe('HTTP/1.1 403 Forbidden');
    expect(messages).toEqual([]);
  });

  test('knows its own origin in an address that is written out, as proxies may write it', async () => {
    const { endpoint, messages } = createSite();
    const message = submission();
    const body = JSON.stringify(message);
    const head = 'POST http://site.example/api HTTP/1.1\r\nHost: site.example\r\nOrigin: http://site.example\r\n';
    const rest = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
    expect(await sendRaw(toNodeHandler(endpoint), head + rest)).toBe('HTTP/1.1 202 Accepted');
    expect(messages).toEqual([message]);
  });

  test('throws away what nobody read, so that the connection can be used again', async () => {
    const { endpoint, messages } = createSite();
    const site = await listen(toNodeHandler(endpoint));
    const message = submission();
    const write = (body: string, connection: string) =>
      `POST / HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: text/plain\r\nConnection: ${connection}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const socket = connect(site.port, '127.0.0.1');
    socket.write(write('x'.repeat(500_000), 'keep-alive'));
    socket.end(write(JSON.stringify(message), 'close'));
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += chunk;
    await site.close();
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 202']);
    expect(messages).toEqual([message]);
  });

  test('refuses an origin that is named twice', async () => {
    const { endpoint } = createSite();
    const head = `POST / HTTP/1.1\r\nHost: x\r\nOrigin: ${LISTED}\r\nOrigin: ${LISTED}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    expect(await sendRaw(toNodeHandler(endpoint), head)).toBe('HTTP/1.1 403 Forbidden');
  });

  test('answers 500, and does not fall, when the body was read and not left', async () => {
    const { endpoint, messages } = createSite();
    const handler = toNodeHandler(endpoint);
    const site = await listen(async (request, response) => {
      for await (const _ of request);
      await handler(request, response);
    });
    const heard = await hearErrors(async () => {
      const answer = await send(site.origin, { headers: OWN, body: JSON.stringify(submission()) });
      expect([answer.status, answer.json]).toEqual([500, { error: 'internal' }]);
    });
    await site.close();
    expect(heard).toEqual([expect.stringContaining('the body was read before toNodeHandler, and "req.body" is empty')]);
    expect(messages).toEqual([]);
  });

  test('answers 500, and does not fall, when another handler throws', async () => {
    const site = await listen(
      toNodeHandler(() => {
        throw new Error('mine');
      }),
    );
    const heard = await hearErrors(async () => expect((await send(site.origin, { body: '' })).status).toBe(500));
    await site.close();
    expect(heard).toEqual(['[cello-companion] the handler given to toNodeHandler threw Error: mine']);
  });

  test('keeps the cookies and the Vary that stood there before, and sends several cookies', async () => {
    const handler = toNodeHandler(() => {
      const headers = new Headers({ vary: 'Origin' });
      headers.append('set-cookie', 'a=1; Path=/');
      headers.append('set-cookie', 'b=2; Path=/');
      return new Response('x', { headers });
    });
    const site = await listen((request, response) => {
      response.setHeader('set-cookie', 'session=s');
      response.setHeader('vary', 'Accept-Encoding');
      return handler(request, response);
    });
    const { headers } = await send(site.origin, { method: 'GET' });
    await site.close();
    expect(headers['set-cookie']).toEqual(['session=s', 'a=1; Path=/', 'b=2; Path=/']);
    expect(headers['vary']).toBe('Accept-Encoding, Origin');
  });

  test("tells the sender's network address: the socket's, or what the framework trusts", async () => {
    const headers = { ...OWN, 'x-forwarded-for': '203.0.113.7' };
    const plain = createSite();
    const node = await listen(toNodeHandler(plain.endpoint));
    await send(node.origin, { headers, body: JSON.stringify(submission()) });
    await node.close();
    expect(plain.addresses).toEqual(['127.0.0.1']);

    const trusting = createSite();
    const app = await listen(
      express().set('trust proxy', 'loopback').post('/api/cello', toNodeHandler(trusting.endpoint)),
    );
    await send(app.origin, { headers, body: JSON.stringify(submission()) });
    await app.close();
    expect(trusting.addresses).toEqual(['203.0.113.7']);
    expect(clientAddress(new Request('http://127.0.0.1/'))).toBeNull();
  });

  test('knows its own https origin behind a proxy that Express trusts', async () => {
    const { endpoint } = createSite();
    const headers = {
      'content-type': 'application/json',
      host: 'site.example',
      origin: 'https://site.example',
      'x-forwarded-proto': 'https',
    };
    const statuses = [];
    for (const trusted of ['loopback', 'none']) {
      const server = await listen(
        express()
          .set('trust proxy', trusted === 'loopback' ? 'loopback' : false)
          .post('/api/cello', toNodeHandler(endpoint)),
      );
      statuses.push((await send(server.origin, { headers, body: JSON.stringify(submission()) })).status);
      await server.close();
    }
    expect(statuses).toEqual([202, 403]);
  });
});
