import { inspect } from 'node:util';
import { type Cello, CelloError, createCello, newSignup } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { type CelloApi, catchError, connect, signupOf, UCC, withCelloApi } from '../../services/people.js';

const tokenCalls = (requests: readonly { path: string }[]) => requests.filter(({ path }) => path === '/token').length;

/** Runs work on a stand-in whose tokens are good for an hour, in a time that the work moves on. */
const withHours = (
  work: (api: CelloApi, cello: Cello, pass: (ms: number) => void) => Promise<void>,
  options: { readonly refreshSeconds?: number } = {},
): Promise<void> => {
  let nowMs = 1_000_000;
  const clock = () => nowMs;
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return withCelloApi((api) => work(api, connect(api, { clock }), pass), { clock, tokenSeconds: 3600, ...options });
};

test('tells Cello of a sign-up and of an attended demo', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    const { requestId } = await cello.signup(signupOf('user-1'));
    await cello.demoAttended({ ...signupOf('user-1'), newUserId: 'org-1' });
    expect(api.events).toMatchObject([
      { payload: { ucc: UCC, newUserId: 'user-1' }, context: { event: { trigger: 'new-signup' } } },
      {
        payload: { newUserId: 'org-1' },
        context: { newUser: { id: 'user-1' }, event: { trigger: 'demo-call-attended' } },
      },
    ]);
    expect(requestId).toBe(api.requests.find(({ path }) => path === '/events')?.requestId);
  });
});

test('tells Cello of paid invoices and refunds', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    const subscription = { invoiceId: 'inv-1', interval: 'monthly', productKey: 'Pro' } as const;
    await cello.invoicePaid({ ...signupOf('user-1'), price: 100, currency: 'EUR', subscription });
    await cello.chargeRefunded({ ...signupOf('user-1'), price: 100, currency: 'EUR' });
    expect(api.events.map(({ context }) => context.event.trigger)).toEqual(['invoice-paid', 'charge-refunded']);
  });
});

test('calls nothing before the first verb, and fetches one token for many calls at once', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    expect(api.requests).toEqual([]);
    await Promise.all(Array.from({ length: 20 }, (_, i) => cello.signup(signupOf(`user-${i}`))));
    expect(tokenCalls(api.requests)).toBe(1);
    expect(api.events).toHaveLength(20);
  });
});

test('renews the token before it ends, with the refresh token', async () => {
  await withHours(async (api, cello, pass) => {
    await cello.signup(signupOf('user-1'));
    pass((3600 - 61) * 1000); // still good, and not yet due
    await cello.signup(signupOf('user-2'));
    expect(tokenCalls(api.requests)).toBe(1);
    pass(2000); // due: 59 s before its end
    await cello.signup(signupOf('user-3'));
    expect(api.requests.map(({ path, status }) => `${path} ${status}`)).toEqual([
      '/token 201',
      '/events 200',
      '/events 200',
      '/token 201',
      '/events 200',
    ]);
    expect(api.requests[3]?.body).toEqual({ refreshToken: '[secret]' });
  });
});

test('logs in anew when the refresh token is over, or refused', async () => {
  await withHours(
    async (api, cello, pass) => {
      await cello.signup(signupOf('user-1'));
      pass(7_300_000); // both over
      await cello.signup(signupOf('user-2'));
      pass(3_600_000);
      api.expire('refresh');
      await cello.signup(signupOf('user-3'));
      expect(
        api.requests.filter(({ path }) => path === '/token').map(({ body }) => Object.keys(Object(body))[0]),
      ).toEqual(['accessKeyId', 'accessKeyId', 'refreshToken', 'accessKeyId']);
    },
    { refreshSeconds: 7200 },
  );
});

test('goes on with a token that is still good when Cello cannot renew it', async () => {
  await withHours(async (api, cello, pass) => {
    await cello.signup(signupOf('user-1'));
    pass(3_590_000);
    api.fault('server-error', { path: '/token' });
    await cello.signup(signupOf('user-2'));
    expect(api.events).toHaveLength(2);
  });
});

test('a token that expires on its way is renewed, and the event sent once more', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    await cello.signup(signupOf('user-1'));
    api.fault('token-expired');
    await cello.signup(signupOf('user-2'));
    expect(api.events).toHaveLength(2);
    expect(tokenCalls(api.requests)).toBe(2);
  });
});

