import { expect, test } from 'playwright/test';
import { isOwnHost } from '../../../dist/browser/own-hosts.js';

const site = { hostname: 'www.example.com', links: ['app.example.org:8443'], domain: 'example.com' };

for (const [host, known, unknown] of [
  ['www.example.com', true, true],
  ['www.example.com:8080', true, true],
  ['example.com', true, false],
  ['app.example.com', true, false],
  ['app.example.com:3000', true, false],
  ['app.example.org:8443', true, true],
  ['app.example.org', false, false],
  ['notexample.com', false, false],
  ['example.com.evil.test', false, false],
  ['', false, false],
] as const)
  test(`takes ${host || 'no host'} for ${known ? 'its own' : "somebody else's"}${known === unknown ? '' : ' once its domain is known'}`, () => {
    expect(isOwnHost(host, site)).toBe(known);
    expect(isOwnHost(host, { ...site, domain: undefined })).toBe(unknown);
  });

// https://publicsuffix.org: the last two labels are no company.
test('takes two companies under one public suffix for two', () => {
  expect(isOwnHost('b.co.uk', { hostname: 'a.co.uk', links: [], domain: undefined })).toBe(false);
  expect(isOwnHost('b.github.io', { hostname: 'a.github.io', links: [], domain: undefined })).toBe(false);
});
