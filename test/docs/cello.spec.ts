/** Runs every block of docs/server.md about telling Cello, as it is printed there. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'playwright/test';
import { findMistake } from '../../stand-ins/cello-api.mjs';
import { findRedis } from '../engines/machine.mjs';
import { type CelloApi, UCC, withCelloApi } from '../services/people.js';
import { hasServer, test } from '../services/postgres.js';
import { startRedis } from '../services/redis.js';
import { readSnippets, writeFiles } from './snippets.js';

const snippets = readSnippets('docs/server.md');
const MINE = [
  'events.js',
  'cello.js',
  'outbox.js',
  'keep.js',
  'parked.js',
  'transaction.js',
  'cron.js',
  'health.js',
  'cleanup.js',
  'outbox-postgres.js',
  'bullmq.js',
  'gateways.js',
  'purchase.js',
];

/**
 * Runs a script beside the page's blocks, in a process of its own. The address of Cello's sandbox leads to the stand-in
 * there. Gives back what it prints, as JSON.
 */
async function run(script: string, api: CelloApi, env: Record<string, string> = {}): Promise<unknown> {
  const folder = test.info().outputPath('site');
  const lead = `const real = fetch;
    globalThis.fetch = (url, init) => real(String(url).replace('https://api.sandbox.cello.so', '${api.url}'), init);`;
  const files = MINE.map((name) => [name, snippets.get(name) ?? ''] as const);
  writeFiles(folder, [...files, ['lead.mjs', lead], ['main.mjs', script]]);
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', './lead.mjs', 'main.mjs'], {
    cwd: folder,
    env: {
      ...process.env,
      CELLO_ACCESS_KEY_ID: api.accessKeyId,
      CELLO_SECRET_ACCESS_KEY: api.secretAccessKey,
      ...env,
    },
  });
  return JSON.parse(stdout || 'null');
}

const triggers = ({ events }: CelloApi) => events.map(({ context }) => context.event.trigger);

test('every block about telling Cello is in the page', () => {
  for (const name of MINE) expect(snippets.get(name), name).toBeTruthy();
});

test('events.js makes events that Cello takes', async () => {
  await withCelloApi(async (api) => {
    const events = await run(
      `import * as events from './events.js'; console.log(JSON.stringify(Object.values(events)))`,
      api,
    );
    expect(events).toHaveLength(4);
    for (const event of Array.isArray(events) ? events : []) expect(findMistake(event)).toBeNull();
  });
});

test('keep.js keeps a sign-up, and outbox.js sends it', async () => {
  await withCelloApi(async (api) => {
    await run(
      `import { keepSignup } from './keep.js'; import { outbox } from './outbox.js';
       await keepSignup('${UCC}', { id: 'user-1', email: 'ada@example.com' });
       await outbox.stop();`,
      api,
    );
    expect(triggers(api)).toEqual(['new-signup']);
  });
});

test('outbox.js ends on SIGTERM, and what it had in hand is not lost', async () => {
  await withCelloApi(async (api) => {
    api.fault('slow', { delayMs: 200 });
    await run(
      `import { keepSignup } from './keep.js'; import './outbox.js';
       await keepSignup('${UCC}', { id: 'user-1', email: 'ada@example.com' });
       setInterval(() => {}, 1000); // as a server would keep the process alive
       process.kill(process.pid, 'SIGTERM');`,
      api,
    );
    expect(triggers(api)).toEqual(['new-signup']);
  });
});

test('keep.js does not let a sign-up fail, whatever it is given and whatever the store does', async () => {
  await withCelloApi(async (api) => {
    const outcome = await run(
      `import { keepSignup } from './keep.js'; import { outbox } from './outbox.js';
       console.error = () => {};
       await keepSignup('${UCC}', { id: 'user-1', email: 42 });
       await keepSignup(undefined, undefined);
       await outbox.stop();
       console.log(JSON.stringify('alive'));`,
      api,
    );
    expect(outcome).toBe('alive');
    expect(api.events).toEqual([]);
  });
});

test('transaction.js writes the user and the event together, and cron.js, health.js and cleanup.js do what they say', async () => {
  await withCelloApi(async (api) => {
    const outcome = await run(
      `import { createUser } from './transaction.js'; import { outbox } from './outbox.js';
       import { GET } from './cron.js'; import { isHealthy } from './health.js'; import { eraseUser, pruneKeys } from './cleanup.js';
       await outbox.stop();
       const user = (id) => ({ id, email: id + '@example.com' });
       createUser(user('ada'), '${UCC}');
       const errors = [];
       for (const [someone, ucc] of [[user('ada'), '${UCC}'], [user('bob'), 'no code']])
         try { createUser(someone, ucc); } catch (error) { errors.push(error.name); }
       createUser(user('cy'), undefined);
       createUser(user('dan'), '${UCC}');
       const erased = await eraseUser({ id: 'dan', email: 'DAN@example.com' });
       const flushed = await (await GET()).json();
       console.log(JSON.stringify({ errors, erased, flushed, isHealthy: await isHealthy(), pruned: await pruneKeys() }));`,
      api,
    );
    expect(outcome).toEqual({
      errors: ['SqliteError', 'TypeError'],
      erased: 1,
      flushed: { sent: 1, waiting: 0, blocked: null },
      isHealthy: true,
      pruned: 0,
    });
    expect(api.events.map(({ payload }) => payload.newUserId)).toEqual(['ada']);
  });
});