test('many calls whose token expired at once renew it once', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    await cello.signup(signupOf('user-0'));
    api.expire('access');
    await Promise.all(Array.from({ length: 10 }, (_, i) => cello.signup(signupOf(`user-${i + 1}`))));
    expect(api.events).toHaveLength(11);
    expect(tokenCalls(api.requests)).toBe(2);
  });
});

test('a 401 is repeated exactly once, then told', async () => {
  await withCelloApi(async (api) => {
    api.fault('token-expired', { times: Number.POSITIVE_INFINITY });
    const error = await catchError(connect(api).signup(signupOf('user-1')));
    expect(error).toMatchObject({ status: 401, reason: 'denied', retryable: false, ambiguous: false });
    expect(api.requests.filter(({ path }) => path === '/events')).toHaveLength(2);
  });
});

const FAULTS = [
  // Every way in which Cello may fail: its name, what CelloError says of it, whether Cello counted the event.
  ['keys-refused', { status: 401, reason: 'denied', retryable: false, ambiguous: false }, 0],
  ['keys-refused-400', { status: 400, reason: 'denied', retryable: false, ambiguous: false }, 0],
  ['refused', { status: 400, reason: 'refused', retryable: false, ambiguous: false }, 0],
  ['rate-limited', { status: 429, reason: 'busy', retryable: true, ambiguous: false, retryAfterMs: 7000 }, 0],
  ['unavailable', { status: 503, reason: 'busy', retryable: true, ambiguous: true, retryAfterMs: 7000 }, 0],
  ['server-error', { status: 500, reason: 'busy', retryable: true, ambiguous: true }, 0],
  ['garbage', { status: 502, reason: 'busy', retryable: true, ambiguous: true }, 0],
  ['garbage-ok', { status: 200, reason: 'unreadable', retryable: true, ambiguous: true }, 0],
  ['reset', { status: null, reason: 'unreachable', retryable: true, ambiguous: true }, 0],
  ['hang', { status: null, reason: 'timeout', retryable: true, ambiguous: true }, 0],
  ['slow', { status: null, reason: 'timeout', retryable: true, ambiguous: true }, 1],
  ['lost-answer', { status: null, reason: 'unreachable', retryable: true, ambiguous: true }, 1],
  ['late-error', { status: 500, reason: 'busy', retryable: true, ambiguous: true }, 1],
] as const;

for (const [fault, expected, counted] of FAULTS)
  test(`tells what happened when Cello's answer is: ${fault}`, async () => {
    await withCelloApi(async (api) => {
      api.fault(fault, { retryAfter: 7, delayMs: 60_000 });
      const timeoutMs = expected.reason === 'timeout' ? 500 : 10_000;
      const error = await catchError(connect(api, { timeoutMs }).signup(signupOf('user-1')));
      expect(error).toBeInstanceOf(CelloError);
      expect(error).toMatchObject(expected);
      expect(api.events).toHaveLength(counted);
      const last = api.requests.at(-1);
      if (expected.status !== null) expect(error).toMatchObject({ requestId: last?.requestId });
      expect(api.requests.filter(({ path }) => path === '/events').length).toBeLessThanOrEqual(1);
    });
  });

test('a slow answer is waited for', async () => {
  await withCelloApi(async (api) => {
    api.fault('slow', { delayMs: 200 });
    await connect(api).signup(signupOf('user-1'));
    expect(api.events).toHaveLength(1);
  });
});

test('a request that never left is not ambiguous', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    await cello.signup(signupOf('user-1'));
    await api.close();
    await catchError(cello.signup(signupOf('user-2'))); // may go out on a connection that is kept alive: ambiguous
    expect(await catchError(cello.signup(signupOf('user-3')))).toMatchObject({
      reason: 'unreachable',
      ambiguous: false,
      retryable: true,
    });
  });
});

test('an answer that ends half way is not taken for a yes', async () => {
  await withCelloApi(async (api) => {
    const halve: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      const text = await response.text();
      return new Response(String(url).endsWith('/events') ? text.slice(0, 5) : text, response);
    };
    expect(await catchError(connect(api, { fetch: halve }).signup(signupOf('user-1')))).toMatchObject({
      reason: 'unreadable',
      ambiguous: true,
    });
  });
});

