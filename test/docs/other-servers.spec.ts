/** Runs the servers of docs/other-servers.md as they are printed there. */
import { createEndpoint, memoryStore, toNodeHandler } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { LANGUAGES, type LanguageServer, OTHER_ORIGIN, startLanguage } from '../services/languages.js';
import { capture, OWN, submission } from '../services/messages.js';
import { listen, type Sent, send } from '../services/wire.js';

const UCC = 'pNRB1aYqArN';
const text = (message: unknown) => ({ headers: OWN, body: JSON.stringify(message) });
const own = (headers: Record<string, string>): Sent => ({ headers, body: JSON.stringify(submission()) });

/** What a browser may send and what only a program sends, by name; several requests where the order matters. */
const once = submission();
const REQUESTS: Readonly<Record<string, readonly Sent[]>> = {
  'a message twice': [text(once), text(once)],
  'its id with other fields': [text({ ...once, fields: { email: 'eve@example.com' } })],
  'its id with another time and page': [text({ ...once, at: '2026-11-24T00:00:00Z', page: '/', source: 'memory' })],
  'a capture': [text(capture())],
  'plain text from another page': [
    own({ 'content-type': 'text/plain;charset=UTF-8', 'sec-fetch-site': 'same-origin' }),
  ],
  'a listed origin': [own({ 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site', origin: OTHER_ORIGIN })],
  'a listed origin in an old browser': [own({ 'content-type': 'text/plain', origin: OTHER_ORIGIN })],
  'another origin': [own({ ...OWN, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })],
  'a sister host': [own({ ...OWN, 'sec-fetch-site': 'same-site', origin: 'https://sister.example.com' })],
  'the origin “null”': [own({ 'content-type': 'text/plain', origin: 'null' })],
  'an address bar': [own({ ...OWN, 'sec-fetch-site': 'none', origin: OTHER_ORIGIN })],
  'a program': [own({ 'content-type': 'application/json' })],
  'a form': [own({ ...OWN, 'content-type': 'application/x-www-form-urlencoded' })],
  'no type': [own({ 'sec-fetch-site': 'same-origin' })],
  GET: [{ method: 'GET', headers: OWN }],
  'too long': [text(submission({ fields: { email: 'x'.repeat(5000) } }))],
  'just short enough': [text({ ...submission({ id: 'exactly4096' }), fields: { a: 'x'.repeat(3842) } })],
  'not UTF-8': [{ headers: OWN, body: new Uint8Array([0x22, 0xff, 0x22]) }],
  'no JSON': [{ headers: OWN, body: '{' }],
  nothing: [{ headers: OWN }],
  'JSON too deep': [{ headers: OWN, body: '['.repeat(4000) }],
  ...Object.fromEntries(
    [null, [], 'text', 1, {}, { ...once, v: 2 }, { ...once, v: '1' }, { ...once, id: 'short' }, { ...once, id: 7 }]
      .concat(['', ' ', 'null', 'a b', 'a\u0000', 'x'.repeat(256), 7, null, ['a']].map((ucc) => ({ ...once, ucc })))
      .concat(['nowhere', null].map((source) => ({ ...once, source })))
      .concat(['now', '2026-13-01T00:00:00Z', '2026-11-24', 7].map((at) => ({ ...once, at })))
      .concat(['x'.repeat(1025), null].map((page) => ({ ...once, page })))
      .concat(['other', null].map((type) => ({ ...once, type })))
      .concat(['trial', 1].map((kind) => ({ ...once, kind })))
      .concat(['x'.repeat(256), 1].map((form) => ({ ...once, form })))
      .concat(['', null, 'x'.repeat(65)].map((via) => ({ ...once, via })))
      .concat([null, [], 'text', { email: 1 }, { email: null }].map((fields) => ({ ...once, fields })))
      .map((message, index) => [`no message: ${index}`, [text(message)]]),
  ),
  'keys to come, no kind, no form, no fields, a code with quotes': [
    text({ ...submission({ ucc: ' "O\'Brien" ', fields: {} }), kind: undefined, form: undefined, later: { a: 1 } }),
  ],
};

/** Sends them all and gives back status and answer of each, by name. */
async function ask(origin: string): Promise<unknown> {
  const answers: Record<string, unknown> = {};
  for (const [name, requests] of Object.entries(REQUESTS))
    for (const [index, request] of requests.entries()) {
      const { status, json } = await send(origin, request);
      answers[`${name} ${index}`] = [status, json];
    }
  return answers;
}

for (const language of LANGUAGES)
  test.describe(language, () => {
    let server: LanguageServer;

    test.beforeEach(async () => {
      server = await startLanguage(language, test.info().outputPath('site'));
    });

    test.afterEach(() => server.close());

    const join = (email: string, fields: Record<string, string> = {}, cookie = '') =>
      send(server.origin, {
        path: '/join',
        headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
        body: new URLSearchParams({ email, name: 'Ada', ...fields }).toString(),
      });

    const report = (ucc: string, email: string) => send(server.origin, text(submission({ ucc, fields: { email } })));

    /** The e-mail address and code of each event that Cello has got, as soon as there are so many. */
    const events = async (count: number) => {
      await expect
        .poll(async () => {
          await server.sendDue();
          return server.cello.events.length;
        })
        .toBe(count);
      return server.cello.events.map(({ payload, context }) => `${context.newUser.email} ${payload.ucc}`).sort();
    };

    test('answers like createEndpoint, whatever comes, and lets pages of a listed origin read it', async () => {
      const endpoint = createEndpoint({
        store: memoryStore(),
        onReferral: () => {},
        allowOrigins: [OTHER_ORIGIN],
        log: () => {},
      });
      const ours = await listen(toNodeHandler(endpoint));
      expect(await ask(server.origin)).toEqual(await ask(ours.origin));
      await ours.close();
      const headers = { 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site', origin: OTHER_ORIGIN };
      const answer = await send(server.origin, { headers, body: JSON.stringify(submission()) });
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': OTHER_ORIGIN,
        'access-control-expose-headers': 'Retry-After',
      });
      expect((await send(server.origin, text(submission()))).headers['access-control-allow-origin']).toBe(undefined);
    });

    test('tells Cello the code of the form, else of the cookies, else of the messages', async () => {
      await join('form@example.com', { ucc: 'fromForm' }, 'cello-referral=fromCello');
      await join('cello@example.com', { ucc: '' }, 'cello-referral=fromCello');
      const ours = `cello-companion=ucc=ours&at=2026-11-23T15%3A04%3A05.000Z`;
      await join('ours@example.com', {}, `${ours}&cello=older; cello-referral=older`);
      await join('newer@example.com', {}, `${ours}&cello=older; cello-referral=newer`);
      await join('forgotten@example.com', {}, `cello-companion=at=2026&forgotten=1abc; cello-referral=${UCC}`);
      await report('before', 'Before@Example.com');
      await join('before@example.com');
      await join('after@example.com');
      await report('after', 'after@example.com');
      await report('one', 'both@example.com');
      await report('other', 'both@example.com');
      await join('both@example.com');
      await join('none@example.com', { ucc: 'not a code' });
      expect(await events(6)).toEqual([
        'after@example.com after',
        'before@example.com before',
        'cello@example.com fromCello',
        'form@example.com fromForm',
        'newer@example.com newer',
        'ours@example.com ours',
      ]);
    });

    test('survives what comes: Cello down, an event refused, a sign-up without an address', async () => {
      expect((await send(server.origin, { path: '/join' })).status).toBe(400);
      expect((await send(server.origin, { path: '/else' })).status).toBe(404);
      server.cello.fault('unavailable', { times: 1, path: '/token' });
      server.cello.fault('refused', { times: 1 });
      expect((await join('refused@example.com', { ucc: UCC })).status).toBe(200);
      await expect
        .poll(async () => {
          await server.sendDue();
          return server.cello.requests.filter(({ fault }) => fault === 'refused').length;
        })
        .toBe(1);
      await join('kept@example.com', { ucc: UCC });
      expect(await events(1)).toEqual([`kept@example.com ${UCC}`]);
    });
  });
