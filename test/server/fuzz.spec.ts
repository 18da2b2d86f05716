// node:assert, since every expect of Playwright is a step of its report: too slow for thousands of inputs.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  createEndpoint,
  forgetCookie,
  type LogEntry,
  memoryStore,
  readUcc,
  toNodeHandler,
} from 'cello-companion/server';
import fc from 'fast-check';
import { expect, test } from 'playwright/test';
import { submission } from '../services/messages.js';
import { listen } from '../services/wire.js';

/** How many inputs each property gets; for a longer run: `FUZZ_RUNS=100000 npx playwright test --project=node fuzz`. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 2000);

test.setTimeout(30_000 + RUNS * 10);

const LISTED = 'https://www.example.com';

/** What a header can carry: bytes without NUL, CR and LF. */
const headerText = fc.oneof(
  fc.constant(''),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
  fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength: 60 })
    .map((codes) => String.fromCharCode(...codes).replace(/[\r\n]/g, '')),
);

const cookies = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('cello-companion', 'cello-referral', ' cello-companion ', ''), headerText),
      fc.oneof(
        fc.constantFrom(
          'pNRB1aYqArN',
          'ucc=pNRB1aYqArN&at=2026-11-23T15:04:05.000Z',
          'ucc=x&at=9&forgotten=.a..b',
          '%',
          '%E0%A4',
          '"',
          '',
        ),
        headerText,
      ),
    ),
    { maxLength: 6 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join(';'));

const headers = fc.record(
  {
    'sec-fetch-site': fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom(
          ...Array.from({ length: 6 }, () => 'same-origin'),
          'cross-site',
          'same-site',
          'none',
        ),
      },
      headerText,
    ),
    origin: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(LISTED, 'null', 'http://site.example', 'https://evil.example') },
      headerText,
    ),
    'content-type': fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('application/json', 'text/plain;charset=UTF-8') },
      headerText,
    ),
    'content-length': fc.oneof(fc.integer().map(String), headerText),
    cookie: cookies,
    'x-anything': headerText,
  },
  { requiredKeys: ['sec-fetch-site'] },
);

/** A message with some of its parts replaced by anything; few ids and codes, so that they meet again. */
const message = fc
  .tuple(
    fc.constantFrom('aaaaaaaa-1', 'aaaaaaaa-2', 'aaaaaaaa-3'),
    fc.constantFrom('capture', 'submission'),
    fc.dictionary(
      fc.constantFrom('v', 'id', 'type', 'ucc', 'source', 'at', 'page', 'kind', 'form', 'via', 'fields', '__proto__'),
      fc.jsonValue(),
      { maxKeys: 2 },
    ),
    fc.boolean(),
    fc.constantFrom('pNRB1aYqArN', 'anotherCode'),
  )
  .map(([id, type, replaced, isWhole, ucc]) =>
    JSON.stringify({ ...submission(), id, type, ucc, ...(isWhole ? {} : replaced) }),
  );

const bytes = fc.oneof(
  { weight: 4, arbitrary: message.map((text) => new TextEncoder().encode(text)) },
  { weight: 2, arbitrary: fc.json().map((text) => new TextEncoder().encode(text)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  { weight: 1, arbitrary: fc.nat({ max: 20_000 }).map((size) => new Uint8Array(size).fill(91)) },
);

/** A body in pieces, that ends well or breaks off. */
const body = fc.tuple(bytes, fc.integer({ min: 1, max: 4 }), fc.boolean()).map(
  ([all, parts, isBroken]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        const size = Math.ceil(all.length / parts);
        for (let at = 0; at < all.length; at += size) controller.enqueue(all.slice(at, at + size));
        if (isBroken && parts === 4) controller.error(new Error('gone'));
        else controller.close();
      },
    }),
);

const anyRequest = fc
  .record({
    method: fc.oneof(
      { weight: 9, arbitrary: fc.constant('POST') },
      fc.constantFrom('GET', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'XYZ'),
    ),
    headers,
    body,
  })
  .map(({ method, headers, body }) => {
    const init = { method, headers: toHeaders(headers), body: method === 'GET' ? null : body, duplex: 'half' as const };
    return new Request('http://site.example/api/cello', init);
  });

