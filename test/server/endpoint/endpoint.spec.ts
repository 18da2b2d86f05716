import { connect } from 'node:net';
import {
  createEndpoint,
  type EndpointOptions,
  type LogEntry,
  type Message,
  toNodeHandler,
} from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { hearErrors } from '../../services/console.js';
import { capture, OWN, submission } from '../../services/messages.js';
import { listen, type Running, send } from '../../services/wire.js';

const LISTED = 'https://www.example.com';

interface Site extends Running {
  readonly received: Message[];
  readonly log: LogEntry[];
}

const open: Running[] = [];

/** A site with the endpoint on Node's http, that remembers what its callback and its log received. */
async function startSite(options: Partial<EndpointOptions> = {}): Promise<Site> {
  const received: Message[] = [];
  const log: LogEntry[] = [];
  const endpoint = createEndpoint({
    onReferral: (message) => {
      received.push(message);
    },
    log: (entry) => log.push(entry),
    ...options,
  });
  const site = await listen(toNodeHandler(endpoint));
  open.push(site);
  return { ...site, received, log };
}

test.afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

test.describe('who may send', () => {
  // The table of docs/server.md, row by row.
  const rows: readonly {
    readonly title: string;
    readonly site: string | null;
    readonly origin: string | null | 'own';
    readonly status: 202 | 403;
  }[] = [
    {
      title: 'same-origin, whatever the origin says',
      site: 'same-origin',
      origin: 'https://elsewhere.example',
      status: 202,
    },
    { title: 'same-origin without an origin', site: 'same-origin', origin: null, status: 202 },
    { title: 'same-site from a listed origin', site: 'same-site', origin: LISTED, status: 202 },
    {
      title: 'same-site from an origin that is not listed',
      site: 'same-site',
      origin: 'https://shop.example.com',
      status: 403,
    },
    { title: 'same-site from the own origin, which same-site is not', site: 'same-site', origin: 'own', status: 403 },
    { title: 'cross-site from a listed origin', site: 'cross-site', origin: LISTED, status: 202 },
    {
      title: 'cross-site from an origin that is not listed',
      site: 'cross-site',
      origin: 'https://evil.example',
      status: 403,
    },
    {
      title: 'cross-site from an origin that begins like a listed one',
      site: 'cross-site',
      origin: `${LISTED}.attacker.com`,
      status: 403,
    },
    {
      title: 'cross-site from an origin that ends like a listed one',
      site: 'cross-site',
      origin: 'https://evil-www.example.com',
      status: 403,
    },
    {
      title: 'cross-site from the listed host over http',
      site: 'cross-site',
      origin: 'http://www.example.com',
      status: 403,
    },
    {
      title: 'cross-site from the listed host on another port',
      site: 'cross-site',
      origin: `${LISTED}:8443`,
      status: 403,
    },
    { title: 'cross-site from the origin null', site: 'cross-site', origin: 'null', status: 403 },
    { title: 'cross-site without an origin', site: 'cross-site', origin: null, status: 403 },
    { title: 'none: typed into the address bar', site: 'none', origin: null, status: 403 },
    { title: 'none, even from a listed origin', site: 'none', origin: LISTED, status: 403 },
    { title: 'a word that no browser says', site: 'same-origin, same-origin', origin: LISTED, status: 403 },
    { title: 'an old browser on the own origin', site: null, origin: 'own', status: 202 },
    { title: 'an old browser on a listed origin', site: null, origin: LISTED, status: 202 },
    { title: 'an old browser on another origin', site: null, origin: 'https://evil.example', status: 403 },
    { title: 'an old browser with the origin null', site: null, origin: 'null', status: 403 },
    { title: 'neither header: no browser of ours', site: null, origin: null, status: 403 },
  ];

  for (const { title, site: fetchSite, origin, status } of rows) {
    test(`${status === 202 ? 'takes' : 'refuses'} ${title}`, async () => {
      const site = await startSite({ allowOrigins: [LISTED] });
      const answer = await send(site.origin, {
        headers: {
          'content-type': 'application/json',
          ...(fetchSite === null ? {} : { 'sec-fetch-site': fetchSite }),
          ...(origin === null ? {} : { origin: origin === 'own' ? site.origin : origin }),
        },
        body: JSON.stringify(submission()),
      });
      expect(answer.status).toBe(status);
      expect(answer.json).toEqual(status === 202 ? { status: 'recorded' } : { error: 'origin' });
      expect(site.received.length).toBe(status === 202 ? 1 : 0);
      const mayRead = origin === LISTED && fetchSite !== 'none' && status === 202;
      expect(answer.headers['access-control-allow-origin']).toBe(mayRead ? LISTED : undefined);
      expect(answer.headers['vary']).toBe('Origin, Sec-Fetch-Site');
      expect(answer.headers['cache-control']).toBe('no-store');
    });
  }

  test('takes nobody from elsewhere when no origin is listed', async () => {
    const site = await startSite();
    const headers = { 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site', origin: LISTED };
    expect((await send(site.origin, { headers, body: JSON.stringify(submission()) })).status).toBe(403);
    expect((await send(site.origin, { method: 'OPTIONS', headers })).status).toBe(405);
    expect(site.received).toEqual([]);
  });
});

test.describe('what browsers send from another site', () => {
  const crossSite = { origin: LISTED, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' };
  const text = { 'content-type': 'text/plain;charset=UTF-8' };
  const json = { 'content-type': 'application/json' };
  // As measured in Chromium, Firefox and WebKit.
  const senders = [
    {
      title: 'a fetch of JSON, after its preflight',
      headers: { ...crossSite, ...json, 'sec-fetch-mode': 'cors' },
      isPreflighted: true,
    },
    { title: 'a fetch of text', headers: { ...crossSite, ...text, 'sec-fetch-mode': 'cors' }, isPreflighted: false },
    {
      title: 'a beacon of text, which says no-cors',
      headers: { ...crossSite, ...text, 'sec-fetch-mode': 'no-cors' },
      isPreflighted: false,
    },
    {
      title: 'a beacon of JSON, after its preflight',
      headers: { ...crossSite, ...json, 'sec-fetch-mode': 'cors' },
      isPreflighted: true,
    },
  ];
  for (const { title, headers, isPreflighted } of senders) {
    test(`takes ${title}`, async () => {
      const site = await startSite({ allowOrigins: [LISTED] });
      if (isPreflighted) {
        const preflight = await send(site.origin, {
          method: 'OPTIONS',
          headers: {
            ...crossSite,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type',
          },
        });
        expect(preflight.status).toBe(204);
        expect(preflight.text).toBe('');
        expect(preflight.headers).toMatchObject({
          'access-control-allow-origin': LISTED,
          'access-control-allow-credentials': 'true',
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': 'content-type',
          'access-control-max-age': '7200',
        });
      }
      const message = submission();
      const answer = await send(site.origin, { headers, body: JSON.stringify(message) });
      expect(answer.status).toBe(202);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': LISTED,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Retry-After',
      });
      expect(site.received).toEqual([message]);
    });
  }

  test('lets the other site read why it was refused', async () => {
    const site = await startSite({ allowOrigins: [LISTED] });
    const answer = await send(site.origin, { headers: { ...crossSite, ...text }, body: '{}' });
    expect(answer.status).toBe(400);
    expect(answer.headers['access-control-allow-origin']).toBe(LISTED);
  });
});

