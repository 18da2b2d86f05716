import { expect, test } from 'playwright/test';
import { fetchUcc } from '../../../dist/server/http/read-ucc/index.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const COOKIE = 'cello-referral=cookie';

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request('https://www.example.com/join', { method: 'POST', body, headers: { cookie: COOKIE, ...headers } });

const find = (source: unknown) => fetchUcc(source, 'ucc', { caller: 'signup', path: 'from' });

const formData = new FormData();
formData.append('ucc', 'multipart');
formData.append('photo', new Blob(['x']), 'me.png');

const BODIES: readonly (readonly [title: string, body: BodyInit, headers: Record<string, string>, ucc: string])[] = [
  ['url-encoded', 'ucc=form&email=a%40b.c', FORM, 'form'],
  ['JSON', '{"ucc":"json"}', { 'content-type': 'application/json' }, 'json'],
  ['multipart', formData, {}, 'multipart'],
  ['text', 'ucc=text', { 'content-type': 'text/plain' }, 'text'],
];

for (const [title, body, headers, ucc] of BODIES)
  test(`reads a clone of an unread request, ${title}, and leaves the site its own`, async () => {
    const request = post(body, headers);
    expect(await find(request)).toEqual({ ucc, evidence: 'form' });
    expect(request.bodyUsed).toBe(false);
    expect(await request.text()).toContain(title === 'multipart' ? 'form-data; name="ucc"' : ucc);
  });

test('of a request that was read there are the query and the cookies', async () => {
  const request = post('ucc=form', FORM);
  await request.text();
  expect(await find(request)).toEqual({ ucc: 'cookie', evidence: 'cookie' });
  const asked = new Request('https://www.example.com/join?ucc=query', { headers: { cookie: COOKIE } });
  expect(await find(asked)).toEqual({ ucc: 'query', evidence: 'form' });
});

const breakOff = () =>
  new ReadableStream({
    pull(controller) {
      controller.error(new Error('gone'));
    },
  });

for (const [title, body, headers] of [
  ['without a code', 'ucc=&email=a%40b.c', FORM],
  ['that is too large to be copied', `ucc=form&text=${'x'.repeat(1_048_577)}`, FORM],
  ['that is not what its type says', 'ucc', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['of binary rubbish', new Uint8Array([0xff, 0xfe]), { 'content-type': 'application/json' }],
] as const)
  test(`goes on with the cookies where there is a body ${title}`, async () => {
    expect(await find(post(body, headers))).toEqual({ ucc: 'cookie', evidence: 'cookie' });
  });

test('goes on with the cookies where the body breaks off, or grows past all bounds', async () => {
  const stream = (body: ReadableStream) => {
    const init = { method: 'POST', body, headers: { ...FORM, cookie: COOKIE }, duplex: 'half' };
    return new Request('https://www.example.com/join', init);
  };
  expect(await find(stream(breakOff()))).toEqual({ ucc: 'cookie', evidence: 'cookie' });
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  expect(await find(stream(endless))).toEqual({ ucc: 'cookie', evidence: 'cookie' });
  expect(pulled).toBeLessThan(30);
});

test('what is no source is a TypeError here too', async () => {
  await expect(find(42)).rejects.toThrow('signup: "from" must be a request');
  expect(await find(null)).toBe(null);
});
