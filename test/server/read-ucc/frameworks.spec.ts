import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readUcc, type UccSource } from 'cello-companion/server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { NextRequest } from 'next/server.js';
import { expect, test } from 'playwright/test';
import { functionUrlEvent, httpEvent, restEvent, type Sent } from '../../services/gateway-events.js';

const UCC = 'pNRB1aYqArN';
const AT = '2026-11-23T15:04:05.000Z';
const OURS = `cello-companion=${new URLSearchParams({ ucc: UCC, productId: 'site', at: AT, cello: 'old' })}`;
const COOKIES = `session=abc; ${OURS}; cello-referral=old`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** What cookie-parser makes of a header: https://expressjs.com/en/resources/middleware/cookie-parser.html */
const parseCookies = (header: string): Record<string, string> =>
  Object.fromEntries(
    header.split('; ').map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      return [name, decodeURIComponent(rest.join('='))];
    }),
  );

/** Serves a listener for one request, and gives back what `readUcc` found in what it was handed. */
async function ask(listener: RequestListener, path: string, init: RequestInit): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await (await fetch(`http://127.0.0.1:${port}${path}`, init)).text();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** What a visitor sent, and what is to be found in it: the form and the query first, then the cookies. */
const SENT: readonly (readonly [title: string, path: string, init: RequestInit, ucc: string | null])[] = [
  [
    'a form',
    '/join',
    { method: 'POST', headers: { ...FORM, cookie: COOKIES }, body: 'email=a%40b.c&ucc=form' },
    'form',
  ],
  [
    'JSON',
    '/join',
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"ucc":"json"}' },
    'json',
  ],
  [
    'an empty field, and cookies',
    '/join',
    { method: 'POST', headers: { ...FORM, cookie: COOKIES }, body: 'ucc=' },
    UCC,
  ],
  ['a query', '/join?next=%2F&ucc=query', { headers: { cookie: COOKIES } }, 'query'],
  ['cookies', '/join', { headers: { cookie: COOKIES } }, UCC],
  ["Cello's cookie", '/join', { headers: { cookie: 'cello-referral=cookie' } }, 'cookie'],
  ['nothing', '/join', { headers: { cookie: 'session=abc' } }, null],
];

for (const [title, path, init, ucc] of SENT) {
  test(`Express, behind its parsers: ${title}`, async () => {
    const app = express();
    app.use(express.urlencoded(), express.json());
    app.all('/join', (request, response) => void response.end(String(readUcc(request))));
    expect(await ask(app, path, init)).toBe(String(ucc));
  });

  test(`Express, its body alone, else its cookies as cookie-parser leaves them: ${title}`, async () => {
    const app = express();
    app.use(express.urlencoded(), express.json());
    app.all('/join', (request, response) => {
      const cookies = parseCookies(request.headers.cookie ?? '');
      response.end(String(readUcc(request.query) ?? readUcc(request.body) ?? readUcc(cookies)));
    });
    expect(await ask(app, path, init)).toBe(String(ucc));
  });

  test(`Fastify, with its own parsers: ${title}`, async () => {
    const app = Fastify();
    app.addContentTypeParser(FORM['content-type'], { parseAs: 'string' }, (_, body, done) => done(null, body));
    app.route({
      method: ['GET', 'POST'],
      url: '/join',
      handler: async (request) => String(readUcc(request)),
    });
    await app.ready();
    expect(await ask((request, response) => app.routing(request, response), path, init)).toBe(String(ucc));
    await app.close();
  });

  test(`Hono, its request or the standard one in it: ${title}`, async () => {
    const app = new Hono();
    app.all('/join', async (c) => {
      const type = c.req.header('content-type');
      const body = type === 'application/json' ? await c.req.json() : type ? await c.req.parseBody() : null;
      return c.text(String(readUcc(body) ?? readUcc(c.req) ?? readUcc(c.req.raw)));
    });
    expect(await (await app.request(path, init)).text()).toBe(String(ucc));
  });

  test(`a fetch Request, and its formData() or json(): ${title}`, async () => {
    const request = new Request(`https://www.example.com${path}`, init);
    const type = request.headers.get('content-type');
    const body = type === 'application/json' ? await request.json() : type ? await request.formData() : null;
    expect(readUcc(body) ?? readUcc(request)).toBe(ucc);
    expect(readUcc(body) ?? readUcc({ request, params: {}, context: {} })).toBe(ucc); // React Router, SvelteKit
  });

  test(`Next.js's request and its cookies(): ${title}`, async () => {
    const { method = 'GET', headers } = init;
    const request = new NextRequest(`https://www.example.com${path}`, { method, headers: new Headers(headers) });
    const isInBody = ucc === 'form' || ucc === 'json';
    expect(readUcc(request)).toBe(isInBody ? readUcc(new Headers(headers)) : ucc);
    if (ucc !== 'query' && !isInBody) expect(readUcc(request.cookies)).toBe(ucc);
  });

  for (const [name, write] of [
    ['REST API', restEvent],
    ['HTTP API', httpEvent],
    ['function URL', functionUrlEvent],
  ] as const)
    test(`API Gateway, ${name}: ${title}`, () => {
      const [pathname = '', query = ''] = path.split('?');
      const { cookie, ...headers } = Object.fromEntries(new Headers(init.headers));
      const sent: Sent = {
        method: init.method ?? 'GET',
        path: pathname,
        query,
        headers,
        cookies: cookie ? cookie.split('; ') : [],
        ...(typeof init.body === 'string' ? { body: init.body } : {}),
      };
      expect(readUcc(write(sent))).toBe(ucc);
      expect(readUcc(write({ ...sent, isBase64: true }))).toBe(ucc);
    });
}

