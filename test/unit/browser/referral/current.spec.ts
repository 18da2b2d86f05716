import { expect, test } from 'playwright/test';
import { createCurrent } from '../../../../dist/browser/referral/current.js';

const UCC = 'pNRB1aYqArN';
const OTHER = 'UIPIWa2Hnnr';
const THIRD = 'A1B2C3D4E5F';

/** A page whose places are in the test's hand, and what its followers were told. */
function open() {
  const page = {
    link: null as string | null,
    openedMs: 0,
    cookie: null as string | null,
    stored: null as string | null,
    mayFind: true,
    told: [] as (string | null)[],
    asked: 0,
  };
  const current = createCurrent(
    {
      link: () => (page.link === null ? null : { ucc: page.link, openedMs: page.openedMs }),
      celloCookie: () => page.cookie,
      remembered: () =>
        page.stored === null ? null : { ucc: page.stored, productId: null, at: '', cello: null, forgotten: [] },
      nowMs: () => 1,
    },
    () => page.mayFind,
    {
      onNewLink: () => {
        page.asked += 1;
      },
      onChange: (found) => page.told.push(found?.ucc ?? null),
    },
  );
  return { page, current };
}

test('tells of another code once, and of none any more', () => {
  const { page, current } = open();
  current.look();
  expect(page.told).toEqual([]);
  page.link = UCC;
  current.look();
  current.look();
  page.mayFind = false;
  expect(current.look()).toBeNull();
  expect(page.told).toEqual([UCC, null]);
});

test('keeps the place where a code was found after it was stored', () => {
  const { page, current } = open();
  page.link = UCC;
  current.look();
  Object.assign(page, { link: null, stored: UCC });
  expect(current.look()).toEqual({ ucc: UCC, source: 'address' });
});

for (const empty of [undefined, null, '', ' ', 'undefined', 'null', 'two words', 7])
  test(`lets an empty answer of Cello change nothing: ${JSON.stringify(empty)}`, () => {
    const { page, current } = open();
    page.link = UCC;
    current.hear(empty);
    expect(current.look()).toEqual({ ucc: UCC, source: 'address' });
    current.hear(OTHER);
    current.hear(empty);
    expect(current.look()).toEqual({ ucc: OTHER, source: 'cello' });
  });

test('takes a newer link of a router, asks Cello again, and lets only another answer win', () => {
  const { page, current } = open();
  current.hear(UCC);
  current.look();
  page.link = OTHER;
  expect(current.look()).toEqual({ ucc: OTHER, source: 'address' });
  expect(page.asked).toBe(1);
  current.hear(UCC);
  expect(current.look()).toEqual({ ucc: OTHER, source: 'address' });
  current.hear(THIRD);
  expect(current.look()).toEqual({ ucc: THIRD, source: 'cello' });
});

test('keeps the code of a link that a route change takes out of the address, where it was stored', () => {
  const { page, current } = open();
  page.link = UCC;
  current.look();
  Object.assign(page, { link: null, stored: UCC });
  expect(current.look()?.ucc).toBe(UCC);
  page.link = UCC;
  current.look();
  expect(page.asked, 'the same link again is no newer one').toBe(0);
});

test('lets a code set by hand count until a newer link', () => {
  const { page, current } = open();
  page.link = UCC;
  current.look();
  current.set(OTHER);
  current.hear(THIRD);
  expect(current.look()).toEqual({ ucc: OTHER, source: 'manual' });
  page.link = THIRD;
  expect(current.look()).toMatchObject({ ucc: THIRD });
});

test('forgets every code in sight, and takes one back that is set by hand', () => {
  const { page, current } = open();
  Object.assign(page, { link: UCC, cookie: OTHER });
  current.hear(THIRD);
  current.look();
  expect(current.forget().sort()).toEqual([UCC, OTHER, THIRD].sort());
  expect(current.look()).toBeNull();
  current.hear(THIRD);
  expect(current.look()).toBeNull();
  current.set(UCC);
  expect(current.look()).toEqual({ ucc: UCC, source: 'manual' });
});

test('has no code and tells nobody after it was stopped', () => {
  const { page, current } = open();
  page.link = UCC;
  current.look();
  current.stop();
  expect([current.get(), current.look()]).toEqual([null, null]);
  expect(page.told).toEqual([UCC]);
});