/** Of a thousand requests one would be a preflight of a listed origin by chance. */
const preflight = headers.map(
  (wanted) =>
    new Request('http://site.example/api/cello', {
      method: 'OPTIONS',
      headers: toHeaders({ ...wanted, origin: LISTED, 'sec-fetch-site': 'cross-site' }),
    }),
);

const request = fc.oneof({ weight: 19, arbitrary: anyRequest }, preflight);

/** What the Fetch standard refuses in a header cannot come in by a request either. */
function toHeaders(wanted: Readonly<Record<string, string | undefined>>): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(wanted)) {
    try {
      if (value !== undefined) result.set(name, value);
    } catch {
      // TypeError: no header text
    }
  }
  return result;
}

const collectGarbage = (): number => {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
};

/** Checks what holds of every answer. */
async function checkAnswer(response: Response, didThrow: boolean): Promise<number> {
  const { status, headers } = response;
  const text = await response.text();
  if (didThrow) assert.deepEqual([status, text], [503, '{"error":"callback"}']);
  else assert.ok((status >= 200 && status < 300) || (status >= 400 && status < 500), `${status} ${text}`);
  if (status === 204) assert.equal(text, '');
  else if (status === 202) assert.match(text, /^\{"status":"(recorded|duplicate|ignored)"(,"forget":true)?\}$/);
  else assert.match(text, /^\{"error":"[a-z-]+"\}$/);
  assert.equal(headers.get('vary'), 'Origin, Sec-Fetch-Site');
  assert.ok([null, LISTED].includes(headers.get('access-control-allow-origin')));
  return status;
}

