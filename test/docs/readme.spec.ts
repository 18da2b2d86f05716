import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { expect, test } from 'playwright/test';
import { startCelloApi } from '../../stand-ins/cello-api.mjs';
import { OWN, submission } from '../services/messages.js';
import { readSamples } from './samples.js';

const UCC = 'pNRB1aYqArN';

type CelloApi = Awaited<ReturnType<typeof startCelloApi>>;

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Waits until something listens there. */
async function reach(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Runs the README's server, as it is printed, with a stand-in for Cello. */
async function serve(use: (site: string, cello: CelloApi) => Promise<void>): Promise<void> {
  const cello = await startCelloApi({});
  const port = await findFreePort();
  const folder = new URL(`../../test-results/readme-${port}/`, import.meta.url);
  const [sample = ''] = readSamples('README.md', 'js');
  await mkdir(folder, { recursive: true });
  await writeFile(new URL('server.mjs', folder), sample);
  // The sample names Cello's sandbox; here its stand-in answers for it.
  const redirect = `const real = fetch; globalThis.fetch = (url, init) => real(String(url).replace('https://api.sandbox.cello.so', '${cello.url}'), init);`;
  const server: ChildProcess = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(redirect)}`, new URL('server.mjs', folder).pathname],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        PORT: String(port),
        CELLO_ACCESS_KEY_ID: 'stand-in-access-key',
        CELLO_SECRET_ACCESS_KEY: 'stand-in-secret-key',
      },
    },
  );
  try {
    const site = `http://127.0.0.1:${port}`;
    await reach(site);
    await use(site, cello);
    expect(server.exitCode).toBeNull();
  } finally {
    server.kill();
    await once(server, 'exit');
    await cello.close();
    await rm(folder, { recursive: true });
  }
}

const join = (site: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${site}/join`, { method: 'POST', body: new URLSearchParams(form), headers });

test('runs the README’s server as it is printed: an endpoint, and a sign-up that tells Cello', async () => {
  await serve(async (site, cello) => {
    const message = submission({ at: new Date().toISOString() });
    const headers = { ...OWN, origin: site };
    const answer = await fetch(`${site}/api/cello`, { method: 'POST', headers, body: JSON.stringify(message) });
    expect([answer.status, await answer.json()]).toEqual([202, { status: 'recorded' }]);
    await join(site, { email: 'grace@example.com', name: 'Grace', ucc: UCC });
    await join(site, { email: 'ada@example.com', name: 'Ada' });
    await join(site, { email: 'nobody@example.com', name: 'Without a referral' });
    const cookie = { cookie: `cello-referral=${UCC}` };
    expect(await (await join(site, { email: 'eve@example.com' }, cookie)).text()).toContain('Welcome');
    await expect
      .poll(() => cello.events.map(({ payload, context }) => `${context.newUser.email} ${payload.ucc}`).sort())
      .toEqual(['ada', 'eve', 'grace'].map((name) => `${name}@example.com ${UCC}`));
  });
});

test('the README’s server survives what comes: nothing, too much, another method, and Cello down', async () => {
  await serve(async (site, cello) => {
    expect((await fetch(`${site}/join`, { method: 'POST' })).status).toBe(400);
    expect((await fetch(`${site}/join`)).status).toBe(404);
    const flood = await fetch(`${site}/join`, { method: 'POST', body: 'x'.repeat(5_000_000) }).catch(() => null);
    expect(flood?.status ?? 400).toBe(400);
    cello.fault('unavailable', { times: Number.POSITIVE_INFINITY });
    cello.fault('unavailable', { times: Number.POSITIVE_INFINITY, path: '/token' });
    const answer = await join(site, { email: 'grace@example.com', ucc: UCC });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Welcome')]);
    expect(cello.events).toEqual([]);
  });
});
