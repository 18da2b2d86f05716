import { connect } from 'node:net';
import { createEndpoint, toNodeHandler } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { OWN, submission } from '../services/messages.js';
import { listen, send } from '../services/wire.js';

test('a sender who never ends gets the answer, and then the connection is closed', async () => {
  const site = await listen(toNodeHandler(createEndpoint({ onReferral: () => {}, log: () => {} })));
  const socket = connect(site.port, '127.0.0.1');
  const headers = Object.entries({ Host: 'x', 'Transfer-Encoding': 'chunked', ...OWN });
  socket.write(`POST / HTTP/1.1\r\n${headers.map((pair) => pair.join(': ')).join('\r\n')}\r\n\r\n`);
  const flood = setInterval(() => socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`), 5);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {}); // a reset is a close too
  await new Promise((resolve) => socket.on('close', resolve));
  clearInterval(flood);
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  await site.close();
});

test('keeps Koa from answering as well, and takes what its body parser left', async () => {
  const received: string[] = [];
  const endpoint = createEndpoint({ onReferral: ({ id }) => void received.push(id), log: () => {} });
  const mount = toNodeHandler(endpoint);
  const message = submission();
  // The context as https://koajs.com/#context has it, behind a parser that read the stream.
  const site = await listen(async (req, res) => {
    let text = '';
    for await (const chunk of req) text += chunk;
    const context = { req, res, request: { body: JSON.parse(text), originalUrl: '/api/cello' }, respond: true };
    await mount(context, async () => {});
    expect(context.respond).toBe(false);
  });
  expect((await send(site.origin, { headers: OWN, body: JSON.stringify(message) })).status).toBe(202);
  expect(received).toEqual([message.id]);
  await site.close();
});

test('gives the callback a request whose body counts as read, and clones that were made before keep theirs', async () => {
  const message = submission();
  const seen: unknown[] = [];
  const endpoint = createEndpoint({
    onReferral: async (_, request) => {
      seen.push(request.bodyUsed, await request.text().catch((error: Error) => error.name));
    },
    log: () => {},
  });
  const copies: string[] = [];
  const plain = await listen(toNodeHandler(endpoint));
  const cloned = await listen(
    toNodeHandler(async (request) => {
      const copy = request.clone();
      const response = await endpoint(request);
      copies.push(await copy.text());
      return new Response(response.body, { status: response.status, headers: { 'X-Wrapped': 'yes' } });
    }),
  );
  const body = JSON.stringify(message);
  for (const { origin } of [plain, cloned]) {
    const answer = await send(origin, { headers: OWN, body });
    expect([answer.status, answer.json]).toEqual([202, { status: 'recorded' }]);
  }
  expect(seen).toEqual([true, 'TypeError', true, 'TypeError']);
  expect(copies).toEqual([body]);
  await plain.close();
  await cloned.close();
});

test('takes a body that comes in pieces, and refuses one that grows too long', async () => {
  const site = await listen(toNodeHandler(createEndpoint({ onReferral: () => {}, log: () => {} })));
  const body = JSON.stringify(submission());
  const statuses: number[] = [];
  for (const pieces of [[...body], [body, ' '.repeat(4096), ' '.repeat(65_536)], [body]])
    statuses.push((await send(site.origin, { headers: OWN, body: pieces })).status);
  expect(statuses).toEqual([202, 413, 202]);
  await site.close();
});
