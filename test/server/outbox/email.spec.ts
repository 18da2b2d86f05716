/**
 * E-mail addresses that a site has and Cello refuses: the reward is not lost for an optional field.
 */
import { createAttribution, createCello, createOutbox, memoryStore, newSignup } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { startCelloApi } from '../../../stand-ins/cello-api.mjs';

const UCC = 'pNRB1aYqArN';

const REFUSED = [
  'ada@bücher.example',
  'jürgen@example.com',
  'root@localhost',
  'ada..b@example.com',
  'ada@-.example',
  `${'a'.repeat(65)}@example.com`,
];
const TAKEN = [
  "o'brien+tag@mail.example.co.uk",
  'ADA@EXAMPLE.COM',
  'ada@xn--bcher-kva.example',
  'ada@example.photography',
];

test('an event goes without an e-mail address that Cello refuses, and is told of once', async () => {
  const api = await startCelloApi();
  const { accessKeyId, secretAccessKey } = api;
  const cello = createCello({ accessKeyId, secretAccessKey, baseUrl: api.url });
  const errors: Error[] = [];
  const outbox = createOutbox({
    store: memoryStore(),
    send: cello.send,
    onError: (error) => errors.push(error instanceof Error ? error : new Error(String(error))),
  });
  for (const [i, email] of [...REFUSED, ...TAKEN].entries())
    await outbox.add(newSignup({ ucc: UCC, user: { id: `user-${i}`, name: 'Ada', email } }));
  expect(await outbox.flush()).toEqual({ sent: REFUSED.length + TAKEN.length, waiting: 0, blocked: null });
  expect(await outbox.parked()).toEqual([]);
  const emails = new Map(api.events.map(({ context }) => [context.newUser.id, context.newUser.email]));
  expect([...emails.keys()].sort()).toEqual([...emails.keys()].map((_, i) => `user-${i}`).sort());
  expect(REFUSED.map((_, i) => emails.get(`user-${i}`))).toEqual(REFUSED.map(() => undefined));
  expect(TAKEN.map((_, i) => emails.get(`user-${REFUSED.length + i}`))).toEqual(TAKEN);
  expect(errors.map(({ name }) => name)).toEqual(REFUSED.map(() => 'EmailLeftOutError'));
  expect(errors.map(({ message }) => message).join()).not.toMatch(/ada|jürgen|root|user-/);
  await api.close();
});

test('a sign-up with such an address still finds the claim under it', async () => {
  const sent: unknown[] = [];
  const errors: unknown[] = [];
  const attribution = createAttribution({
    store: memoryStore(),
    send: async ({ payload, context }) => sent.push([payload.ucc, context.newUser]),
    onError: (error) => errors.push(error),
  });
  const email = 'ada@bücher.example';
  await attribution.claim({
    v: 1,
    id: crypto.randomUUID(),
    type: 'submission',
    ucc: UCC,
    source: 'address',
    at: new Date().toISOString(),
    page: '/signup',
    kind: 'signup',
    form: null,
    via: 'form',
    fields: { email },
  });
  expect(await attribution.signup({ user: { id: 'user-1', email } })).toMatchObject({ state: 'queued', ucc: UCC });
  await attribution.flush();
  expect(sent).toEqual([[UCC, { id: 'user-1' }]]);
  expect(errors).toHaveLength(1);
});