test('a redirect is not followed: neither the event nor the keys go to another host', async () => {
  const seen: string[] = [];
  const redirect: typeof fetch = async (url, init) => {
    seen.push(`${url} ${init?.redirect}`);
    return new Response(null, { status: 307, headers: { location: 'http://127.0.0.1:1/' } });
  };
  const cello = createCello({ accessKeyId: 'a', secretAccessKey: 'b', baseUrl: 'http://127.0.0.1:2', fetch: redirect });
  expect(await catchError(cello.signup(signupOf('user-1')))).toMatchObject({
    status: 307,
    reason: 'denied',
    retryable: false,
  });
  expect(seen).toEqual(['http://127.0.0.1:2/token manual']);
});

test("the caller's signal ends a call, and says whether the event may have been counted", async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    const before = await catchError(cello.signup(signupOf('user-1'), { signal: AbortSignal.abort() }));
    expect(before).toMatchObject({ reason: 'aborted', ambiguous: false });
    api.fault('hang');
    const controller = new AbortController();
    const running = catchError(cello.signup(signupOf('user-1'), { signal: controller.signal }));
    await expect.poll(() => api.requests.some(({ path }) => path === '/events')).toBe(true);
    controller.abort();
    expect(await running).toMatchObject({ reason: 'aborted', ambiguous: true });
  });
});

test('one caller that gives up does not take the token from the others', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    api.fault('slow', { path: '/token', delayMs: 150 });
    const controller = new AbortController();
    const first = catchError(cello.signup(signupOf('user-1'), { signal: controller.signal }));
    const second = cello.signup(signupOf('user-2'));
    await expect.poll(() => api.requests.length).toBe(1);
    controller.abort();
    expect(await first).toMatchObject({ reason: 'aborted', ambiguous: false });
    await second;
    expect(tokenCalls(api.requests)).toBe(1);
  });
});

test('a fetch that never settles is given up in time', async () => {
  const fetchNothing: typeof fetch = () => new Promise(() => {});
  const cello = createCello({
    accessKeyId: 'a',
    secretAccessKey: 'b',
    environment: 'sandbox',
    fetch: fetchNothing,
    timeoutMs: 50,
  });
  expect(await catchError(cello.checkUcc(UCC))).toMatchObject({ reason: 'timeout', ambiguous: false });
});

test('asks Cello about a code', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    expect(await cello.checkUcc(UCC)).toEqual({
      code: UCC,
      valid: true,
      productUserId: 'referrer-1',
      campaignId: 'campaign-1',
    });
    expect(await cello.checkUcc('BADCODE')).toEqual({ code: 'BADCODE', valid: false });
    expect(await cello.checkUcc('a/b?c#d%')).toEqual({ code: 'a/b?c#d%', valid: false });
  });
});

test('does not ask for what can be no code', async () => {
  await withCelloApi(async (api) => {
    for (const code of ['', 'two words', '..', 'undefined'])
      expect(await connect(api).checkUcc(code)).toEqual({ code, valid: false });
    expect(api.requests).toEqual([]);
  });
});

test('reads the reward of a new user, and the link of an old one', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    expect(await cello.newUserReward('user-1')).toEqual({ eligible: false, reward: null });
    await cello.signup({ ...signupOf('user-1'), at: new Date('2026-11-23T14:14:34Z') });
    expect(await cello.newUserReward('user-1')).toMatchObject({
      eligible: true,
      reward: { type: 'standard', interval: 'month', intervalCount: 3, percentage: 20 },
      signupAt: '2026-11-23T14:14:34.000Z',
      referralUcc: UCC,
    });
    expect(await cello.activeLink('referrer-1')).toEqual({ activeUcc: UCC, link: `https://stand-in.cello.so/${UCC}` });
  });
});

test('takes a person out of a referrer, and says so when there is none', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api);
    await cello.depersonalize('referrer-1');
    expect(await catchError(cello.depersonalize('a/b'))).toMatchObject({
      status: 404,
      retryable: false,
      ambiguous: false,
    });
    expect(api.requests.at(-1)?.path).toBe('/referrers/a%2Fb/depersonalize');
    await expect(cello.depersonalize('..')).rejects.toThrow(TypeError);
  });
});

