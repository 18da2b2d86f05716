import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createEndpoint,
  type EndpointOptions,
  type LogEntry,
  type Message,
  memoryStore,
  StoreBusyError,
  toNodeHandler,
} from 'cello-companion/server';
import { expect } from 'playwright/test';
import { createGate } from '../../services/gate.js';
import { capture, OWN, submission } from '../../services/messages.js';
import { createFolder, inEachStore, type OpenStore, test } from '../../services/stores.js';
import { listen, type Running, send } from '../../services/wire.js';

const DAY_MS = 86_400_000;
const closers: (() => unknown)[] = [];

test.afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startSite({ store }: OpenStore, options: Partial<EndpointOptions> = {}) {
  const received: Message[] = [];
  const log: LogEntry[] = [];
  const endpoint = createEndpoint({
    onReferral: (message) => {
      received.push(message);
    },
    store,
    log: (entry) => log.push(entry),
    ...options,
  });
  const site = await listen(toNodeHandler(endpoint));
  closers.push(site.close);
  return { ...site, received, log };
}

const post = (site: Running, message: Message, headers: Record<string, string> = {}) =>
  send(site.origin, { headers: { ...OWN, ...headers }, body: JSON.stringify(message) });

inEachStore('with', () => {
  test('a message counts once, however often it comes', async ({ kept }) => {
    const site = await startSite(kept);
    const message = submission();
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push((await post(site, message)).text);
    expect(answers).toEqual([
      '{"status":"recorded"}',
      '{"status":"duplicate"}',
      '{"status":"duplicate"}',
      '{"status":"duplicate"}',
    ]);
    expect(site.received).toEqual([message]);
  });

  test('of many copies at the same moment one counts, and the others are asked to come again', async ({ kept }) => {
    const gate = createGate();
    let runs = 0;
    const site = await startSite(kept, {
      onReferral: async () => {
        runs += 1;
        await gate.opened;
      },
    });
    const message = submission();
    const copies = Array.from({ length: 10 }, () => post(site, message));
    // Nine are answered while the one is in work: only then it may end.
    await expect.poll(() => site.log.length).toBe(9);
    gate.open();
    const answers = await Promise.all(copies);
    expect(runs).toBe(1);
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.map(({ json, headers }) => [json, headers['retry-after']])).toEqual(
      Array.from({ length: 9 }, () => [{ error: 'busy' }, '1']),
    );
    expect(answers.filter(({ status }) => status === 202).map(({ json }) => json)).toEqual([{ status: 'recorded' }]);
    expect((await post(site, message)).json).toEqual({ status: 'duplicate' });
  });

  test('the same id with other contents is refused, and logged', async ({ kept }) => {
    const site = await startSite(kept);
    const message = submission();
    await post(site, message);
    const answer = await post(site, { ...message, ucc: 'zzzzzzzzzzz' });
    expect([answer.status, answer.json]).toEqual([422, { error: 'id' }]);
    expect((await post(site, { ...message, fields: { email: 'eve@example.com' } })).status).toBe(422);
    expect(site.log.map(({ reason, id }) => [reason, id])).toEqual([
      ['recorded', message.id],
      ['id', message.id],
      ['id', message.id],
    ]);
    expect(site.received).toEqual([message]);
  });

  test('the same contents in another order of fields are the same message', async ({ kept }) => {
    const site = await startSite(kept);
    const message = submission({ fields: { email: 'ada@example.com', name: 'Ada' } });
    await post(site, message);
    const answer = await post(site, { ...message, fields: { name: 'Ada', email: 'ada@example.com' } });
    expect(answer.json).toEqual({ status: 'duplicate' });
  });

  test('a report that a later page repeats under its key is the same message', async ({ kept }) => {
    const site = await startSite(kept);
    const first = submission({ via: 'report', form: null });
    await post(site, first);
    const later = { at: '2026-11-25T08:00:00.000Z', page: '/welcome', source: 'memory' } as const;
    for (const change of [{ at: later.at }, { page: later.page }, { source: later.source }, later])
      expect((await post(site, { ...first, ...change })).json).toEqual({ status: 'duplicate' });
    expect(site.received).toEqual([first]);
  });

  test('a capture that comes again from another page is the same message', async ({ kept }) => {
    const site = await startSite(kept);
    const first = capture();
    await post(site, first);
    expect((await post(site, { ...first, page: '/pricing' })).json).toEqual({ status: 'duplicate' });
    expect((await post(site, { ...first, ucc: 'zzzzzzzzzzz' })).status).toBe(422);
  });

  for (const [what, change] of Object.entries({
    code: { ucc: 'zzzzzzzzzzz' },
    kind: { kind: 'demo' },
    form: { form: 'footer-form' },
    via: { via: 'form' },
    field: { fields: { email: 'eve@example.com' } },
    'further field': { fields: { email: 'ada@example.com', name: 'Ada' } },
  } as const))
    test(`another ${what} under the same id is another message, and is refused`, async ({ kept }) => {
      const site = await startSite(kept);
      const message = submission({ via: 'report' });
      await post(site, message);
      const answer = await post(site, { ...message, ...change });
      expect([answer.status, answer.json]).toEqual([422, { error: 'id' }]);
      expect(site.received).toEqual([message]);
    });

  test('an id that another origin or another type used is free', async ({ kept }) => {
    const listed = 'https://www.example.com';
    const site = await startSite(kept, { allowOrigins: [listed] });
    const message = submission();
    const headers = { 'sec-fetch-site': 'cross-site', origin: listed };
    expect((await post(site, message, headers)).json).toEqual({ status: 'recorded' });
    expect((await post(site, message)).json).toEqual({ status: 'recorded' });
    expect((await post(site, capture({ id: message.id }))).json).toEqual({ status: 'recorded' });
  });

  test('the first answer comes again: ignored stays ignored, forget stays', async ({ kept }) => {
    const site = await startSite(kept, {
      onReferral: ({ type }) => (type === 'capture' ? { status: 'ignored' } : { forget: true }),
    });
    const ignored = capture();
    const forgotten = submission();
    for (const message of [ignored, forgotten]) await post(site, message);
    expect((await post(site, ignored)).json).toEqual({ status: 'ignored' });
    expect((await post(site, forgotten)).json).toEqual({ status: 'duplicate', forget: true });
  });

  test('a callback that throws leaves the message free for the next try', async ({ kept }) => {
    let tries = 0;
    const site = await startSite(kept, {
      onReferral: () => {
        tries += 1;
        if (tries < 3) throw new Error('database is away');
      },
    });
    const message = submission();
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await post(site, message)).status);
    expect(statuses).toEqual([503, 503, 202, 202]);
    expect(tries).toBe(3);
  });

  test('a claim whose process died ends after 30 seconds', async ({ kept }) => {
    const gate = createGate();
    let runs = 0;
    const site = await startSite(kept, {
      onReferral: () => {
        runs += 1;
        return runs === 1 ? gate.opened.then(() => ({ status: 'ignored' as const })) : undefined;
      },
    });
    const message = submission();
    const first = post(site, message);
    await expect.poll(() => runs).toBe(1);
    kept.pass(29_000);
    expect((await post(site, message)).json).toEqual({ error: 'busy' });
    kept.pass(2_000);
    expect((await post(site, message)).json).toEqual({ status: 'recorded' });
    expect(runs).toBe(2);
    gate.open(); // the first one comes back after all: it has lost its claim, and changes nothing
    expect((await first).json).toEqual({ status: 'ignored' });
    expect((await post(site, message)).json).toEqual({ status: 'duplicate' });
    expect(runs).toBe(2);
  });

  test('other contents under the id of a message that was never finished are refused', async ({ kept }) => {
    let runs = 0;
    const site = await startSite(kept, {
      onReferral: () => {
        runs += 1;
        return new Promise<void>(() => {});
      },
    });
    const message = submission();
    void post(site, message).catch(() => {}); // has no answer until the server is closed
    await expect.poll(() => runs).toBe(1);
    expect((await post(site, message)).json).toEqual({ error: 'busy' });
    kept.pass(31_000);
    expect((await post(site, { ...message, ucc: 'zzzzzzzzzzz' })).status).toBe(422);
  });

  test('a late failure does not free what another one has recorded since', async ({ kept }) => {
    const gate = createGate();
    let runs = 0;
    const site = await startSite(kept, {
      onReferral: async () => {
        runs += 1;
        if (runs > 1) return;
        await gate.opened;
        throw new Error('too late');
      },
    });
    const message = submission();
    const first = post(site, message);
    await expect.poll(() => runs).toBe(1);
    kept.pass(31_000);
    expect((await post(site, message)).status).toBe(202);
    gate.open();
    expect((await first).status).toBe(503);
    expect((await post(site, message)).json).toEqual({ status: 'duplicate' });
    expect(runs).toBe(2);
  });

  test('an id is remembered for 14 days, longer than a browser keeps a message, and then forgotten', async ({
    kept,
  }) => {
    const site = await startSite(kept);
    const message = submission();
    await post(site, message);
    kept.pass(2 * DAY_MS);
    expect((await post(site, message)).json).toEqual({ status: 'duplicate' });
    kept.pass(11.9 * DAY_MS);
    expect((await post(site, message)).json).toEqual({ status: 'duplicate' });
    kept.pass(0.2 * DAY_MS);
    // What is older than the memory runs again: lost would be worse than twice.
    expect((await post(site, message)).json).toEqual({ status: 'recorded' });
    expect(site.received.length).toBe(2);
  });

  test('a clock that is set back a day leaves no message busy for a day', async ({ kept }) => {
    const { receipts } = kept.store;
    const receipt = { key: 'own submission 1', digest: 'a' };
    expect(await receipts.claim(receipt)).toMatchObject({ state: 'ours' });
    kept.pass(-DAY_MS);
    await receipts.claim(receipt); // still held, or free at once: one claim's time later it is free in any case
    kept.pass(31_000);
    expect(await receipts.claim(receipt)).toMatchObject({ state: 'ours' });
    expect(await receipts.claim(receipt)).toEqual({ state: 'busy' }); // the new lease holds
  });

  test('a store that fails asks the browser to come again, and the callback has not run', async ({ kept }) => {
    const broken: OpenStore = {
      ...kept,
      store: {
        ...kept.store,
        receipts: { ...kept.store.receipts, claim: async () => Promise.reject(new Error('disk full')) },
      },
    };
    const site = await startSite(broken);
    const answer = await post(site, submission());
    expect([answer.status, answer.json, answer.headers['retry-after']]).toEqual([503, { error: 'store' }, '5']);
    expect(site.received).toEqual([]);
  });

  test('a store that fails after the callback changes nothing for the visitor, and the log tells', async ({ kept }) => {
    const broken: OpenStore = {
      ...kept,
      store: {
        ...kept.store,
        receipts: { ...kept.store.receipts, settle: async () => Promise.reject(new Error('disk full')) },
      },
    };
    const site = await startSite(broken);
    expect((await post(site, submission())).json).toEqual({ status: 'recorded' });
    expect(site.log[0]?.error).toMatch(/^Error /);
  });
});

