import { forgetCookie, readUcc } from 'cello-companion/server';
import { expect, test } from 'playwright/test';

const UCC = 'pNRB1aYqArN';

test.describe('out of a submitted form', () => {
  const form = (...values: string[]) => {
    const data = new FormData();
    for (const value of values) data.append('ucc', value);
    return data;
  };
  const rows = [
    { title: 'FormData', source: form(UCC), ucc: UCC },
    { title: 'URLSearchParams', source: new URLSearchParams({ email: 'a@b.c', ucc: UCC }), ucc: UCC },
    { title: 'the plain object of a body parser', source: { email: 'a@b.c', ucc: UCC }, ucc: UCC },
    { title: 'an object without a prototype', source: Object.assign(Object.create(null), { ucc: UCC }), ucc: UCC },
    { title: 'spaces around it are cut off', source: { ucc: `  ${UCC}\n` }, ucc: UCC },
    { title: 'a repeated field gives its first valid value', source: form('', 'has space', UCC, 'other'), ucc: UCC },
    { title: 'so does a list', source: { ucc: ['', 'undefined', UCC, 'other'] }, ucc: UCC },
    { title: 'and a query', source: new URLSearchParams(`ucc=&ucc=null&ucc=${UCC}`), ucc: UCC },
    { title: 'a file is no code', source: { ucc: new Blob(['x']) }, ucc: null },
    { title: 'a number is no code', source: { ucc: 12345678901 }, ucc: null },
    { title: 'no field', source: { email: 'a@b.c' }, ucc: null },
    { title: 'an inherited field', source: Object.create({ ucc: UCC }), ucc: null },
    { title: 'an empty field', source: form(''), ucc: null },
    { title: '"undefined", as templates print it', source: { ucc: 'undefined' }, ucc: null },
    { title: 'too long', source: { ucc: 'x'.repeat(256) }, ucc: null },
    { title: 'no form at all', source: undefined, ucc: null },
    { title: 'null', source: null, ucc: null },
  ];
  for (const { title, source, ucc } of rows)
    test(`${ucc ? 'reads' : 'finds none'}: ${title}`, () => {
      expect(readUcc(source)).toBe(ucc);
    });

  test('reads the field that the site named otherwise', () => {
    expect(readUcc({ ucc: 'other', referral: UCC }, 'referral')).toBe(UCC);
  });
});

test.describe('out of a Cookie header', () => {
  const ours = (value: Record<string, string>) => `cello-companion=${new URLSearchParams(value)}`;
  const at = '2026-11-23T15:04:05.000Z';
  const hash = /forgotten=(\w+)/.exec(forgetCookie({ ucc: UCC }))?.[1] ?? '';
  const rows = [
    { title: 'our cookie', header: ours({ ucc: UCC, at }), ucc: UCC },
    { title: "Cello's cookie", header: `cello-referral=${UCC}`, ucc: UCC },
    {
      title: "ours, as long as Cello's says what it said then",
      header: `cello-referral=old; ${ours({ ucc: UCC, at, cello: 'old' })}`,
      ucc: UCC,
    },
    {
      title: "Cello's, when it says something newer",
      header: `${ours({ ucc: 'old', at })}; cello-referral=${UCC}`,
      ucc: UCC,
    },
    { title: "ours, when Cello's is gone", header: ours({ ucc: UCC, at, cello: 'old' }), ucc: UCC },
    {
      title: 'the newest of two of ours',
      header: `${ours({ ucc: 'old', at: '2026-01-01T00:00:00.000Z' })}; ${ours({ ucc: UCC, at })}`,
      ucc: UCC,
    },
    {
      title: "Cello's as the plain text that it is, percent signs and all",
      header: 'cello-referral=a%41%2Bb+c',
      ucc: 'a%41%2Bb+c',
    },
    {
      title: "ours, when the plain text of Cello's is what it was then",
      header: `cello-referral=a%41; ${ours({ ucc: UCC, at, cello: 'a%41' })}`,
      ucc: UCC,
    },
    { title: 'ours, whose code holds what is encoded there', header: ours({ ucc: 'a%41+é', at }), ucc: 'a%41+é' },
    {
      title: 'our cookie, encoded once more by a proxy',
      header: `cello-companion=${encodeURIComponent(`ucc=${UCC}&at=${at}`)}`,
      ucc: UCC,
    },
    { title: 'a quoted value', header: `cello-referral="${UCC}"`, ucc: UCC },
    { title: "the first valid of two of Cello's", header: `cello-referral=; cello-referral=${UCC}`, ucc: UCC },
    { title: 'between malformed neighbours', header: `=; ;;a; =b; %; cello-referral=${UCC}; x==;`, ucc: UCC },
    {
      title: "a code that was forgotten, in Cello's cookie",
      header: `cello-referral=${UCC}; ${ours({ at, forgotten: hash })}`,
      ucc: null,
    },
    { title: 'another cookie whose name ends alike', header: `my-cello-referral=${UCC}`, ucc: null },
    { title: 'a broken percent sign is the code as it is', header: 'cello-referral=100%', ucc: '100%' },
    { title: 'no cookie of either name', header: 'session=abc; ucc=x', ucc: null },
    { title: 'an empty header', header: '', ucc: null },
    { title: 'a bare text, which is no header', header: UCC, ucc: null },
  ];
  for (const { title, header, ucc } of rows)
    test(`${ucc ? 'reads' : 'finds none'}: ${title}`, () => {
      expect(readUcc(header)).toBe(ucc);
    });
});