test("Node's own request: the query and the cookies, for its body is a stream", async () => {
  const listener: RequestListener = (request: IncomingMessage, response) => void response.end(String(readUcc(request)));
  expect(await ask(listener, '/join?ucc=query', { headers: { cookie: COOKIES } })).toBe('query');
  expect(await ask(listener, '/join', { headers: { cookie: COOKIES } })).toBe(UCC);
});

/** As its documentation prints it: https://github.com/fastify/fastify-multipart#parse-all-fields-and-assign-them-to-the-body */
const multipart = (value: unknown) => ({
  type: 'field',
  fieldname: 'ucc',
  mimetype: 'text/plain',
  encoding: '7bit',
  value,
});

const BODIES: readonly (readonly [title: string, source: UccSource, field: string, ucc: string | null])[] = [
  ['of @fastify/multipart, its field', { email: multipart('a@b.c'), ucc: multipart(UCC) }, 'ucc', UCC],
  ['of @fastify/multipart, the field sent twice', { ucc: [multipart(''), multipart(UCC)] }, 'ucc', UCC],
  ['of formidable, whose values are lists', { ucc: [UCC] }, 'ucc', UCC],
  ['of qs, a field with brackets', { form_fields: { ucc: UCC } }, 'form_fields[ucc]', UCC],
  ['a field with brackets as it was sent', { 'form_fields[ucc]': UCC }, 'form_fields[ucc]', UCC],
  ['a form with fields that are called like a request’s', { ucc: UCC, headers: {}, body: '', query: {} }, 'ucc', UCC],
  [
    'of a class of the site',
    new (class SignupDto {
      email = 'a@b.c';
      ucc = UCC;
    })(),
    'ucc',
    UCC,
  ],
  ['url-encoded text', `email=a%40b.c&ucc=${UCC}`, 'ucc', UCC],
  ['the text of a query', `?ucc=${UCC}`, 'ucc', UCC],
  ['JSON text', JSON.stringify({ ucc: UCC }), 'ucc', UCC],
  ['JSON text of a list', JSON.stringify([UCC]), 'ucc', null],
  ['text that only begins as JSON', '{"ucc":', 'ucc', null],
  ['a word', 'hello', 'ucc', null],
  ['what has the field from its prototype', JSON.parse('{"__proto__":{"ucc":"x"}}'), 'ucc', null],
];

for (const [title, source, field, ucc] of BODIES)
  test(`${ucc ? 'reads' : 'finds none in'} a body: ${title}`, () => {
    expect(readUcc(source, field)).toBe(ucc);
  });