test('a flood of ids does not take a message out of work, with the memory store', async () => {
  const { receipts } = memoryStore();
  const inWork = { key: 'in work', digest: 'a' };
  const claim = await receipts.claim(inWork);
  for (let index = 0; index < 100_001; index++) {
    const flood = { key: `flood ${index}`, digest: 'a' };
    const { state, token = '' } = { token: undefined, ...(await receipts.claim(flood)) };
    if (state === 'ours') await receipts.settle(flood, token, { status: 'recorded' });
  }
  expect(await receipts.claim(inWork)).toEqual({ state: 'busy' });
  if (claim.state === 'ours') await receipts.settle(inWork, claim.token, { status: 'recorded' });
  expect(await receipts.claim(inWork)).toMatchObject({ state: 'done' });
});

test('more messages in work than memory holds are told to come again, and none is taken out', async () => {
  let nowMs = 0;
  const { receipts } = memoryStore({ clock: () => nowMs });
  for (let index = 0; index < 100_000; index++) await receipts.claim({ key: `held ${index}`, digest: 'a' });
  await expect(receipts.claim({ key: 'one more', digest: 'a' })).rejects.toThrow(StoreBusyError);
  expect(await receipts.claim({ key: 'held 0', digest: 'a' })).toEqual({ state: 'busy' });
  nowMs += 30_000; // their callbacks hang, or died
  expect(await receipts.claim({ key: 'one more', digest: 'a' })).toMatchObject({ state: 'ours' });
});

