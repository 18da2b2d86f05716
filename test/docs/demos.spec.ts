/** Runs what docs/demos.md prints. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CelloEvent, createAttribution, createBookingReceiver, memoryStore } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { BOOKING_TOOLS } from '../../dist/server/bookings/options.js';
import { createWebhook, SECRET } from '../services/tools.js';
import { listen } from '../services/wire.js';
import { readSnippets, writeFiles } from './snippets.js';

const text = readFileSync(new URL('../../docs/demos.md', import.meta.url), 'utf8');

const ATTRIBUTION = `import { createAttribution, memoryStore } from 'cello-companion/server';
export const attribution = createAttribution({ store: memoryStore(), send: async () => {} });`;

test('the receiver that it prints takes a booking, and refuses one that is not signed', async () => {
  const folder = test.info().outputPath('site');
  writeFiles(folder, new Map([...readSnippets('docs/demos.md'), ['attribution.js', ATTRIBUTION]]));
  process.env['CALCOM_WEBHOOK_SECRET'] = SECRET;
  const { receiveCalcom } = await import(pathToFileURL(join(folder, 'webhooks.js')).href);
  const webhook = createWebhook('calcom', { triggerEvent: 'BOOKING_CREATED', payload: { uid: 'bk-1' } });
  expect((await receiveCalcom(new Request(webhook.url, { method: 'POST', body: '{}' }))).status).toBe(401);
  expect(await (await receiveCalcom(webhook)).json()).toEqual({ status: 'recorded' });
});

test('the body of a relay that it prints becomes an event', async () => {
  const [, body = ''] = /^Content-Type: application\/json\n\n(\{.*\})$/m.exec(text) ?? [];
  const events: CelloEvent[] = [];
  const attribution = createAttribution({ store: memoryStore(), send: async (event) => void events.push(event) });
  const receive = createBookingReceiver({ tool: 'relay', secret: SECRET, attribution });
  expect((await receive(createWebhook('relay', body))).status).toBe(200);
  await attribution.flush();
  expect(events.map(({ payload }) => payload)).toMatchObject([{ ucc: 'pNRB1aYqArN', newUserId: 'relay:deal-7' }]);
});

test('its table has every tool', () => {
  for (const tool of BOOKING_TOOLS) expect(text).toContain(`\`${tool}\``);
});

test('the Fastify route that it prints hands over the bytes as they were signed', async () => {
  const folder = test.info().outputPath('fastify');
  writeFiles(folder, new Map([...readSnippets('docs/demos.md'), ['attribution.js', ATTRIBUTION]]));
  const free = await listen(() => {});
  await free.close();
  const env = { ...process.env, PORT: String(free.port), CALCOM_WEBHOOK_SECRET: SECRET };
  const child = spawn(process.execPath, ['fastify.js'], { cwd: folder, env, stdio: 'inherit' });
  try {
    const body = '{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"bk-1","title":"R\\u0026D"}}';
    const { headers } = createWebhook('calcom', body);
    const post = () =>
      fetch(`${free.origin}/webhooks/calcom`, { method: 'POST', headers, body }).then(
        ({ status }) => status,
        () => 'not listening yet',
      );
    await expect.poll(post, { timeout: 20_000 }).toBe(200);
  } finally {
    child.kill();
  }
});
