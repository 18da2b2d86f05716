import { createEndpoint, type EndpointOptions, type LogEntry } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { hearErrors, hearWarnings } from '../../services/console.js';
import { OWN, submission } from '../../services/messages.js';

const URL_HERE = 'https://www.example.com/api/cello';
const LISTED = 'https://shop.example.com';

interface Told {
  readonly status: number;
  readonly entry: LogEntry | undefined;
}

/** What the log is told of one request. */
async function tell(init: RequestInit, options: Partial<EndpointOptions> = {}, url = URL_HERE): Promise<Told> {
  const entries: LogEntry[] = [];
  const log = (entry: LogEntry) => entries.push(entry);
  const endpoint = createEndpoint({ onReferral: () => {}, allowOrigins: [LISTED], log, ...options });
  const { status } = await endpoint(new Request(url, { method: 'POST', ...init }));
  return { status, entry: entries[0] };
}

const body = () => JSON.stringify(submission());
const JSON_TYPE = { 'content-type': 'application/json' };
const FROM_LISTED = { ...JSON_TYPE, 'sec-fetch-site': 'cross-site', origin: LISTED };

const REFUSED: readonly (readonly [title: string, init: RequestInit, status: number, remedy: RegExp])[] = [
  [
    'a page of another origin',
    { headers: { ...JSON_TYPE, 'sec-fetch-site': 'cross-site', origin: 'https://new.example.com' } },
    403,
    /put "https:\/\/new\.example\.com" into "allowOrigins" of createEndpoint, which sees itself at https:\/\/www\.example\.com\.$/,
  ],
  ['a page without an origin', { headers: { 'sec-fetch-site': 'cross-site', origin: 'null' } }, 403, /sandboxed frame/],
  ['an address that was opened', { headers: { 'sec-fetch-site': 'none' } }, 403, /opened in a browser/],
  ['a caller that is no page', { headers: JSON_TYPE }, 403, /let your own in with the option "authorize"/],
  ['a method', { method: 'PUT', headers: FROM_LISTED }, 405, /sends POST, and OPTIONS/],
  ['a type', { headers: { ...OWN, 'content-type': 'text/html' } }, 415, /something on the way changes the type/],
  ['a size', { headers: FROM_LISTED, body: 'x'.repeat(5000) }, 413, /more than 4096 bytes: raise "maxBytes"/],
  ['an encoding', { headers: OWN, body: new Uint8Array([0xff]) }, 400, /is no UTF-8/],
  ['what is no message', { headers: OWN, body: '[]' }, 400, /is no message of the script/],
  ['a version', { headers: OWN, body: '{"v":2}' }, 400, /no right "v": script and server are of different versions/],
];

for (const [title, init, status, remedy] of REFUSED)
  test(`the log says what to do about ${title}`, async () => {
    const told = await tell(init);
    expect(told.status).toBe(status);
    expect(told.entry?.remedy).toMatch(remedy);
  });

test('the log says that a proxy ends TLS before the endpoint', async () => {
  const headers = { ...JSON_TYPE, origin: 'https://www.example.com' };
  const { status, entry } = await tell({ headers, body: body() }, {}, 'http://www.example.com/api/cello');
  expect(status).toBe(403);
  expect(entry?.remedy).toMatch(/^A proxy ends TLS .* put "https:\/\/www\.example\.com" into "allowOrigins"/);
});

test('there is nothing to mend where nothing was refused, where it passes, or where strangers send rubbish', async () => {
  expect((await tell({ headers: OWN, body: body() })).entry).not.toHaveProperty('remedy');
  const limit = () => ({ retryAfterSeconds: 1 });
  expect((await tell({ headers: OWN, body: body() }, { limit })).entry).not.toHaveProperty('remedy');
  expect((await tell({ method: 'GET', headers: { 'sec-fetch-site': 'cross-site' } })).entry).not.toHaveProperty(
    'remedy',
  );
});

test('another message under one id: the log says what to do', async () => {
  const { memoryStore } = await import('cello-companion/server');
  const store = memoryStore();
  const message = submission();
  await tell({ headers: OWN, body: JSON.stringify(message) }, { store });
  const { status, entry } = await tell(
    { headers: OWN, body: JSON.stringify({ ...message, fields: { email: 'eve@example.com' } }) },
    { store },
  );
  expect(status).toBe(422);
  expect(entry?.remedy).toContain('a "key" of its own in report()');
});

