import { memoryStore } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { attribute, listMessages, UCC } from '../../services/attributed.js';

const ADDRESS = 'https://site.example/join';

const post = (body: BodyInit, headers: Record<string, string> = {}, address = ADDRESS) =>
  new Request(address, { method: 'POST', body, headers });

const form = (fields: Record<string, string>) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
};

const COOKIE = { cookie: `other=1; cello-referral=${UCC}` };
const JSON_TYPE = { 'content-type': 'application/json' };

/** What came with a request, and what it is known by. */
const SOURCES: readonly (readonly [string, () => unknown, string | null, string | null])[] = [
  ['nothing', () => null, null, null],
  ['a form', () => form({ ucc: UCC }), UCC, 'form'],
  ['the object of a body parser', () => ({ email: 'a@b.c', ucc: UCC }), UCC, 'form'],
  ['a Cookie header', () => COOKIE.cookie, UCC, 'cookie'],
  ['a request with the code in its form', () => post(new URLSearchParams({ ucc: UCC })), UCC, 'form'],
  ['a multipart request', () => post(form({ ucc: UCC, file: 'x'.repeat(5000) })), UCC, 'form'],
  ['a JSON request', () => post(JSON.stringify({ ucc: UCC }), JSON_TYPE), UCC, 'form'],
  ['a request with the code in its query', () => new Request(`${ADDRESS}?ucc=${UCC}`), UCC, 'form'],
  ['a request with the code in a cookie', () => new Request(ADDRESS, { headers: COOKIE }), UCC, 'cookie'],
  ['the form before the cookie', () => post(new URLSearchParams({ ucc: 'typed' }), COOKIE), 'typed', 'form'],
  ['the form before the query', () => post(new URLSearchParams({ ucc: 'b' }), {}, `${ADDRESS}?ucc=a`), 'b', 'form'],
  ['a malformed body, and the cookie', () => post('{"ucc":', { ...JSON_TYPE, ...COOKIE }), UCC, 'cookie'],
  ['an empty body, and the cookie', () => post('', { ...JSON_TYPE, ...COOKIE }), UCC, 'cookie'],
  ['a body that is no object', () => post('[1]', JSON_TYPE), null, null],
  ['a body too long to be a form', () => post(new URLSearchParams({ a: 'x'.repeat(1_100_000), ucc: UCC })), null, null],
];

for (const [what, createSource, ucc, evidence] of SOURCES)
  test(`knows the code of ${what}`, async () => {
    const asked: object[] = [];
    const site = attribute(memoryStore(), { approve: (conversion) => asked.push(conversion) > 0 });
    // @ts-expect-error: whatever a framework hands over
    const result = await site.attribution.signup({ user: { id: '1' }, from: createSource() });
    expect(result.ucc).toBe(ucc);
    expect(asked).toEqual(ucc === null ? [] : [{ user: { id: '1' }, ucc, evidence, conflict: false }]);
    expect(site.errors).toEqual([]);
  });

test('leaves a request’s body to the site, and of one that was read takes the query and the cookies', async () => {
  const { attribution } = attribute(memoryStore());
  const request = post(new URLSearchParams({ ucc: UCC, email: 'a@b.c' }), { cookie: 'cello-referral=in-cookie' });
  expect((await attribution.signup({ user: { id: '1' }, from: request })).ucc).toBe(UCC);
  expect((await request.formData()).get('email')).toBe('a@b.c');
  expect((await attribution.signup({ user: { id: '2' }, from: request })).ucc).toBe('in-cookie');
  const taken = post(new URLSearchParams({ ucc: UCC }), {}, `${ADDRESS}?ucc=in-query`);
  await taken.text();
  expect((await attribution.signup({ user: { id: '3' }, from: taken })).ucc).toBe('in-query');
});

test('does not wait for a body that never ends', async () => {
  const site = attribute(memoryStore());
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('ucc=')) });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = new Request(ADDRESS, { method: 'POST', body, headers, ...{ duplex: 'half' } });
  expect(await site.attribution.signup({ user: { id: '1' }, from: request })).toMatchObject({ state: 'waiting' });
  expect(site.errors).toEqual([]);
});

test('reads another field, where the page has one', async () => {
  const { attribution } = attribute(memoryStore(), { field: 'referral' });
  const from = new URLSearchParams({ referral: UCC, ucc: 'other' });
  expect((await attribution.signup({ user: { id: '1' }, from })).ucc).toBe(UCC);
});

test('tells what it cannot read, and the sign-up goes on', async () => {
  const site = attribute(memoryStore());
  // @ts-expect-error: no source
  expect(await site.attribution.signup({ user: { id: '1' }, from: 5 })).toMatchObject({ state: 'waiting' });
  expect(listMessages(site)[0]).toContain('"from" must be a request, a form');
});

test('reads metadata by either name, and nothing else of it', async () => {
  const { attribution } = attribute(memoryStore());
  const sign = async (id: string, metadata: unknown) => (await attribution.signup({ user: { id }, metadata })).ucc;
  expect(await sign('1', { ucc: UCC })).toBe(UCC);
  expect(await sign('2', { cello_ucc: UCC })).toBe(UCC);
  expect(await sign('3', { ucc: 'bad code', cello_ucc: UCC })).toBe(UCC);
  expect(await sign('4', { referrer: UCC })).toBeNull();
  expect(await sign('5', `{"ucc":"${UCC}"}`)).toBe(UCC);
});
