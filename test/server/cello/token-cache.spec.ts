import { createCello, type TokenCache } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { hearWarnings } from '../../services/console.js';
import { connect, signupOf, withCelloApi } from '../../services/people.js';

/** A cache as a key-value store is one: it drops a text when its time is over. */
function createCache(clock: () => number = Date.now) {
  const cache = {
    text: null as string | null,
    endsAtMs: 0,
    gets: 0,
    sets: 0,
    async get() {
      cache.gets += 1;
      return clock() < cache.endsAtMs ? cache.text : null;
    },
    async set(text: string, { expiresAt }: { readonly expiresAt: Date }) {
      cache.sets += 1;
      cache.text = text;
      cache.endsAtMs = expiresAt.getTime();
    },
  };
  return cache;
}

const countLogins = (requests: readonly { path: string }[]) => requests.filter(({ path }) => path === '/token').length;

test('cold starts share one token', async () => {
  await withCelloApi(async (api) => {
    const tokenCache = createCache();
    for (let start = 0; start < 5; start++) await connect(api, { tokenCache }).signup(signupOf(`user-${start}`));
    expect(api.events).toHaveLength(5);
    expect(countLogins(api.requests)).toBe(1);
    expect(tokenCache.sets).toBe(1);
  });
});

test('a warm process does not ask the cache again', async () => {
  await withCelloApi(async (api) => {
    const tokenCache = createCache();
    const cello = connect(api, { tokenCache });
    for (let i = 0; i < 5; i++) await cello.signup(signupOf(`user-${i}`));
    expect(tokenCache.gets).toBe(1);
  });
});

test('a token in the cache that Cello refuses is replaced, and the event sent', async () => {
  await withCelloApi(async (api) => {
    const tokenCache = createCache();
    await connect(api, { tokenCache }).signup(signupOf('user-1'));
    api.expire('access');
    await connect(api, { tokenCache }).signup(signupOf('user-2'));
    expect(api.events).toHaveLength(2);
    expect(countLogins(api.requests)).toBe(2);
    await connect(api, { tokenCache }).signup(signupOf('user-3'));
    expect(countLogins(api.requests)).toBe(2);
  });
});

test('an old token that the cache gives too long is not used', async () => {
  let nowMs = 1_000_000;
  const clock = () => nowMs;
  await withCelloApi(
    async (api) => {
      const tokenCache = createCache(() => 0);
      await connect(api, { tokenCache, clock }).signup(signupOf('user-1'));
      expect(tokenCache.endsAtMs).toBe(1_000_000 + 3_600_000);
      nowMs += 3_600_000;
      await connect(api, { tokenCache, clock }).signup(signupOf('user-2'));
      expect(api.events).toHaveLength(2);
      expect(api.requests.every(({ status }) => Number(status) < 300)).toBe(true);
    },
    { clock, tokenSeconds: 3600 },
  );
});

test('a token of other keys is not used', async () => {
  await withCelloApi(async (one) => {
    await withCelloApi(async (other) => {
      const tokenCache = createCache();
      await connect(one, { tokenCache }).signup(signupOf('user-1'));
      await connect(other, { tokenCache }).signup(signupOf('user-2'));
      expect(other.requests.map(({ path, status }) => `${path} ${status}`)).toEqual(['/token 201', '/events 200']);
    });
  });
});

const fail = () => {
  throw new Error('redis://:secret@10.0.0.1 is down');
};

const BROKEN: readonly (readonly [string, TokenCache])[] = [
  ['rejects', { get: async () => fail(), set: async () => fail() }],
  ['throws at once', { get: fail, set: fail }],
  ['never answers', { get: () => new Promise(() => {}), set: () => new Promise(() => {}) }],
  ['gives garbage', { get: async () => '{"token":"\n"', set: async () => {} }],
  ['gives a text of somebody else', { get: async () => 'null', set: async () => {} }],
];

for (const [title, tokenCache] of BROKEN)
  test(`a cache that ${title} costs a login, not a send`, async () => {
    await withCelloApi(async (api) => {
      const heard = await hearWarnings(async () => {
        const cello = connect(api, { tokenCache });
        await cello.signup(signupOf('user-1'));
        await cello.signup(signupOf('user-2'));
      });
      expect(api.events).toHaveLength(2);
      expect(heard.length).toBeLessThanOrEqual(1); // said once
      expect(heard.join()).not.toContain('secret');
    });
  });

test('a cache without its two functions is refused at once', () => {
  const keys = { accessKeyId: 'a', secretAccessKey: 'b', environment: 'sandbox' } as const;
  // @ts-expect-error: `set` is missing
  const make = () => createCello({ ...keys, tokenCache: { get: fail } });
  expect(make).toThrow('"tokenCache" must be an object with the functions get and set, got an object');
});
