import fc from 'fast-check';
import { expect, test } from 'playwright/test';
import { hasDocumentedShape, hashUcc, isAbsent, parseUcc } from '../../dist/ucc.js';

test('takes a code as it is, without the white space around it', () => {
  expect(parseUcc('pNRB1aYqArN')).toBe('pNRB1aYqArN');
  expect(parseUcc(' pNRB1aYqArN\n')).toBe('pNRB1aYqArN');
  expect(parseUcc('a+b=c&"d"\\%41<ü𝄞>')).toBe('a+b=c&"d"\\%41<ü𝄞>');
});

for (const none of [undefined, null, '', ' ', 'undefined', 'null', ' null '])
  test(`takes ${JSON.stringify(none)} for no code`, () => {
    expect(isAbsent(none)).toBe(true);
    expect(parseUcc(none)).toBe(null);
  });

for (const malformed of ['two words', 'a\u0000b', 'a\u0085b', 'a\ud800b', 'a'.repeat(256), 7, {}, ['a'], true])
  test(`drops the malformed ${JSON.stringify(malformed).slice(0, 30)}`, () => {
    expect(isAbsent(malformed)).toBe(false);
    expect(parseUcc(malformed)).toBe(null);
  });

test('counts characters, not code units, up to 255', () => {
  expect(parseUcc('𝄞'.repeat(255))).toBe('𝄞'.repeat(255));
  expect(parseUcc('𝄞'.repeat(256))).toBe(null);
});

test('never throws, and what it gives it takes again', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const ucc = parseUcc(value);
      expect(ucc === null || parseUcc(ucc) === ucc).toBe(true);
    }),
  );
});

test('knows the shape that Cello documents from others', () => {
  expect(hasDocumentedShape('pNRB1aYqArN')).toBe(true);
  for (const other of ['test', 'pNRB1aYqArN1', '1pNRB1aYqArN', 'pNRB1aYqA-N', '-pNRB1aYqArN', 'pNRB1aYqArN-'])
    expect(hasDocumentedShape(other)).toBe(false);
});

test('gives equal codes equal fingerprints, and others other ones', () => {
  expect(hashUcc('pNRB1aYqArN')).toBe(hashUcc('pNRB1aYqArN'));
  expect(hashUcc('pNRB1aYqArN')).not.toBe(hashUcc('pNRB1aYqArn'));
  expect(hashUcc('pNRB1aYqArN')).toMatch(/^[a-z0-9]{1,7}$/);
});
