import { expect, test } from 'playwright/test';
import { chooseCode, type Evidence } from '../../../../dist/browser/referral/precedence.js';
import { hashUcc } from '../../../../dist/ucc.js';

const HAND = 'byHand00001';
const CELLO = 'fromCello01';
const LINK = 'fromLink001';
const COOKIE = 'fromCookie1';
const OURS = 'fromMemory1';

const OPENED_MS = Date.parse('2026-11-23T12:00:00.000Z');
const at = (ms: number) => new Date(OPENED_MS + ms).toISOString();

const NOTHING: Evidence = {
  manual: null,
  answer: null,
  outdated: null,
  link: null,
  isRouted: false,
  cookie: null,
  remembered: null,
  forgotten: new Set(),
  nowMs: OPENED_MS + 1000,
};
const link = { ucc: LINK, openedMs: OPENED_MS };
const routed = { ucc: LINK, openedMs: 0 };
/** Our cookie, written an hour before the page was opened. */
const ours = (over: Partial<NonNullable<Evidence['remembered']>> = {}) => ({
  ucc: OURS,
  productId: null,
  at: at(-3_600_000),
  cello: null,
  forgotten: [],
  ...over,
});
const forgot = (...uccs: string[]) => ours({ ucc: null, forgotten: uccs.map(hashUcc) });

const CASES: readonly (readonly [title: string, evidence: Partial<Evidence>, expected: readonly string[] | null])[] = [
  ['nothing at all gives no code', {}, null],
  [
    'a code set by hand beats all others',
    { manual: HAND, answer: CELLO, link, cookie: COOKIE, remembered: ours() },
    ['manual', HAND],
  ],
  [
    "Cello's answer beats the address and what is stored",
    { answer: CELLO, link, cookie: COOKIE, remembered: ours() },
    ['cello', CELLO],
  ],
  ['the address beats what is stored', { link, cookie: COOKIE, remembered: ours() }, ['address', LINK]],
  [
    "our memory beats Cello's cookie while that says what it said before",
    { cookie: COOKIE, remembered: ours({ cello: COOKIE }) },
    ['memory', OURS],
  ],
  [
    "Cello's cookie beats our memory when it says something else",
    { cookie: COOKIE, remembered: ours() },
    ['cookie', COOKIE],
  ],
  [
    "Cello's cookie beats our memory when it changed",
    { cookie: COOKIE, remembered: ours({ cello: 'before00001' }) },
    ['cookie', COOKIE],
  ],
  ["our memory counts when Cello's cookie is gone", { remembered: ours({ cello: COOKIE }) }, ['memory', OURS]],
  ["Cello's cookie alone", { cookie: COOKIE }, ['cookie', COOKIE]],
  ['our memory alone', { remembered: ours() }, ['memory', OURS]],

  [
    "a newer link of a router beats Cello's earlier answer",
    { answer: CELLO, outdated: CELLO, link: routed, isRouted: true },
    ['address', LINK],
  ],
  [
    "Cello's other answer beats a newer link of a router",
    { answer: CELLO, outdated: OURS, link: routed, isRouted: true },
    ['cello', CELLO],
  ],

  ['a code set by hand on an earlier page counts', { remembered: ours({ manual: true }) }, ['memory', OURS]],
  [
    'a code set by hand on an earlier page beats what Cello said already',
    { answer: CELLO, cookie: CELLO, remembered: ours({ manual: true, cello: CELLO }) },
    ['memory', OURS],
  ],
  [
    'another answer of Cello beats a code set by hand on an earlier page',
    { answer: CELLO, remembered: ours({ manual: true, cello: COOKIE }) },
    ['cello', CELLO],
  ],
  [
    "another word of Cello's cookie beats a code set by hand on an earlier page",
    { cookie: COOKIE, remembered: ours({ manual: true, cello: CELLO }) },
    ['cookie', COOKIE],
  ],
  [
    'a newer link beats a code set by hand on an earlier page',
    { link, remembered: ours({ manual: true }) },
    ['address', LINK],
  ],
  [
    'a link from before does not beat a code set by hand since',
    { link, remembered: ours({ manual: true, at: at(500) }) },
    ['memory', OURS],
  ],
  [
    'a reloaded link does not beat a code set by hand on an earlier page',
    { link: routed, remembered: ours({ manual: true }) },
    ['memory', OURS],
  ],
  [
    "a router's link beats a code set by hand on an earlier page",
    { link: routed, isRouted: true, remembered: ours({ manual: true }) },
    ['address', LINK],
  ],
  [
    'a code set by hand at a time to come, by another clock or a sister host, gives way to a link',
    { link, remembered: ours({ manual: true, at: '9999-01-01T00:00:00.000Z' }) },
    ['address', LINK],
  ],
  [
    'a code set by hand at a time to come counts without a link',
    { remembered: ours({ manual: true, at: '9999-01-01T00:00:00.000Z' }) },
    ['memory', OURS],
  ],

  ['a forgotten code is not taken from Cello', { answer: CELLO, remembered: forgot(CELLO) }, null],
  ["a forgotten code is not taken from Cello's cookie", { cookie: COOKIE, remembered: forgot(COOKIE) }, null],
  ['a forgotten code is not taken from a reloaded address', { link: routed, remembered: forgot(LINK) }, null],
  ['a forgotten code comes back by a page opened anew with it', { link, remembered: forgot(LINK) }, ['address', LINK]],
  [
    "a forgotten code that a link brings back may also be Cello's answer",
    { answer: LINK, link, remembered: forgot(LINK) },
    ['cello', LINK],
  ],
  ['a link brings back its own code alone', { answer: CELLO, link, remembered: forgot(CELLO) }, ['address', LINK]],
  ['a code forgotten on this page is not taken from its address', { link, forgotten: new Set([LINK]) }, null],
  [
    'another code is taken beside a forgotten one',
    { cookie: COOKIE, link: routed, remembered: forgot(LINK) },
    ['cookie', COOKIE],
  ],
  [
    "our memory counts where Cello's cookie says a forgotten code",
    { cookie: COOKIE, remembered: ours({ forgotten: [hashUcc(COOKIE)] }) },
    ['memory', OURS],
  ],
  [
    'a code set by hand counts although it was forgotten before',
    { manual: HAND, remembered: forgot(HAND) },
    ['manual', HAND],
  ],
];

test.describe('the code that counts', () => {
  for (const [title, evidence, expected] of CASES)
    test(title, () => {
      const found = chooseCode({ ...NOTHING, ...evidence });
      expect(found && [found.source, found.ucc]).toEqual(expected);
    });
});
