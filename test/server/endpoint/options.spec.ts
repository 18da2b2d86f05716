import { createEndpoint, forgetCookie } from 'cello-companion/server';
import { expect, test } from 'playwright/test';

const onReferral = () => {};

const wrong: readonly (readonly [title: string, options: unknown, message: string])[] = [
  ['no options', undefined, 'createEndpoint: "options" must be an object, got undefined'],
  ['no callback', {}, '"onReferral" must be a function, got undefined'],
  ['a callback that is none', { onReferral: 'save' }, '"onReferral" must be a function, got "save"'],
  [
    'a misspelt option',
    { onReferral, allowOrigin: [] },
    'createEndpoint has no option "allowOrigin". Its options are "onReferral", "allowOrigins"',
  ],
  [
    'one origin without a list',
    { onReferral, allowOrigins: 'https://x.example' },
    '"allowOrigins" must be a list of origins',
  ],
  [
    'every origin',
    { onReferral, allowOrigins: ['*'] },
    '"allowOrigins" must name each origin, got "*": it would let pages of strangers report referrals',
  ],
  ['the origin null', { onReferral, allowOrigins: ['null'] }, '"allowOrigins" must name each origin, got "null"'],
  [
    'an origin with a slash',
    { onReferral, allowOrigins: ['https://x.example/'] },
    'must be a list of exact origins such as "https://www.example.com" (scheme, host, port if it is not the usual one; no path, no slash at the end), got "https://x.example/"',
  ],
  ['an origin with a path', { onReferral, allowOrigins: ['https://x.example/api'] }, 'exact origins'],
  ['an origin with its usual port', { onReferral, allowOrigins: ['https://x.example:443'] }, 'exact origins'],
  ['an origin in capitals', { onReferral, allowOrigins: ['https://X.example'] }, 'exact origins'],
  ['an origin without a scheme', { onReferral, allowOrigins: ['x.example'] }, 'exact origins'],
  ['an origin with a wildcard', { onReferral, allowOrigins: ['*.example.com'] }, 'exact origins'],
  ['an origin that is a pattern', { onReferral, allowOrigins: [/example/] }, 'exact origins'],
  ['a scheme without origins', { onReferral, allowOrigins: ['file:///x'] }, 'exact origins'],
  [
    'a cookie that is no object',
    { onReferral, cookie: true },
    'createEndpoint({ cookie }): "options" must be an object, got a boolean',
  ],
  [
    'a cookie domain with an attribute in it',
    { onReferral, cookie: { domain: 'x.example; Path=/y' } },
    '"domain" must be a domain such as "example.com"',
  ],
  ['a cookie for no days', { onReferral, cookie: { days: 0 } }, '"days" must be a number of days above 0, got 0'],
  [
    'a cookie for ever',
    { onReferral, cookie: { days: Number.POSITIVE_INFINITY } },
    '"days" must be a number of days above 0',
  ],
  [
    'a cookie that may be secure',
    { onReferral, cookie: { secure: 'yes' } },
    '"secure" must be true or false, got "yes"',
  ],
  [
    'a misspelt cookie option',
    { onReferral, cookie: { maxAge: 3 } },
    'createEndpoint({ cookie }) has no option "maxAge". Its options are "domain", "days", "secure"',
  ],
  [
    'a store that is none',
    { onReferral, store: new Map() },
    '"store" must be a store such as memoryStore(), got an object',
  ],
  ['a limit that is a number', { onReferral, limit: 10 }, '"limit" must be a function, got 10'],
  ['a size with a unit', { onReferral, maxBytes: '4kb' }, '"maxBytes" must be a whole number above 0, got "4kb"'],
  ['no size', { onReferral, maxBytes: 0 }, '"maxBytes" must be a whole number above 0, got 0'],
  ['a log that is an object', { onReferral, log: console }, '"log" must be a function, got an object'],
];

for (const [title, options, message] of wrong)
  test(`refuses ${title} at once, and says why`, () => {
    const call = () => Reflect.apply(createEndpoint, undefined, [options]);
    expect(call).toThrow(TypeError);
    expect(call).toThrow('[cello-companion] ');
    expect(call).toThrow(message);
  });

test('takes undefined for an option that is left out', () => {
  const left = {
    allowOrigins: undefined,
    cookie: undefined,
    store: undefined,
    limit: undefined,
    maxBytes: undefined,
    log: undefined,
  };
  expect(() => createEndpoint({ onReferral, ...left })).not.toThrow();
});

test('forgetCookie refuses what is no code, and an unknown option', () => {
  // @ts-expect-error: the code is missing
  expect(() => forgetCookie({ domain: 'example.com' })).toThrow(
    '[cello-companion] forgetCookie: "ucc" must be the code to forget, got undefined',
  );
  // @ts-expect-error: no such option
  expect(() => forgetCookie({ ucc: 'x', path: '/' })).toThrow('forgetCookie has no option "path"');
});