test('any bytes and any headers get a 2xx or a 4xx, and 503 only when the callback throws', {
  tag: '@long',
}, async () => {
  const statuses: Record<number, number> = {};
  const log: LogEntry[] = [];
  let isBroken = false;
  let didThrow = false;
  const create = (store = memoryStore()) =>
    createEndpoint({
      allowOrigins: [LISTED],
      cookie: { domain: 'site.example' },
      store,
      log: (entry) => log.push(entry),
      onReferral: ({ page }) => {
        didThrow = isBroken;
        if (isBroken) throw new Error('mine');
        return page.length % 2 ? { forget: true } : undefined;
      },
    });
  let endpoint = create();
  await fc.assert(
    fc.asyncProperty(request, fc.nat({ max: 20 }), async (one, dice) => {
      if (dice === 0) endpoint = create();
      isBroken = dice % 5 === 1;
      didThrow = false;
      log.length = 0;
      const status = await checkAnswer(await endpoint(one), didThrow);
      statuses[status] = (statuses[status] ?? 0) + 1;
      assert.equal(log.length, 1);
      assert.doesNotMatch(JSON.stringify(log), /[\p{C}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: RUNS },
  );
  // The inputs reach every door: else the fuzz would prove little.
  test.info().annotations.push({ type: 'statuses', description: JSON.stringify(statuses) });
  for (const status of [202, 204, 400, 403, 405, 408, 413, 415, 422, 503])
    expect(statuses).toHaveProperty(String(status));
});

test('memory stays flat', { tag: '@long' }, async () => {
  const endpoint = createEndpoint({ allowOrigins: [LISTED], cookie: {}, log: () => {}, onReferral: () => {} });
  const work = async (runs: number) => {
    await fc.assert(
      fc.asyncProperty(request, async (one) => {
        await (await endpoint(one)).text();
      }),
      { numRuns: runs },
    );
    return collectGarbage();
  };
  const before = await work(Math.ceil(RUNS / 5));
  const after = await work(RUNS);
  // A leak of only 1 KB an input would be 5 MB.
  expect(after - before).toBeLessThan(2_000_000);
});

test('a flood of ids does not fill the memory store: it holds the newest 100,000', { tag: '@long' }, async () => {
  const { receipts } = memoryStore();
  const claim = (n: number) => receipts.claim({ key: String(n), digest: 'd' });
  for (let n = 0; n < 100_001; n++) {
    const claimed = await claim(n);
    if (claimed.state === 'ours')
      await receipts.settle({ key: String(n), digest: 'd' }, claimed.token, { status: 'recorded' });
  }
  expect((await claim(1)).state).toBe('done');
  expect((await claim(100_000)).state).toBe('done');
  expect((await claim(0)).state).toBe('ours');
});

test('bytes on the wire never end the server: Node answers, or we do', { tag: '@long' }, async () => {
  const server = await listen(toNodeHandler(createEndpoint({ log: () => {}, onReferral: () => {} })));
  const sendBytes = (data: Uint8Array) =>
    new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(server.port, '127.0.0.1');
      socket.setEncoding('latin1').on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', () => {}); // reset by Node, since what came is no HTTP: an answer may be there all the same
      socket.on('close', () => resolve(text));
      socket.end(data);
    });
  const line = fc.oneof(
    fc.constantFrom(
      'Host: x',
      'Sec-Fetch-Site: same-origin',
      'Content-Type: text/plain',
      'Origin: null',
      'Transfer-Encoding: chunked',
      'Content-Length: 5',
      'Expect: 100-continue',
      'Content-Encoding: gzip',
    ),
    headerText.map((text) => `X: ${text}`),
    headerText,
  );
  const head = fc.tuple(
    fc.constantFrom(
      'POST /',
      'POST //x',
      'POST *',
      'POST http://y/',
      'OPTIONS *',
      'TRACE /',
      'GET /',
      'XYZ /',
      'PUT /\\',
    ),
    fc.array(line, { maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(head, bytes, async ([start, lines], tail) => {
      const text = `${start} HTTP/1.1\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`;
      const answer = await sendBytes(Buffer.concat([Buffer.from(text, 'latin1'), tail]));
      if (answer) assert.match(answer, /^HTTP\/1\.1 (100 Continue\r\n\r\nHTTP\/1\.1 )?[24]\d\d /);
    }),
    { numRuns: Math.ceil(RUNS / 10) },
  );
  await server.close();
});

test('readUcc gives a code or null for anything, or says what came', { tag: '@long' }, () => {
  const isCode = (value: unknown) =>
    value === null || (typeof value === 'string' && /^[^\s\p{Cc}\p{Cs}]{1,255}$/u.test(value));
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withObjectString: true,
    key: fc.oneof(fc.constantFrom('ucc', 'getAll', 'length', '__proto__'), fc.string()),
  });
  const read = (source: unknown) => {
    try {
      return Reflect.apply(readUcc, undefined, [source]);
    } catch (error) {
      assert.ok(error instanceof TypeError && error.message.startsWith('[cello-companion] readUcc: "source" must be '));
      assert.ok(typeof source !== 'string'); // what a visitor sends is never a mistake
      return null;
    }
  };
  fc.assert(
    fc.property(fc.oneof(anything, cookies, fc.string({ unit: 'binary', maxLength: 400 }), headerText), (source) => {
      assert.ok(isCode(read(source)));
    }),
    { numRuns: RUNS },
  );
});

test('a code goes through a form, through both cookies, and is gone when it was forgotten', { tag: '@long' }, () => {
  // What a cookie can carry as plain text: https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1
  const code = fc.stringMatching(/^[!#-+\--:<-[\]-~]{1,60}$/).filter((text) => readUcc({ ucc: text }) === text);
  fc.assert(
    fc.property(code, (ucc) => {
      const form = new FormData();
      form.set('ucc', ucc);
      assert.equal(readUcc(form), ucc);
      const cello = `a=b; cello-referral=${ucc}`;
      assert.equal(readUcc(cello), ucc);
      assert.equal(readUcc(`${cello}; ${forgetCookie({ ucc }).split(';')[0]}`), null);
    }),
    { numRuns: Math.ceil(RUNS / 5) },
  );
});