test.describe('the order of the checks', () => {
  test('asks for the method first, then origin, type, size, JSON, message, limit', async () => {
    let asked = 0;
    const site = await startSite({
      limit: () => {
        asked += 1;
        return { retryAfterSeconds: 7 };
      },
    });
    const tooMuch = 'x'.repeat(5000);
    const wrong = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'content-type': 'text/html' };
    const errors = [];
    for (const one of [
      { method: 'PUT', headers: wrong, body: tooMuch },
      { headers: wrong, body: tooMuch },
      { headers: { ...OWN, 'content-type': 'text/html' }, body: tooMuch },
      { headers: OWN, body: tooMuch },
      { headers: OWN, body: '{"v":1' },
      { headers: OWN, body: JSON.stringify({ ...submission(), ucc: 'has space' }) },
      { headers: OWN, body: JSON.stringify(submission()) },
    ]) {
      const { status, json } = await send(site.origin, one);
      errors.push([status, json]);
    }
    expect(errors).toEqual([
      [405, { error: 'method' }],
      [403, { error: 'origin' }],
      [415, { error: 'content-type' }],
      [413, { error: 'size' }],
      [400, { error: 'message' }],
      [400, { error: 'ucc' }],
      [429, { error: 'rate' }],
    ]);
    expect(asked).toBe(1);
    expect(site.received).toEqual([]);
  });

  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
    test(`answers ${method} with 405 and says what is allowed`, async () => {
      const site = await startSite();
      const answer = await send(site.origin, { method, headers: { 'sec-fetch-site': 'same-origin' } });
      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toBe('POST');
    });

  for (const type of [
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    '',
    'text/plain2',
  ])
    test(`refuses the content type "${type}"`, async () => {
      const site = await startSite();
      const answer = await send(site.origin, {
        headers: { ...OWN, 'content-type': type },
        body: JSON.stringify(submission()),
      });
      expect([answer.status, answer.json]).toEqual([415, { error: 'content-type' }]);
    });

  for (const type of ['application/json', 'Application/JSON ; charset=utf-8', 'text/plain', 'text/plain;charset=UTF-8'])
    test(`takes the content type "${type}"`, async () => {
      const site = await startSite();
      const answer = await send(site.origin, {
        headers: { ...OWN, 'content-type': type },
        body: JSON.stringify(submission()),
      });
      expect(answer.status).toBe(202);
    });
});