test('reads the first of several fields that holds a code', () => {
  expect(readUcc({ ucc: '', input_5: UCC }, ['ucc', 'input_5'])).toBe(UCC);
  expect(readUcc({ ucc: 'one', input_5: UCC }, ['ucc', 'input_5'])).toBe('one');
});

test('reads header objects, in every spelling', () => {
  expect(readUcc(new Headers({ cookie: COOKIES }))).toBe(UCC);
  expect(readUcc({ host: 'x', cookie: COOKIES })).toBe(UCC);
  expect(readUcc({ Cookie: COOKIES })).toBe(UCC);
  expect(readUcc({ cookie: ['session=abc', OURS] })).toBe(UCC);
});

test('reads what has get(name): an object with the value, or the value', () => {
  const all: Record<string, string> = { 'cello-companion': OURS.slice('cello-companion='.length) };
  expect(readUcc({ get: (name: string) => (all[name] ? { name, value: all[name] } : undefined) })).toBe(UCC);
  expect(readUcc({ get: (name: string) => all[name] })).toBe(UCC);
  expect(readUcc({ get: () => undefined })).toBe(null);
});

test('a code with characters that are encoded comes unharmed out of cookies that a framework decoded', () => {
  for (const code of ['a%41+é', 'a&b=c', '100%', 'ä'])
    expect(
      readUcc(parseCookies(`cello-companion=${new URLSearchParams({ ucc: code, at: AT })}`.replace(/\+/g, '%20'))),
    ).toBe(code);
});

test("Cello's cookie wins where ours is older, also when cookies come by name", () => {
  const ours = String(new URLSearchParams({ ucc: 'old', at: AT, cello: 'before' }));
  expect(readUcc({ 'cello-companion': ours, 'cello-referral': UCC })).toBe(UCC);
  expect(readUcc({ 'cello-companion': ours, 'cello-referral': 'before' })).toBe('old');
});

const UNKNOWN: readonly (readonly [title: string, source: unknown, said: string])[] = [
  ['a number', 42, 'got a number'],
  ['a boolean', true, 'got a boolean'],
  ['a bigint', 1n, 'got a bigint'],
  ['a symbol', Symbol('x'), 'got a symbol'],
  ['a function', () => UCC, 'got a function'],
  ['a list', [UCC], 'got an array'],
  ['a promise that was not awaited', Promise.resolve({ ucc: UCC }), 'got an object (Promise)'],
  ['a Date', new Date(), 'got a Date'],
  ['a Map', new Map([['ucc', UCC]]), 'got an object (Map)'],
  // Without the last bracket: where @hono/node-server was loaded before, the class is its own, `Response$1`.
  ['a Response', new Response(UCC), 'got an object (Response'],
  ['a Blob', new Blob([UCC]), 'got an object (Blob)'],
  ['a stream', new ReadableStream(), 'got an object (ReadableStream)'],
  ['bytes', new Uint8Array(3), 'got an object (Uint8Array)'],
  ['an Error', new Error(UCC), 'got an object (Error)'],
];

for (const [title, source, said] of UNKNOWN)
  test(`says what came when it is ${title}`, () => {
    const read = () => Reflect.apply(readUcc, undefined, [source]);
    expect(read).toThrow(TypeError);
    expect(read).toThrow(`[cello-companion] readUcc: "source" must be a request, a form, a body, headers, cookies, or`);
    expect(read).toThrow(said);
    expect(read).not.toThrow(UCC);
  });

test('says which field is none', () => {
  for (const field of ['', 5, null, ['ucc', '']])
    expect(() => Reflect.apply(readUcc, undefined, [{}, field])).toThrow(
      'readUcc: "field" must be the name of a form field',
    );
});

test('reads the cookies of headers that have `getAll`, as those of Workers do', () => {
  class WorkersHeaders extends Headers {
    getAll(): never {
      throw new TypeError('getAll() can only be used with the header name "Set-Cookie".');
    }
  }
  expect(readUcc(new WorkersHeaders({ cookie: COOKIES }))).toBe(UCC);
});
