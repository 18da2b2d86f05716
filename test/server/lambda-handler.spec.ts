import { clientAddress, createEndpoint, type Message, toLambdaHandler } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { hearErrors } from '../services/console.js';
import { functionUrlEvent, httpEvent, restEvent, type Sent } from '../services/gateway-events.js';
import { capture, submission } from '../services/messages.js';

const LISTED = 'https://www.example.com';
const HEADERS = { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' };

const EVENTS = [
  ['REST API', restEvent],
  ['HTTP API', httpEvent],
  ['function URL', functionUrlEvent],
] as const;

function createSite() {
  const messages: Message[] = [];
  const requests: Request[] = [];
  const endpoint = createEndpoint({
    allowOrigins: [LISTED],
    cookie: { days: 90 },
    log: () => {},
    onReferral: (message, request) => {
      messages.push(message);
      requests.push(request);
    },
  });
  return { messages, requests, handler: toLambdaHandler(endpoint) };
}

for (const [name, write] of EVENTS)
  test.describe(name, () => {
    for (const isBase64 of [false, true])
      test(`takes a message ${isBase64 ? 'in base64' : 'as text'}`, async () => {
        const { messages, requests, handler } = createSite();
        const message = submission({ fields: { name: 'Ädä ✓' } });
        const sent: Sent = { headers: HEADERS, query: 'a=1&a=2', body: JSON.stringify(message), isBase64 };
        const result = await handler(write(sent));
        expect(result).toMatchObject({ statusCode: 202, body: '{"status":"recorded"}', isBase64Encoded: false });
        expect(result.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
        expect(messages).toEqual([message]);
        expect(requests.map(({ url }) => new URL(url).pathname + new URL(url).search)).toEqual(['/api/cello?a=1&a=2']);
        expect(requests.map(clientAddress)).toEqual(['203.0.113.7']);
      });

    test('reads several cookies, and sets one', async () => {
      const { handler } = createSite();
      const cookies = ['session=abc', 'cello-referral=old'];
      const result = await handler(write({ headers: HEADERS, cookies, body: JSON.stringify(capture()) }));
      const set = result.cookies ?? result.multiValueHeaders?.['set-cookie'] ?? [];
      expect(set).toEqual([expect.stringMatching(/^cello-companion=ucc=pNRB1aYqArN&.*cello=old; Path=\/;/)]);
      expect(result.headers).not.toHaveProperty('set-cookie');
    });

    test('answers a preflight, and another origin', async () => {
      const { handler } = createSite();
      const headers = { ...HEADERS, Origin: LISTED, 'Sec-Fetch-Site': 'cross-site' };
      expect(await handler(write({ method: 'OPTIONS', headers }))).toMatchObject({
        statusCode: 204,
        headers: { 'access-control-allow-origin': LISTED },
        body: '',
      });
      const strange = { ...headers, Origin: 'https://evil.example' };
      const refused = await handler(write({ headers: strange, body: JSON.stringify(submission()) }));
      expect(refused).toMatchObject({ statusCode: 403, body: '{"error":"origin"}' });
    });

    test('an old browser without Sec-Fetch-Site is at home at the address that it called', async () => {
      const { handler } = createSite();
      const event = write({ headers: {}, body: JSON.stringify(submission()) });
      const host = new Headers(Object.entries(event.headers)).get('host');
      const headers = { 'Content-Type': 'text/plain', Origin: `https://${host}` };
      expect((await handler(write({ headers, body: JSON.stringify(submission()) }))).statusCode).toBe(202);
    });

    test('several cookies of a handler of the site stand side by side', async () => {
      const handler = toLambdaHandler(() => {
        const headers = new Headers({ 'x-one': '1' });
        headers.append('set-cookie', 'a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT');
        headers.append('set-cookie', 'b=2');
        return new Response('hello', { headers });
      });
      const result = await handler(write({ method: 'GET' }));
      expect(result.cookies ?? result.multiValueHeaders?.['set-cookie']).toEqual([
        'a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT',
        'b=2',
      ]);
      expect(result.headers).toMatchObject({ 'x-one': '1' });
    });

    test('a handler that throws, or whose stream breaks, is 500', async () => {
      const fail = () => {
        throw new Error('x');
      };
      let result: unknown;
      const heard = await hearErrors(async () => {
        result = await toLambdaHandler(fail)(write({}));
      });
      expect(result).toMatchObject({ statusCode: 500, body: '{"error":"internal"}' });
      expect(heard).toHaveLength(1);
      const broken = () => new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('x')) }));
      expect(await toLambdaHandler(broken)(write({}))).toMatchObject({ statusCode: 500 });
    });
  });

test('a load balancer gets the one shape that its event has', async () => {
  const handler = toLambdaHandler(() => new Response('hello', { headers: { 'set-cookie': 'a=1', 'x-one': '1' } }));
  const { headers, multiValueHeaders, ...event } = restEvent({ method: 'GET' });
  const balanced = { ...event, requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:…' } } };
  const single = await handler({ ...balanced, headers });
  expect(single.headers).toMatchObject({ 'set-cookie': 'a=1', 'x-one': '1' });
  expect(single).not.toHaveProperty('multiValueHeaders');
  const many = await handler({ ...balanced, multiValueHeaders });
  expect(many.multiValueHeaders).toMatchObject({ 'set-cookie': ['a=1'], 'x-one': ['1'] });
  expect(many).not.toHaveProperty('headers');
});

test('what is no event of a gateway is 400, and the console says so', async () => {
  const { handler } = createSite();
  for (const event of [{}, { Records: [] }, null, 'x', httpEvent({ path: '', headers: { host: 'a b' } })]) {
    const heard = await hearErrors(async () => {
      expect(await Reflect.apply(handler, undefined, [event])).toMatchObject({ statusCode: 400 });
    });
    expect(heard).toEqual([expect.stringContaining('the event that toLambdaHandler got is none of API Gateway')]);
  }
});