test('a site without a log hears of each reason once a minute, and of 5xx as before', async () => {
  const endpoint = createEndpoint({ onReferral: () => {}, allowOrigins: [LISTED] });
  const send = (headers: Record<string, string>, text: string) =>
    endpoint(new Request(URL_HERE, { method: 'POST', headers, body: text }));
  const heard = await hearWarnings(async () => {
    for (let i = 0; i < 50; i++) {
      await send({ ...JSON_TYPE, origin: `https://x${i}.example` }, '');
      await send(OWN, '[]');
      await send(OWN, '{"v":1}');
    }
    await send(OWN, body());
  });
  expect(heard.map((line) => /"reason":"(\w+)"/.exec(line)?.[1])).toEqual(['origin', 'message', 'id']);
  expect(heard[0]).toMatch(/^\[cello-companion\] {"status":403,.*"remedy":"If that page is yours/);
  expect(await hearErrors(() => send(OWN, '[]'))).toEqual([]);
});

test('a remedy holds no line break, whatever the origin says', async () => {
  const headers = { ...JSON_TYPE, 'sec-fetch-site': 'cross-site', origin: `https://\u0085${'x'.repeat(5000)}` };
  const { entry } = await tell({ headers });
  expect(entry?.remedy).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  expect(entry?.remedy?.length).toBeLessThan(500);
});

test.describe('the door for native apps and servers', () => {
  const authorize = (request: Request) => request.headers.get('authorization') === 'Bearer of-ours';
  const AUTHORIZED = { ...JSON_TYPE, authorization: 'Bearer of-ours' };

  test('lets in whom the site authorizes', async () => {
    expect((await tell({ headers: AUTHORIZED, body: body() }, { authorize })).status).toBe(202);
    const asked = tell({ headers: AUTHORIZED, body: body() }, { authorize: async (request) => authorize(request) });
    expect((await asked).status).toBe(202);
  });

  test('keeps out everybody else', async () => {
    const wrong = { ...JSON_TYPE, authorization: 'Bearer of-theirs' };
    expect((await tell({ headers: wrong, body: body() }, { authorize })).status).toBe(403);
    expect((await tell({ headers: AUTHORIZED, body: body() })).status).toBe(403);
    // @ts-expect-error: JavaScript would let it pass
    expect((await tell({ headers: AUTHORIZED, body: body() }, { authorize: () => 'yes' })).status).toBe(403);
  });

  test('is none for pages: a browser says what it is', async () => {
    let asked = 0;
    const count = () => {
      asked += 1;
      return true;
    };
    for (const headers of [
      { ...JSON_TYPE, origin: 'https://evil.example' },
      { ...JSON_TYPE, origin: 'null' },
      { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' },
      { ...JSON_TYPE, 'sec-fetch-site': 'none' },
    ])
      expect((await tell({ headers, body: body() }, { authorize: count })).status).toBe(403);
    expect((await tell({ headers: OWN, body: body() }, { authorize: count })).status).toBe(202);
    expect(asked).toBe(0);
  });

  test('sets no cookie, and what comes in by it is checked like the rest', async () => {
    const endpoint = createEndpoint({ onReferral: () => {}, authorize, cookie: {} });
    const { capture } = await import('../../services/messages.js');
    const init = { method: 'POST', headers: AUTHORIZED, body: JSON.stringify(capture()) };
    expect((await endpoint(new Request(URL_HERE, init))).headers.get('set-cookie')).toBeNull();
    const { status, entry } = await tell({ headers: AUTHORIZED, body: '[]' }, { authorize });
    expect([status, entry?.reason]).toEqual([400, 'message']);
  });

  test('that throws asks to come again', async () => {
    const broken = async () => {
      throw new Error('the key store is down');
    };
    const { status, entry } = await tell({ headers: AUTHORIZED, body: body() }, { authorize: broken });
    expect([status, entry?.reason]).toEqual([503, 'authorize']);
    expect(entry?.error).not.toContain('key store');
  });
});

test('origins of apps may be listed, and what can never match is said with what would', async () => {
  for (const origin of ['capacitor://localhost', 'ionic://localhost', 'chrome-extension://abcdefghijklmnop'])
    expect((await tell({ headers: { ...JSON_TYPE, origin }, body: body() }, { allowOrigins: [origin] })).status).toBe(
      202,
    );
  for (const [wrong, right] of [
    ['https://www.example.com/', 'https://www.example.com'],
    ['https://www.example.com:443', 'https://www.example.com'],
    ['HTTPS://WWW.example.com', 'https://www.example.com'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ] as const)
    expect(() => createEndpoint({ onReferral: () => {}, allowOrigins: [wrong] })).toThrow(
      `It would never match: write "${right}"`,
    );
  for (const wrong of ['file:///x', 'data:text/html,x', 'www.example.com', 'javascript://x'])
    expect(() => createEndpoint({ onReferral: () => {}, allowOrigins: [wrong] })).toThrow('exact origins');
});

test('fields have no prototype: nobody finds among them what was not sent', async () => {
  const fields: (string | undefined)[] = [];
  const endpoint = createEndpoint({
    onReferral: (message) => {
      if (message.type === 'submission') for (const name of ['toString', 'valueOf']) fields.push(message.fields[name]);
    },
  });
  const text = JSON.stringify(submission({ fields: { email: 'a@b.c', valueOf: 'sent' } }));
  await endpoint(new Request(URL_HERE, { method: 'POST', headers: OWN, body: text }));
  expect(fields).toEqual([undefined, 'sent']);
});

test('a time with more than nine digits behind the point is none', async () => {
  const post = (at: string) => tell({ headers: OWN, body: JSON.stringify({ ...submission(), at }) });
  expect((await post('2026-11-23T15:04:05.123456789Z')).status).toBe(202);
  expect(await post('2026-11-23T15:04:05.1234567890Z')).toMatchObject({ status: 400, entry: { reason: 'at' } });
});
