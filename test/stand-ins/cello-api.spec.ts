import { expect, test } from 'playwright/test';
import { findMistake } from '../../stand-ins/cello-api.mjs';
import { UCC, withCelloApi } from '../services/people.js';

const SIGNUP = {
  eventName: 'ReferralUpdated',
  payload: { ucc: UCC, newUserId: 'user-1' },
  context: {
    newUser: { id: 'user-1', email: 'ada@example.com', name: 'Ada', organizationId: 'org-1' },
    event: { trigger: 'new-signup', timestamp: '2026-11-23T14:14:34Z' },
  },
};

/** The event with one field replaced, or taken away. */
const change = (path: string, value: unknown): unknown => {
  const copy: unknown = structuredClone(SIGNUP);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const target = Object(keys.reduce((part, key) => Reflect.get(Object(part), key), copy));
  if (value === undefined) Reflect.deleteProperty(target, last);
  else Reflect.set(target, last, value);
  return copy;
};

const WRONG: readonly (readonly [string, unknown, string])[] = [
  ['eventName', 'SomethingElse', 'eventName must be one of ReferralUpdated'],
  ['payload', undefined, 'payload is required'],
  ['payload.ucc', undefined, 'payload.ucc is required'],
  ['payload.newUserId', 42, 'payload.newUserId must be a string that is not empty'],
  ['payload.price', '0', 'payload.price must be a number'],
  ['context.event.trigger', 'demo-booked', 'context.event.trigger must be one of'],
  ['context.event.timestamp', '2022-10-05 14:14:34', 'context.event.timestamp must be a date-time'],
  ['context.event.timestamp', '2022-13-05T14:14:34Z', 'context.event.timestamp must be a date-time'],
  ['context.newUser.email', 'ada', 'context.newUser.email must be an email'],
  ['context.newUser', undefined, 'context.newUser is required'],
  ['context.user', { id: 'user-1' }, 'context.user is unknown'],
  ['context.newUser.organizationId', '', 'context.newUser.organizationId must be'],
  ['context.event.trigger', 'invoice-paid', 'payload.price is required'],
];

test("the stand-in of Cello's API takes the documented sign-up", () => {
  expect(findMistake(SIGNUP)).toBeNull();
});

for (const [path, value, message] of WRONG)
  test(`the stand-in of Cello's API refuses ${path} ${JSON.stringify(value) ?? 'left out'}`, () => {
    expect(findMistake(change(path, value))).toContain(message);
  });

test("the stand-in of Cello's API gives every answer a trace id, and both envelopes", async () => {
  await withCelloApi(async ({ url, requests }) => {
    const keys = JSON.stringify({ accessKeyId: 'wrong', secretAccessKey: 'wrong' });
    const refused = await fetch(`${url}/token`, { method: 'POST', body: keys });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({
      statusCode: 401,
      path: '/api/token',
      message: 'Invalid API Credentials',
    });
    const unauthorized = await fetch(`${url}/referral-codes/${UCC}`);
    expect(unauthorized.status).toBe(401);
    expect(unauthorized.headers.get('www-authenticate')).toBeTruthy();
    expect(await unauthorized.json()).toEqual({ message: 'Unauthorized' });
    expect(unauthorized.headers.get('apigw-requestid')).toBe(requests[1]?.requestId);
    expect(JSON.stringify(requests)).not.toContain('wrong');
  });
});
