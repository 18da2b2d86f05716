/** What `npm start` starts, as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { test as base, expect } from 'playwright/test';
import { startServer } from '../../demo-page/server.mjs';

interface Started {
  readonly child: ChildProcess;
  /** The one line that it prints. */
  readonly address: string;
}

const test = base.extend<{ readonly start: (env: Record<string, string>) => Promise<Started> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted
  start: async ({}, use) => {
    const children: ChildProcess[] = [];
    await use(async (env) => {
      const child = spawn(process.execPath, ['demo-page/start.mjs'], { env: { ...process.env, ...env } });
      children.push(child);
      for await (const address of createInterface(child.stdout)) return { child, address };
      throw new Error(`It ended with ${child.exitCode} and printed nothing.`);
    });
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  },
});

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`prints its address, serves the site, and leaves nothing behind on ${signal}`, async ({ start }, testInfo) => {
    const folder = testInfo.outputPath('temporary');
    mkdirSync(folder, { recursive: true });
    const { child, address } = await start({ PORT: '0', TMPDIR: folder });
    expect(readdirSync(folder)).toHaveLength(1);
    expect(address).toMatch(/^http:\/\/localhost:\d+$/);
    const site = address.replace('localhost', '127.0.0.1');
    const page = await fetch(site);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<script async src="/cello-companion.js" data-endpoint="/api/cello"');
    const feed = await fetch(`${site}/inspector/walk`); // an open stream must not hold it back
    expect(feed.status).toBe(200);

    child.kill(signal);
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

test('takes a free port when its own is taken', async ({ start }) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { address } = await start({ PORT: String(port) });
  expect(address).toMatch(/^http:\/\/localhost:\d+$/);
  expect(address).not.toBe(`http://localhost:${port}`);
  other.close();
});

test('takes Cello’s own sandbox when it gets keys', async () => {
  const server = await startServer({ env: { CELLO_ACCESS_KEY_ID: 'an-id', CELLO_SECRET_ACCESS_KEY: 'a-secret' } });
  expect(server.celloApi).toBe(null);
  const page = await (await fetch(`http://127.0.0.1:${server.port}/`)).text();
  expect(page).toContain('src="https://assets.sandbox.cello.so/attribution/latest/cello-attribution.js"');
  await server.stop();
});

test('says which key is missing when it gets one of two', async () => {
  await expect(startServer({ env: { CELLO_ACCESS_KEY_ID: 'an-id' } })).rejects.toThrow(
    'CELLO_SECRET_ACCESS_KEY is missing',
  );
});

test('prints in docs/redirects.md what the demo runs', async () => {
  const dense = (text: string) => text.replace(/^\s+/gm, '');
  const [printed] = /async function returnByPost.*?\n\}/s.exec(readFileSync('docs/redirects.md', 'utf8')) ?? [];
  expect(dense(readFileSync('demo-page/site.mjs', 'utf8'))).toContain(dense(printed ?? 'no sample'));
});
