import { createCello, newSignup } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { catchError, connect, signupOf, UCC, withCelloApi } from '../../services/people.js';

for (const none of [undefined, null, ''])
  test(`a build without secrets passes: a key that is ${JSON.stringify(none)} is missing at the first call`, async () => {
    const cello = createCello({ accessKeyId: 'a', secretAccessKey: none, environment: 'production' });
    const first = createCello({ accessKeyId: none, secretAccessKey: none, environment: 'production' });
    for (const call of [
      () => cello.signup(signupOf('user-1')),
      () => cello.send(newSignup(signupOf('user-1'))),
      () => cello.checkUcc(UCC),
      () => cello.check(),
    ]) {
      const error = await catchError(call());
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain('"secretAccessKey" is missing: set it to the key from https://portal.cello.so/');
      // What an outbox goes by: mend the keys, the event is fine and was not sent.
      expect(error).toMatchObject({ reason: 'denied', retryable: false, ambiguous: false });
    }
    expect(String(await catchError(first.check()))).toContain('"accessKeyId" is missing');
  });

test('check() says that the keys are right, by a login of its own', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    expect(await cello.check()).toEqual({ ok: true });
    await cello.signup(signupOf('user-1'));
    expect(await cello.check()).toEqual({ ok: true });
    expect(api.requests.map(({ path }) => path)).toEqual(['/token', '/events', '/token']);
    expect(api.requests.at(-1)?.body).toMatchObject({ accessKeyId: expect.anything() }); // not the refresh token
  });
});

for (const [fault, reason] of [
  ['keys-refused', 'denied'],
  ['keys-refused-400', 'denied'],
  ['unavailable', 'busy'],
  ['rate-limited', 'busy'],
  ['garbage-ok', 'unreadable'],
  ['reset', 'unreachable'],
  ['hang', 'timeout'],
] as const)
  test(`check() says what is in the way: ${fault}`, async () => {
    await withCelloApi(async (api) => {
      api.fault(fault, { path: '/token', delayMs: 60_000 });
      const cello = connect(api, { timeoutMs: reason === 'timeout' ? 300 : 10_000 });
      expect(await cello.check()).toEqual({
        ok: false,
        reason,
        message: expect.stringMatching(/^POST \/token: Cello /),
      });
    });
  });

test('check() of keys that another environment gave says where the right ones are', async () => {
  await withCelloApi(async (api) => {
    const { message } = Object(await connect(api, { secretAccessKey: 'of-the-other-one' }).check());
    expect(message).toContain('come from https://portal.cello.so/integrations/accesskeys of the same environment');
    expect(message).not.toContain('of-the-other-one');
  });
});

test('check() ends with the signal of the caller', async () => {
  await withCelloApi(async (api) => {
    api.fault('hang', { path: '/token' });
    const controller = new AbortController();
    const checked = connect(api).check({ signal: controller.signal });
    await expect.poll(() => api.requests.length).toBe(1);
    controller.abort();
    expect(await checked).toMatchObject({ ok: false, reason: 'aborted' });
  });
});

test('403 to an event is denied too, and any other 4xx is what was sent', async () => {
  for (const [status, reason, retryable] of [
    [403, 'denied', false],
    [404, 'refused', false],
    [409, 'refused', false],
    [408, 'busy', true],
    [425, 'busy', true],
    [302, 'unreadable', true],
  ] as const)
    await withCelloApi(async (api) => {
      const answer: typeof fetch = async (url, init) =>
        String(url).endsWith('/events') ? new Response(null, { status }) : fetch(url, init);
      const error = await catchError(connect(api, { fetch: answer }).signup(signupOf('user-1')));
      expect(error).toMatchObject({ status, reason, retryable, ambiguous: false });
    });
});

test('ids of a database are taken as their digits in a path too', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    await catchError(cello.depersonalize(42));
    await cello.newUserReward(2n ** 64n);
    expect(api.requests.slice(-2).map(({ path }) => path)).toEqual([
      '/referrers/42/depersonalize',
      '/new-users/18446744073709551616/reward',
    ]);
    await expect(cello.activeLink(4.2)).rejects.toThrow(TypeError);
  });
});