test.describe('over a restart, with SQLite', () => {
  // Each starts processes, which takes seconds on a machine that is busy with browsers.
  test.setTimeout(60_000);

  /** Starts the endpoint in a process of its own: see test/services/receipts-child.mjs. */
  async function startProcess(folder: string, settings: { hang?: boolean; aheadMs?: number } = {}) {
    const child = fork(new URL('../../services/receipts-child.mjs', import.meta.url), [
      JSON.stringify({ file: join(folder, 'cello.db'), runs: join(folder, 'runs.txt'), ...settings }),
    ]);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    closers.push(kill);
    const port = await new Promise<unknown>((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`The process ended before it listened: ${code}`)));
    });
    const origin = `http://127.0.0.1:${port}`;
    return { post: (message: Message) => send(origin, { headers: OWN, body: JSON.stringify(message) }), kill };
  }

  function createPlace() {
    const folder = createFolder();
    closers.push(folder.remove);
    const readRuns = () =>
      readFileSync(join(folder.path, 'runs.txt'), { encoding: 'utf8', flag: 'a+' }).split('\n').filter(Boolean);
    return { folder: folder.path, readRuns };
  }

  test('a message that was recorded is a duplicate', async () => {
    const { folder, readRuns } = createPlace();
    const message = submission();
    const first = await startProcess(folder);
    expect((await first.post(message)).json).toEqual({ status: 'recorded' });
    await first.kill();
    const second = await startProcess(folder);
    expect((await second.post(message)).json).toEqual({ status: 'duplicate' });
    expect((await second.post({ ...message, ucc: 'other' })).status).toBe(422);
    expect(readRuns()).toEqual([message.id]);
  });

  test('a message whose callback was killed runs again when its claim has ended: never zero times', async () => {
    const { folder, readRuns } = createPlace();
    const message = submission();
    const first = await startProcess(folder, { hang: true });
    const lost = first.post(message).catch(() => 'no answer');
    await expect.poll(readRuns, { timeout: 60_000 }).toEqual([message.id]);
    await first.kill();
    expect(await lost).toBe('no answer');
    const second = await startProcess(folder);
    expect((await second.post(message)).json).toEqual({ error: 'busy' });
    await second.kill();
    const third = await startProcess(folder, { aheadMs: 30_000 });
    expect((await third.post(message)).json).toEqual({ status: 'recorded' });
    expect((await third.post(message)).json).toEqual({ status: 'duplicate' });
    expect(readRuns()).toEqual([message.id, message.id]);
  });

  test('of copies sent to several processes one counts', async () => {
    const { folder, readRuns } = createPlace();
    const processes = await Promise.all([startProcess(folder), startProcess(folder), startProcess(folder)]);
    const messages = Array.from({ length: 20 }, () => submission());
    const answers = await Promise.all(messages.flatMap((message) => processes.map((one) => one.post(message))));
    expect(answers.filter(({ text }) => text === '{"status":"recorded"}').length).toBe(20);
    for (const { status, text } of answers)
      expect([status, text]).toEqual([expect.any(Number), expect.stringMatching(/recorded|duplicate|busy/)]);
    expect(readRuns().sort()).toEqual(messages.map(({ id }) => id).sort());
  });
});
