import { createEndpoint } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { isTestHost } from '../../../../dist/browser/inspector/checks/hosts.js';
import { judgeProbe } from '../../../../dist/browser/inspector/probe.js';
import { VERSION } from '../../../../dist/browser/inspector/version.js';
import manifest from '../../../../package.json' with { type: 'json' };

for (const [status, body, isRedirect, is] of [
  [400, '{"error":"v"}', false, 'endpoint'],
  [403, '{"error":"origin"}', false, 'origin refused'],
  [403, '<html>Forbidden</html>', false, 'blocked'],
  [401, '{"message":"log in"}', false, 'blocked'],
  [404, 'Not found', false, 'not found'],
  [410, '', false, 'not found'],
  [405, '', false, 'no post'],
  [200, '<!doctype html><title>App</title>', false, 'web page'],
  [200, '{"ok":true}', false, 'accepts'],
  [204, '', false, 'accepts'],
  [500, '{"error":"internal"}', false, 'failing'],
  [0, '', true, 'redirect'],
] as const)
  test(`takes ${isRedirect ? 'a redirect' : status} ${body} for: ${is}`, () => {
    expect(judgeProbe(status, body, isRedirect)).toEqual({ is, status });
  });

test('knows our own endpoint by its refusal', async () => {
  const endpoint = createEndpoint({ onReferral: () => undefined, log: () => undefined });
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const answer = await endpoint(
    new Request('https://a.example/api/cello', { method: 'POST', body: '{"v":0}', headers }),
  );
  expect(judgeProbe(answer.status, await answer.text(), false).is).toBe('endpoint');
});

test('tells test hosts from the host that visitors see', () => {
  for (const host of [
    'localhost',
    'a.localhost',
    '127.0.0.1',
    'staging.example.com',
    'my-app-dev.example.com',
    'x.vercel.app',
  ])
    expect(isTestHost(host), host).toBe(true);
  for (const host of ['example.com', 'www.acme.io', 'app.acme.com', 'testimonials.com', 'www.devices.com'])
    expect(isTestHost(host), host).toBe(false);
});

test('has the version of the package', () => {
  expect(VERSION).toBe(manifest.version);
});
