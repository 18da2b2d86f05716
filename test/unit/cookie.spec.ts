import fc from 'fast-check';
import { expect, test } from 'playwright/test';
import {
  CELLO_COOKIE,
  COOKIE,
  chooseStored,
  decode,
  findCookies,
  forget,
  isForgotten,
  newestRemembered,
  parseRemembered,
  writeRemembered,
} from '../../dist/cookie.js';
import { hashUcc, parseUcc } from '../../dist/ucc.js';

const AT = '2026-11-23T15:04:05.000Z';
const remembered = (ucc: string | null, more: object = {}) => ({
  ucc,
  productId: null,
  at: AT,
  cello: null,
  manual: false,
  forgotten: [],
  ...more,
});
const uccs = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 255 }).filter((text) => parseUcc(text) === text);

test('has the names that Cello and the docs say', () => {
  expect([COOKIE, CELLO_COOKIE]).toEqual(['cello-companion', 'cello-referral']);
});

test('writes a percent-encoded query string', () => {
  expect(writeRemembered(remembered('pNRB1aYqArN', { productId: 'site', cello: 'test' }))).toBe(
    'ucc=pNRB1aYqArN&productId=site&at=2026-11-23T15%3A04%3A05.000Z&cello=test',
  );
});

test('reads back what it wrote, for every code there can be', () => {
  fc.assert(
    fc.property(uccs, fc.option(uccs), fc.option(uccs), fc.boolean(), (ucc, cello, productId, manual) => {
      const before = remembered(ucc, { cello, productId, manual, forgotten: [hashUcc('old')] });
      const value = writeRemembered(before);
      expect(value).toMatch(/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/);
      expect(parseRemembered(value)).toEqual(before);
      expect(parseRemembered(encodeURIComponent(value)), 'encoded once more on its way').toEqual(before);
    }),
  );
});

for (const [what, value] of [
  ['nothing', ''],
  ['no code', 'at=2026-11-23T15%3A04%3A05.000Z'],
  ['a malformed code', 'ucc=two%20words'],
  ['somebody else’s text', '%7B%22a%22%3A1%7D'],
])
  test(`takes a cookie with ${what} for none`, () => {
    expect(parseRemembered(value)).toBe(null);
  });

test('survives a time that is none, and none at all', () => {
  expect(parseRemembered('ucc=test')).toMatchObject({ ucc: 'test', at: '1970-01-01T00:00:00.000Z' });
  expect(parseRemembered('ucc=test&at=yesterday')).toMatchObject({ ucc: 'test', at: '1970-01-01T00:00:00.000Z' });
});

test('reads a plus as a plus, and at most four forgotten codes, the last of them', () => {
  expect(parseRemembered('ucc=a+b')?.ucc).toBe('a+b');
  expect(parseRemembered('forgotten=a.b.c.d.e')?.forgotten).toEqual(['b', 'c', 'd', 'e']);
  expect(writeRemembered(remembered(null, { forgotten: ['a', 'b'] }))).toContain('forgotten=a.b');
});

test('forgets for the first time, and without a code', () => {
  expect(forget('a1', AT, null).forgotten).toEqual([hashUcc('a1')]);
  expect(forget(null, AT, null).forgotten).toEqual([]);
});

test('never throws, whatever a cookie holds', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      parseRemembered(value);
      newestRemembered(findCookies(value, 'cello-companion'));
      decode(value);
    }),
  );
});

test('lets memory win while Cello’s cookie says what it said, else Cello’s cookie', () => {
  const ours = remembered('new', { cello: 'old' });
  expect(chooseStored(ours, 'old')).toBe('memory');
  expect(chooseStored(ours, 'newer')).toBe('cookie');
  expect(chooseStored(ours, null)).toBe('memory');
  expect(chooseStored(null, 'old')).toBe('cookie');
  expect(chooseStored(null, null)).toBe(null);
});

test('knows the four codes forgotten last, and keeps none of them', () => {
  const all = ['a1', 'b2', 'c3', 'd4', 'e5'].reduce<ReturnType<typeof forget> | null>(
    (before, ucc) => forget(ucc, AT, before),
    remembered('a1'),
  );
  expect(all?.ucc).toBe(null);
  expect(['a1', 'b2', 'c3', 'd4', 'e5'].map((ucc) => isForgotten(ucc, all))).toEqual([false, true, true, true, true]);
  expect(chooseStored(all, 'e5'), 'a forgotten code in Cello’s cookie').toBe(null);
});

test('finds every cookie of a name, past malformed neighbours', () => {
  const header = 'a=1; cello-companion=one; broken; =x; xcello-companion=no; cello-companion="two=2"; a="b';
  expect(findCookies(header, 'cello-companion')).toEqual(['one', 'two=2']);
  expect(findCookies('', 'a')).toEqual([]);
  expect(findCookies('a=; b; =c', 'a'), 'an empty one').toEqual(['']);
  expect([...findCookies('b; a', 'b'), ...findCookies('b; =c', '')]).toEqual(['c']);
  expect(findCookies('a=x"y"; a="x"y; a=z=', 'a')).toEqual(['x"y"', '"x"y', 'z=']);
});

test('takes the newest of several, and the forgotten codes of all', () => {
  const older = writeRemembered(remembered('old', { at: '2026-11-20T00:00:00.000Z', forgotten: ['x'] }));
  const newer = writeRemembered(remembered('new', { forgotten: ['y'] }));
  expect(newestRemembered([older, newer])).toMatchObject({ ucc: 'new', forgotten: ['y', 'x'] });
  expect(newestRemembered([older, newer, older])).toMatchObject({ ucc: 'new', forgotten: ['y', 'x'] });
  expect(newestRemembered([newer, older])).toMatchObject({ ucc: 'new', forgotten: ['y', 'x'] });
  expect(newestRemembered([])).toBe(null);
  expect(newestRemembered(['', 'nothing of ours'])).toBe(null);
});

test('takes a time to come for now', () => {
  const forged = writeRemembered(remembered('forged', { at: '9999-01-01T00:00:00.000Z' }));
  const ours = writeRemembered(remembered('ours'));
  expect(newestRemembered([forged, ours], Date.parse(AT))).toMatchObject({ ucc: 'ours' });
  expect(newestRemembered([ours, forged], Date.parse(AT) + 1)).toMatchObject({ ucc: 'forged' });
});

test('drops a product of more than 255 characters, and keeps the code', () => {
  const value = (length: number) => writeRemembered(remembered('test', { productId: 'p'.repeat(length) }));
  expect(parseRemembered(value(255))).toMatchObject({ ucc: 'test', productId: 'p'.repeat(255) });
  expect(parseRemembered(value(256))).toMatchObject({ ucc: 'test', productId: null });
});
