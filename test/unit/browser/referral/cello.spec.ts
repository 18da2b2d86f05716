import { expect, test } from 'playwright/test';
import { createCelloScript } from '../../../../dist/browser/referral/cello.js';

const UCC = 'pNRB1aYqArN';
type Heard = unknown[];

/** A page of which only Cello's two names matter. */
const open = (page: object) => {
  const heard: Heard = [];
  const script = createCelloScript((answer) => heard.push(answer), page as Window);
  return { heard, script, page: page as Record<string, unknown> };
};
const settle = () => new Promise((resolve) => setImmediate(resolve));

for (const answer of [UCC, undefined, null, '', 'undefined'])
  test(`hands on what Cello answers: ${JSON.stringify(answer)}`, async () => {
    const { heard, script } = open({ CelloAttribution: async () => answer });
    script.ask();
    script.ask();
    await settle();
    expect(heard).toEqual([answer]);
  });

for (const [how, attribution] of [
  ['rejects', () => Promise.reject(new Error('no'))],
  [
    'throws',
    () => {
      throw new Error('no');
    },
  ],
] as const)
  test(`takes a script that ${how} for no answer`, async () => {
    const { heard, script } = open({ CelloAttribution: attribution });
    script.ask();
    await settle();
    expect(heard).toEqual([null]);
  });

test("asks through Cello's documented queue, once, and leaves its function undefined", () => {
  const { heard, script, page } = open({});
  script.ask();
  script.ask();
  const [command] = page['CelloAttributionCmd'] as { resolve: (value: unknown) => void }[];
  expect(page['CelloAttributionCmd']).toMatchObject([{ command: 'getUcc', args: [] }]);
  expect(page['CelloAttribution']).toBeUndefined();
  command?.resolve(UCC);
  expect(heard).toEqual([UCC]);
});

test('calls a function that comes later and passes over the queue', async () => {
  const { heard, script, page } = open({});
  script.ask();
  page['CelloAttribution'] = async () => UCC;
  script.ask();
  script.ask();
  await settle();
  expect(heard).toEqual([UCC]);
});

test('asks anew when it is told to', async () => {
  let asked = 0;
  const { script } = open({
    CelloAttribution: async () => {
      asked += 1;
    },
  });
  script.ask();
  await settle();
  script.askAgain();
  expect(asked).toBe(2);
});

for (const [what, page] of [
  ['frozen', { CelloAttributionCmd: Object.freeze([]) }],
  ['read-only', Object.defineProperty({}, 'CelloAttributionCmd', { value: 7 })],
  ['a link of that id', { CelloAttribution: {}, CelloAttributionCmd: {} }],
] as const)
  test(`survives a queue that is ${what}, and still calls what comes later`, async () => {
    const { heard, script } = open(page);
    script.ask();
    Reflect.set(page, 'CelloAttribution', async () => UCC);
    script.ask();
    await settle();
    expect(heard).toEqual([UCC]);
  });
