import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { expect, test } from 'playwright/test';
import { startCelloApi } from '../../stand-ins/cello-api.mjs';
import { readSamples } from './samples.js';

const UCC = 'pNRB1aYqArN';
/** Inside the project, where the package finds itself by its name. */
const FOLDER = new URL('../../test-results/readme/', import.meta.url);

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

test('runs the README’s server as it is printed: an endpoint, and a sign-up that tells Cello', async () => {
  const cello = await startCelloApi({});
  const port = await findFreePort();
  const [sample = ''] = readSamples('README.md', 'js');
  await mkdir(FOLDER, { recursive: true });
  await writeFile(new URL('server.mjs', FOLDER), sample);
  // The sample names Cello's sandbox; here its stand-in answers for it.
  const redirect = `const real = fetch; globalThis.fetch = (url, init) => real(String(url).replace('https://api.sandbox.cello.so', '${cello.url}'), init);`;
  const server: ChildProcess = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(redirect)}`, new URL('server.mjs', FOLDER).pathname],
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
    const message = {
      v: 1,
      id: 'b1f7a0de-0000-4000-8000-000000000001',
      type: 'submission',
      ucc: UCC,
      source: 'address',
      at: new Date().toISOString(),
      page: '/signup',
      kind: 'signup',
      form: null,
      via: 'form',
      fields: { email: 'ada@example.com' },
    };
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', origin: site };
    const answer = await fetch(`${site}/api/cello`, { method: 'POST', headers, body: JSON.stringify(message) });
    expect([answer.status, await answer.json()]).toEqual([202, { status: 'recorded' }]);

    const signUp = (form: Record<string, string>) =>
      fetch(`${site}/join`, { method: 'POST', body: new URLSearchParams(form) });
    await signUp({ email: 'grace@example.com', name: 'Grace', ucc: UCC });
    await signUp({ email: 'ada@example.com', name: 'Ada' });
    await signUp({ email: 'nobody@example.com', name: 'Without a referral' });
    expect(cello.events.map(({ payload, context }) => [payload.ucc, context.newUser.email])).toEqual([
      [UCC, 'grace@example.com'],
      [UCC, 'ada@example.com'],
    ]);
  } finally {
    server.kill();
    await once(server, 'exit');
    await cello.close();
    await rm(FOLDER, { recursive: true });
  }
});
