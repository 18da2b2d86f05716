import { expect, test } from 'playwright/test';
import { decodeName, findLink } from '../../../../dist/browser/referral/address.js';

const UCC = 'pNRB1aYqArN';
const OTHER = 'UIPIWa2Hnnr';
const at = (path: string) => `https://site.test${path}`;
const OPENED_MS = 1_790_000_000_000;
const opened = (path: string) => ({ url: at(path), openedMs: OPENED_MS });

for (const [where, path, expected] of [
  ['in the query', `/?ucc=${UCC}`, UCC],
  ['in the query before a hash route', `/?ucc=${UCC}#/create/email`, UCC],
  ['in a hash route', `/#/join?ucc=${UCC}&plan=pro`, UCC],
  ['in the hash route before the query', `/?ucc=${OTHER}#/join?ucc=${UCC}`, UCC],
  ['after an empty one', `/?ucc=&ucc=${UCC}`, UCC],
  ['after a malformed one', `/?ucc=two%20words&ucc=${UCC}`, UCC],
  ['with spaces around it', `/?ucc=%20${UCC}%20`, UCC],
  ['of any shape', '/?ucc=%C3%BC%2B%26', 'ü+&'],
  ['nowhere: an empty one', '/?ucc=', null],
  ['nowhere: "undefined"', '/?ucc=undefined', null],
  ['nowhere: "null"', '/?ucc=null', null],
  ['nowhere: a malformed one', '/?ucc=two%20words', null],
  ['nowhere: in the path', `/ucc=${UCC}`, null],
  ['nowhere: another name', `/?UCC=${UCC}&xucc=${UCC}`, null],
] as const)
  test(`finds a code ${where}`, () => {
    expect(findLink(at(path), opened(path))?.ucc ?? null).toBe(expected);
  });

test('finds the code of the address that the page was opened with, after a router changed it', () => {
  expect(findLink(at('/'), opened(`/?ucc=${UCC}`))).toMatchObject({ ucc: UCC, openedMs: OPENED_MS });
});

test('takes the code that a router brought for newer, and for no opening', () => {
  expect(findLink(at(`/?ucc=${OTHER}`), opened(`/?ucc=${UCC}`))).toMatchObject({ ucc: OTHER, openedMs: 0 });
});

test('reads product and name beside the code, and drops what is too long alone', () => {
  const read = (rest: string) => findLink(at(`/?ucc=${UCC}${rest}`), opened('/'));
  expect(read('&productId=site&celloN=Sm9zw6k')).toMatchObject({ productId: 'site', celloN: 'Sm9zw6k' });
  expect(read(`&productId=${'p'.repeat(256)}&celloN=${'n'.repeat(256)}`)).toMatchObject({
    ucc: UCC,
    productId: null,
    celloN: null,
  });
});

for (const [celloN, name] of [
  ['Sm9zw6k', 'José'],
  ['Sm9zw6k=', 'José'],
  ['8J-YgA', '😀'],
  ['QWRh', 'Ada'],
  ['%%%', null],
  ['/w==', null],
  ['', null],
  [null, null],
] as const)
  test(`decodes the name ${celloN}`, () => {
    expect(decodeName(celloN)).toBe(name);
  });