const KEY_MISTAKES: readonly (readonly [string, object, RegExp])[] = [
  ['a blank key', { secretAccessKey: ' ' }, /"secretAccessKey" must be a key without white space.* got a string/],
  ['a key with a line end', { secretAccessKey: 'abc\n' }, /"secretAccessKey" must be a key without white space/],
  ['the word "undefined"', { accessKeyId: 'undefined' }, /"accessKeyId" must be a key .*not the word "undefined"/],
  ['a product id as access key', { accessKeyId: 'getmoonly.com' }, /"accessKeyId" looks like a product id/],
  ['a product id beside the keys', { productId: 'site' }, /"productId" is for Cello's widget/],
  ['twice the same key', { accessKeyId: 'same', secretAccessKey: 'same' }, /are the same text/],
  ['no environment', { environment: undefined }, /one of "environment" .* and "baseUrl" is required, got none/],
  ['environment and baseUrl', { baseUrl: 'https://api.cello.so' }, /got both/],
  ['an unknown environment', { environment: 'live' }, /"environment" must be "sandbox" or "production"/],
  ['a path as baseUrl', { environment: undefined, baseUrl: '/api' }, /"baseUrl" must be an absolute http\(s\) URL/],
  ['a timeout of 0', { timeoutMs: 0 }, /"timeoutMs"/],
  ['a misspelt option', { timeout: 5 }, /createCello has no option "timeout"/],
];

for (const [name, options, message] of KEY_MISTAKES)
  test(`refuses ${name} before the first call, and prints no key`, () => {
    const all = { accessKeyId: 'k3y-1d-0f-0urs', secretAccessKey: 's3cr3t-0f-0urs', environment: 'sandbox' as const };
    const make = () => createCello(Object.assign({ ...all }, options));
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(/0f-0urs|abc|getmoonly/);
  });

test('when Cello refuses the keys, the error says where the right ones are', async () => {
  await withCelloApi(async (api) => {
    const cello = connect(api, { accessKeyId: 'stage', secretAccessKey: 'product-secret' });
    expect(String(await catchError(cello.checkUcc(UCC)))).toContain('a product id and its secret are something else');
  });
});

test('no key and no token is in any error, nor in what inspect shows', async () => {
  await withCelloApi(async (api) => {
    const tokens: string[] = [];
    const spy: typeof fetch = async (url, init) => {
      const token = new Headers(init?.headers).get('authorization')?.slice(7);
      if (token) tokens.push(token);
      if (tokens.length === 2) throw Object.assign(new Error(`Bearer ${token}`), { config: init, cause: init });
      return fetch(url, init);
    };
    const cello = connect(api, { fetch: spy });
    await cello.checkUcc(UCC);
    const shown: string[] = [inspect(cello, { depth: 9, showHidden: true }), JSON.stringify(cello)];
    const note = (error: unknown) =>
      shown.push(inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), String(Object(error).stack));
    note(await catchError(cello.checkUcc(UCC))); // the fetch of the site threw everything it had
    for (const token of [...tokens]) {
      api.fault('refused', { message: `bad token ${token} of ${api.secretAccessKey}` });
      note(await catchError(cello.send(newSignup(signupOf('user-1')))));
    }
    expect(tokens.length).toBeGreaterThan(1);
    for (const secret of [...tokens, api.accessKeyId, api.secretAccessKey])
      expect(shown.join('\n')).not.toContain(secret);
  });
});

test('Cello sees one token call for 10,000 events', async () => {
  // Answered without a socket; `npm run bench:outbox` counts the same over HTTP.
  const paths: string[] = [];
  const answer: typeof fetch = async (url) => {
    const { pathname } = new URL(String(url));
    paths.push(pathname);
    if (pathname === '/events') return Response.json({ success: true });
    return Response.json({ accessToken: 'token', expiresIn: 18_000 }, { status: 201 });
  };
  const baseUrl = 'http://cello.example';
  const cello = createCello({ accessKeyId: 'a', secretAccessKey: 'b', baseUrl, fetch: answer });
  let next = 0;
  const work = async () => {
    while (next < 10_000) await cello.signup(signupOf(`user-${next++}`));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  expect(paths.filter((path) => path === '/events')).toHaveLength(10_000);
  expect(paths.filter((path) => path === '/token')).toHaveLength(1);
});