test('parked.js mends what was refused, and gives up what cannot be mended', async () => {
  await withCelloApi(async (api) => {
    api.fault('refused', { times: 2, message: 'ucc is unknown' });
    const stats = await run(
      `import { keepSignup } from './keep.js'; import { outbox } from './outbox.js'; import { mend } from './parked.js';
       const parked = async () => { while ((await outbox.stats()).parked < 2) await new Promise(setImmediate); };
       await keepSignup('${UCC}', { id: 'user-1', email: 'ada@example.com' });
       await keepSignup('${UCC}', { id: 'user-2', email: 'bob@example.com' });
       await parked();
       await mend((event, reason) => event.payload.newUserId === 'user-1' && reason.includes('ucc is unknown') && event);
       await outbox.stop();
       console.log(JSON.stringify(await outbox.stats()));`,
      api,
    );
    expect(stats).toMatchObject({ sent: 1, discarded: 1, parked: 0 });
    expect(api.events[0]?.payload.newUserId).toBe('user-1');
  });
});

test('gateways.js puts the metadata on the customer, and purchase.js before the session', async () => {
  await withCelloApi(async (api) => {
    const calls = await run(
      `import { createChargebeeCustomer, createStripeCustomer } from './gateways.js'; import { checkOut } from './purchase.js';
       const calls = [];
       const note = (name, answer) => async (...args) => { calls.push([name, ...args]); return answer; };
       const customer = { id: 'cus_1', metadata: { plan: 'pro' } };
       const stripe = {
         customers: { create: note('create', customer), update: note('update', customer), retrieve: note('retrieve', customer) },
         checkout: { sessions: { create: note('session') } },
       };
       const user = { id: 'user-1', email: 'ada@example.com', organizationId: 'org-1' };
       await createStripeCustomer(stripe, { ucc: '${UCC}', user });
       await createChargebeeCustomer({ customer: { create: note('chargebee') } }, { ucc: '${UCC}', user });
       await checkOut(stripe, { user: { ...user, stripeId: 'cus_1' }, ucc: '${UCC}', session: { mode: 'subscription' } });
       console.log(JSON.stringify(calls));`,
      api,
    );
    const keys = { cello_ucc: UCC, new_user_id: 'user-1' };
    expect(calls).toEqual([
      ['create', { email: 'ada@example.com', metadata: keys }],
      ['chargebee', { email: 'ada@example.com', meta_data: { ...keys, new_user_organization_id: 'org-1' } }],
      ['retrieve', 'cus_1'],
      ['update', 'cus_1', { metadata: { plan: 'pro', ...keys } }],
      ['session', { mode: 'subscription', customer: 'cus_1' }],
    ]);
  });
});

if (hasServer)
  test('outbox-postgres.js sends over pg-boss', { tag: '@node22' }, async ({ postgres }) => {
    await withCelloApi(async (api) => {
      await run(
        `import { createReferralStore } from 'cello-companion/server';
         import { signup, demo } from './events.js'; import { boss, outbox, pool, store } from './outbox-postgres.js';
         const referrals = createReferralStore({ store });
         await referrals.save({ key: 'ada@example.com', ucc: '${UCC}', kind: 'demo' });
         if ((await referrals.find('ada@example.com'))?.ucc !== '${UCC}') throw new Error('not found');
         await outbox.add(demo, { key: 'booking-1' });
         await outbox.add(signup);
         await outbox.stop();
         await boss.stop({ graceful: false });
         await pool.end();`,
        api,
        { DATABASE_URL: await postgres.createUrl() },
      );
      expect(triggers(api).sort()).toEqual(['demo-call-attended', 'new-signup']);
    });
  });

const redisPath = findRedis();
if (redisPath)
  test('bullmq.js tries again what is retryable, and puts aside what is not', async () => {
    const redis = await startRedis(redisPath);
    const exchange = async (api: CelloApi): Promise<void> => {
      api.fault('server-error', { where: ({ payload }) => payload.newUserId === 'user-1' });
      api.fault('refused', { where: ({ payload }) => payload.newUserId === 'user-2', message: 'ucc is unknown' });
      const outcome = await run(
        `import { newSignup } from 'cello-companion/server'; import { add, queue, worker } from './bullmq.js';
         const signup = (id) => newSignup({ ucc: '${UCC}', user: { id, email: id + '@example.com' } });
         const ended = new Promise((resolve) => {
           let left = 2;
           const count = (job, error) => (!error?.message || error.name === 'UnrecoverableError') && --left === 0 && resolve();
           worker.on('completed', (job) => count(job)).on('failed', count);
         });
         await add('new-signup:user-1', signup('user-1'));
         await add('new-signup:user-1', signup('user-1'));
         await add('new-signup:user-2', signup('user-2'));
         await ended;
         const [failed] = await queue.getFailed();
         console.log(JSON.stringify({ reason: failed.failedReason, counts: await queue.getJobCounts('completed', 'failed') }));
         await worker.close();
         await queue.close();`,
        api,
        { REDIS_PORT: String(redis.port) },
      );
      expect(outcome).toEqual({
        reason: 'POST /events: Cello answered 400: ucc is unknown',
        counts: { completed: 1, failed: 1 },
      });
      expect(api.events.map(({ payload }) => payload.newUserId)).toEqual(['user-1']);
      expect(api.requests.filter(({ path }) => path === '/events')).toHaveLength(3);
    };
    await withCelloApi(exchange).finally(redis.stop);
  });
