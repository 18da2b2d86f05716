import {
  type CookieOptions,
  createEndpoint,
  type EndpointOptions,
  forgetCookie,
  memoryStore,
  readUcc,
  toNodeHandler,
} from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { capture, OWN, submission } from '../../services/messages.js';
import { listen, send } from '../../services/wire.js';

const LISTED = 'https://www.example.com';

/** Sends one message to an endpoint with the cookie switched on, and gives back the cookies that it set. */
async function sendTo(
  message: object,
  {
    cookie = {},
    headers = OWN,
    ...options
  }: { cookie?: CookieOptions; headers?: Record<string, string> } & Partial<EndpointOptions> = {},
) {
  const site = await listen(
    toNodeHandler(createEndpoint({ onReferral: () => {}, cookie, allowOrigins: [LISTED], ...options })),
  );
  const answer = await send(site.origin, { headers, body: JSON.stringify(message) });
  await site.close();
  expect(answer.status).toBe(202);
  return answer.headers['set-cookie'] ?? [];
}

/** The cookie as the browser sends it back. */
const toHeader = (setCookie: string | undefined) => setCookie?.split(';')[0] ?? '';

test('a capture sets our cookie: name, format, time of the message, and the attributes that the script writes', async () => {
  expect(await sendTo(capture())).toEqual([
    'cello-companion=ucc=pNRB1aYqArN&at=2026-11-23T15%3A04%3A05.000Z; Path=/; Max-Age=7776000; SameSite=Lax; Secure',
  ]);
});

test("domain, days and Secure are the site's", async () => {
  const [cookie] = await sendTo(capture(), { cookie: { domain: 'example.com', days: 30, secure: false } });
  expect(cookie).toMatch(/; Path=\/; Domain=example\.com; Max-Age=2592000; SameSite=Lax$/);
});

test("what the browser's own cookie of that code says besides stays", async () => {
  const before =
    'cello-companion=ucc=pNRB1aYqArN&productId=site&at=2026-11-23T15%3A04%3A05.000Z&cello=old&forgotten=abc';
  const [cookie] = await sendTo(capture(), { headers: { ...OWN, cookie: `${before}; cello-referral=new` } });
  expect(toHeader(cookie)).toBe(before);
});

test("over another code it takes nothing but the forgotten ones, and notes what Cello's cookie says", async () => {
  const before = 'cello-companion=ucc=other&productId=site&at=2026-11-20T00%3A00%3A00.000Z&cello=old&forgotten=abc';
  const [cookie] = await sendTo(capture(), { headers: { ...OWN, cookie: `${before}; cello-referral=other` } });
  expect(toHeader(cookie)).toBe(
    'cello-companion=ucc=pNRB1aYqArN&at=2026-11-23T15%3A04%3A05.000Z&cello=other&forgotten=abc',
  );
  expect(readUcc(`${toHeader(cookie)}; cello-referral=other`)).toBe('pNRB1aYqArN');
});

test('a code with any character comes back as it went', async () => {
  const ucc = 'a;b,c="d"\\é😀%&=+';
  const [cookie] = await sendTo(capture({ ucc }));
  expect(cookie?.split('; ').length).toBe(5);
  expect(readUcc(toHeader(cookie))).toBe(ucc);
});

test('a submission sets none', async () => {
  expect(await sendTo(submission())).toEqual([]);
});

test('a capture that the site ignores sets none', async () => {
  expect(await sendTo(capture(), { onReferral: () => ({ status: 'ignored' }) })).toEqual([]);
});

test('without the option there is none', async () => {
  const site = await listen(toNodeHandler(createEndpoint({ onReferral: () => {} })));
  const answer = await send(site.origin, { headers: OWN, body: JSON.stringify(capture()) });
  await site.close();
  expect(answer.headers['set-cookie']).toBeUndefined();
});

for (const fetchSite of ['cross-site', 'same-site', null])
  test(`a call from another origin (${fetchSite ?? 'an old browser'}) never gets one`, async () => {
    const headers = {
      'content-type': 'text/plain',
      origin: LISTED,
      ...(fetchSite ? { 'sec-fetch-site': fetchSite } : {}),
    };
    expect(await sendTo(capture(), { headers })).toEqual([]);
    expect(await sendTo(capture(), { headers, onReferral: () => ({ forget: true }) })).toEqual([]);
  });

test('a repeated capture gets it again, since the first answer may never have arrived', async () => {
  const store = memoryStore();
  const message = capture();
  const first = await sendTo(message, { store });
  expect(await sendTo(message, { store })).toEqual(first);
  expect(first.length).toBe(1);
});

test('a capture that comes after its code was forgotten does not bring the code back', async () => {
  const cookie = toHeader(forgetCookie({ ucc: 'pNRB1aYqArN' }));
  expect(await sendTo(capture(), { headers: { ...OWN, cookie } })).toEqual([]);
  expect(await sendTo(capture({ ucc: 'another' }), { headers: { ...OWN, cookie } })).toHaveLength(1);
});

test('when the site says forget, the cookie forgets the code, on top of those before', async () => {
  const headers = { ...OWN, cookie: 'cello-companion=ucc=pNRB1aYqArN&at=2026-11-23T15%3A04%3A05.000Z&forgotten=abc' };
  const [cookie] = await sendTo(submission(), { headers, onReferral: () => ({ forget: true }) });
  expect(cookie).toMatch(/^cello-companion=at=[^&]+&forgotten=abc\.\w+; Path=\//);
  expect(readUcc(`${toHeader(cookie)}; cello-referral=pNRB1aYqArN`)).toBeNull();
});

test.describe('forgetCookie', () => {
  test('makes the code forgotten, wherever it stands, and leaves a newer one', () => {
    const cookie = forgetCookie({ ucc: 'pNRB1aYqArN', domain: 'example.com' });
    expect(cookie).toMatch(
      /^cello-companion=at=[\d-]+T[\d%A]+\.\d+Z&forgotten=\w+; Path=\/; Domain=example\.com; Max-Age=7776000; SameSite=Lax; Secure$/,
    );
    expect(readUcc(`${toHeader(cookie)}; cello-referral=pNRB1aYqArN`)).toBeNull();
    expect(readUcc(`${toHeader(cookie)}; cello-referral=another`)).toBe('another');
  });

  test('wins over a cookie of the same name that the browser still has for this host', () => {
    const cookie = forgetCookie({ ucc: 'pNRB1aYqArN', domain: 'example.com' });
    const host = 'cello-companion=ucc=pNRB1aYqArN&at=2026-11-23T15%3A04%3A05.000Z';
    expect(readUcc(`${host}; ${toHeader(cookie)}; cello-referral=pNRB1aYqArN`)).toBeNull();
  });

  test('may go over http, for a development server', () => {
    expect(forgetCookie({ ucc: 'pNRB1aYqArN', secure: false, days: 1 })).toMatch(
      /; Path=\/; Max-Age=86400; SameSite=Lax$/,
    );
  });
});