test.describe('the body', () => {
  /** A message of exactly so many bytes. */
  const weigh = (bytes: number): string => {
    const empty = JSON.stringify(submission({ fields: { note: '' } }));
    return JSON.stringify({ ...JSON.parse(empty), fields: { note: 'x'.repeat(bytes - empty.length) } });
  };

  test('may weigh 4,096 bytes, and not one more', async () => {
    const site = await startSite();
    expect((await send(site.origin, { headers: OWN, body: weigh(4096) })).status).toBe(202);
    const answer = await send(site.origin, { headers: OWN, body: weigh(4097) });
    expect([answer.status, answer.json]).toEqual([413, { error: 'size' }]);
    expect(site.received.length).toBe(1);
  });

  test('is counted in bytes, not in letters', async () => {
    const site = await startSite();
    const body = JSON.stringify(submission({ fields: { note: 'ü'.repeat(2000) } }));
    expect(body.length).toBeLessThan(4096);
    expect((await send(site.origin, { headers: OWN, body })).status).toBe(413);
  });

  test('is counted while it comes, when it has no length', async () => {
    const site = await startSite();
    const halves = (text: string) => [text.slice(0, 2000), text.slice(2000)];
    expect((await send(site.origin, { headers: OWN, body: halves(weigh(4096)) })).status).toBe(202);
    expect((await send(site.origin, { headers: OWN, body: halves(weigh(4097)) })).status).toBe(413);
  });

  test('has the limit that the site sets', async () => {
    const site = await startSite({ maxBytes: 300 });
    expect((await send(site.origin, { headers: OWN, body: weigh(300) })).status).toBe(202);
    expect((await send(site.origin, { headers: OWN, body: weigh(301) })).status).toBe(413);
  });

  test('of a megabyte is refused with an answer that arrives', async () => {
    const site = await startSite();
    for (const body of ['x'.repeat(1_000_000), Array.from({ length: 100 }, () => 'x'.repeat(10_000))])
      expect((await send(site.origin, { headers: OWN, body })).status).toBe(413);
    expect(site.received).toEqual([]);
  });

  test("that is cut off half way is nobody's message, and asks to come again", async () => {
    const site = await startSite();
    const socket = connect(site.port, '127.0.0.1');
    const body = JSON.stringify(submission());
    const head = `POST /api/cello HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    await new Promise<void>((resolve) => socket.write(head + body.slice(0, 50), () => resolve()));
    socket.destroy();
    await expect
      .poll(() => site.log)
      .toEqual([{ status: 408, reason: 'incomplete', id: null, type: null, origin: null }]);
    expect(site.received).toEqual([]);
  });

  test('that is no UTF-8 is refused', async () => {
    const site = await startSite();
    const answer = await send(site.origin, { headers: OWN, body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]) });
    expect([answer.status, answer.json]).toEqual([400, { error: 'encoding' }]);
  });

  test('may be split inside a letter', async () => {
    const site = await startSite();
    const bytes = new TextEncoder().encode(JSON.stringify(submission({ fields: { name: 'Ødegård' } })));
    const at = bytes.indexOf(0xc3) + 1;
    expect((await send(site.origin, { headers: OWN, body: [bytes.slice(0, at), bytes.slice(at)] })).status).toBe(202);
    expect(site.received[0]).toMatchObject({ fields: { name: 'Ødegård' } });
  });

  for (const body of ['', 'null', '[]', '"text"', '42', '{}', '[[[[', `${'['.repeat(4000)}`, '{"v":2}'])
    test(`of ${JSON.stringify(body.slice(0, 8))} is refused`, async () => {
      const site = await startSite();
      const answer = await send(site.origin, { headers: OWN, body });
      expect(answer.status).toBe(400);
      expect(site.received).toEqual([]);
    });

  test('with __proto__, constructor and prototype keys arrives without them and changes no object', async () => {
    const site = await startSite();
    const message = submission();
    const poisoned = `{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},${JSON.stringify(message).slice(1, -2)},"__proto__":"a","constructor":"b","prototype":"c"}}`;
    expect((await send(site.origin, { headers: OWN, body: poisoned })).status).toBe(202);
    expect(site.received).toEqual([message]);
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
    const [received] = site.received;
    expect(Object.keys(received && 'fields' in received ? received.fields : {})).toEqual(['email']);
  });

  test('with keys that nobody knows arrives without them', async () => {
    const site = await startSite();
    const message = capture();
    await send(site.origin, { headers: OWN, body: JSON.stringify({ ...message, isAdmin: true, fields: { a: 'b' } }) });
    expect(site.received).toEqual([message]);
  });
});

test.describe('what the site says', () => {
  test('ignored is answered as ignored', async () => {
    const site = await startSite({ onReferral: async () => ({ status: 'ignored' }) });
    const answer = await send(site.origin, { headers: OWN, body: JSON.stringify(capture()) });
    expect([answer.status, answer.json]).toEqual([202, { status: 'ignored' }]);
  });

  test('forget reaches the browser', async () => {
    const site = await startSite({ onReferral: () => ({ forget: true }) });
    const answer = await send(site.origin, { headers: OWN, body: JSON.stringify(submission()) });
    expect(answer.json).toEqual({ status: 'recorded', forget: true });
  });

  test('a callback that throws asks the browser to come again, without saying why', async () => {
    const site = await startSite({
      onReferral: async () => {
        throw new Error('no row for ada@example.com');
      },
    });
    const answer = await send(site.origin, { headers: OWN, body: JSON.stringify(submission()) });
    expect([answer.status, answer.json, answer.headers['retry-after']]).toEqual([503, { error: 'callback' }, '5']);
  });

  test('a callback that throws what is no error is answered the same way', async () => {
    for (const thrown of ['text', null, undefined, 0, Symbol('s')]) {
      const site = await startSite({
        onReferral: () => {
          throw thrown;
        },
      });
      const answer = await send(site.origin, { headers: OWN, body: JSON.stringify(submission()) });
      expect([answer.status, answer.json]).toEqual([503, { error: 'callback' }]);
    }
  });

  test('a valid and a made-up code get the same answer', async () => {
    const site = await startSite();
    const one = await send(site.origin, { headers: OWN, body: JSON.stringify(submission({ ucc: 'pNRB1aYqArN' })) });
    const other = await send(site.origin, { headers: OWN, body: JSON.stringify(submission({ ucc: 'zzzzzzzzzzz' })) });
    expect(other.text).toBe(one.text);
    expect(Object.keys(other.headers)).toEqual(Object.keys(one.headers));
  });

  test("the request is in the callback's hands", async () => {
    const hosts: (string | null)[] = [];
    const site = await startSite({ onReferral: (_, request) => void hosts.push(request.headers.get('x-tenant')) });
    await send(site.origin, { headers: { ...OWN, 'x-tenant': 'north' }, body: JSON.stringify(capture()) });
    expect(hosts).toEqual(['north']);
  });
});

test.describe('the limit', () => {
  test('says when to come again, in whole seconds', async () => {
    const site = await startSite({ limit: async () => ({ retryAfterSeconds: 1.2 }) });
    const answer = await send(site.origin, { headers: OWN, body: JSON.stringify(capture()) });
    expect([answer.status, answer.json, answer.headers['retry-after']]).toEqual([429, { error: 'rate' }, '2']);
    expect(site.received).toEqual([]);
  });

  test('that is null lets pass', async () => {
    const site = await startSite({ limit: () => null });
    expect((await send(site.origin, { headers: OWN, body: JSON.stringify(capture()) })).status).toBe(202);
  });

  test('that throws asks the browser to come again', async () => {
    const site = await startSite({
      limit: () => {
        throw new Error('redis is away');
      },
    });
    const answer = await send(site.origin, { headers: OWN, body: JSON.stringify(capture()) });
    expect([answer.status, answer.json, answer.headers['retry-after']]).toEqual([503, { error: 'limit' }, '5']);
    expect(site.received).toEqual([]);
  });
});

test.describe('the log', () => {
  test('has one entry a request: what came of it, the id, the origin, and nothing of the person', async () => {
    const site = await startSite({ allowOrigins: [LISTED] });
    const message = submission();
    await send(site.origin, {
      headers: { ...OWN, origin: LISTED, cookie: 'session=secret' },
      body: JSON.stringify(message),
    });
    expect(site.log).toEqual([{ status: 202, reason: 'recorded', id: message.id, type: 'submission', origin: LISTED }]);
    const text = JSON.stringify(site.log);
    for (const secret of ['ada@example.com', 'pNRB1aYqArN', '/signup', 'secret']) expect(text).not.toContain(secret);
  });

  test('has no line break and no control character, whatever was sent', async () => {
    const log: LogEntry[] = [];
    const endpoint = createEndpoint({ onReferral: () => {}, log: (entry) => log.push(entry) });
    // Node's parser lets no CR or LF through in a header: other hosts may hand on what is like one.
    const origin = 'https://x\u0085y\u00ad\u009b31m.example';
    await endpoint(new Request('http://127.0.0.1/', { method: 'POST', headers: { origin } }));
    const message = { ...submission(), id: 'aaaaaaaa\r\nX' };
    const site = await startSite({ log: (entry) => log.push(entry) });
    await send(site.origin, { headers: OWN, body: JSON.stringify(message) });
    await send(site.origin, {
      headers: OWN,
      body: JSON.stringify({ ...submission(), 'bad\r\nkey': 'a\r\nb', kind: 'a\r\nb' }),
    });
    expect(log.map(({ reason }) => reason)).toEqual(['origin', 'id', 'kind']);
    for (const entry of log)
      for (const value of Object.values(entry)) expect(String(value)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });

  test('cuts what is long', async () => {
    const site = await startSite();
    await send(site.origin, {
      headers: { ...OWN, 'sec-fetch-site': 'cross-site', origin: `https://${'a'.repeat(5000)}` },
    });
    expect(site.log[0]?.origin?.length).toBe(200);
  });

  test('names the class and the place of what the callback threw, not its words', async () => {
    const site = await startSite({
      onReferral: () => {
        throw new RangeError('no row for ada@example.com\n    at ada@example.com');
      },
    });
    await send(site.origin, { headers: OWN, body: JSON.stringify(submission()) });
    expect(site.log[0]?.error).toMatch(/^RangeError at .*onReferral.*endpoint\.spec\.ts:\d+:\d+\)?$/);
    expect(JSON.stringify(site.log)).not.toContain('ada@');
  });

  test('that throws, or rejects, does not reach the visitor, and the console tells', async () => {
    const throwing = () => {
      throw new Error('disk full');
    };
    for (const log of [throwing, async () => throwing()]) {
      const site = await startSite({ log });
      const heard = await hearErrors(async () => {
        expect((await send(site.origin, { headers: OWN, body: JSON.stringify(capture()) })).status).toBe(202);
      });
      expect(heard).toEqual([expect.stringMatching(/^\[cello-companion\] "log" threw: Error at \w+ \(file:/)]);
    }
  });

  test('is the console, for what somebody must mend, if the site has none', async () => {
    let isBroken = false;
    const site = await startSite({
      log: undefined,
      onReferral: () => {
        if (isBroken) throw new Error('ada@example.com');
      },
    });
    const post = () => send(site.origin, { headers: OWN, body: JSON.stringify(submission()) });
    expect(await hearErrors(post)).toEqual([]);
    expect(await hearErrors(() => send(site.origin, { headers: OWN, body: '' }))).toEqual([]);
    isBroken = true;
    expect(await hearErrors(post)).toEqual([
      expect.stringMatching(
        /^\[cello-companion\] {"status":503,"reason":"callback",.*"error":"Error at onReferral .*"}$/,
      ),
    ]);
  });
});
