/** Runs every block of docs/server.md about receiving and reading, as it is printed there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { startCelloApi } from '../../stand-ins/cello-api.mjs';
import { capture, OWN, submission } from '../services/messages.js';
import { listen, send } from '../services/wire.js';
import { startWorker } from '../services/worker-runtime.js';
import { readSnippets, writeFiles } from './snippets.js';

// Each test starts a process, which takes seconds on a machine that is busy with browsers.
const PATIENCE_MS = 60_000;
test.setTimeout(PATIENCE_MS);

const snippets = readSnippets('docs/server.md');
const children: ChildProcess[] = [];
let folder: string;

test.beforeEach(() => {
  folder = test.info().outputPath('site');
  writeFiles(folder, snippets);
});

test.afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill()) await ended;
  }
});

/** Runs a file of the site in a process of its own. */
function run(file: string, args: readonly string[] = [], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

/** Runs a file that listens on `PORT`, and waits until it does. */
async function serve(file: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<string> {
  const free = await listen(() => {});
  await free.close();
  run(file, args, { ...env, PORT: String(free.port) });
  await expect
    .poll(
      () =>
        send(free.origin, { method: 'GET' }).then(
          () => 'listens',
          () => 'not yet',
        ),
      { timeout: PATIENCE_MS, intervals: [50] },
    )
    .toBe('listens');
  return free.origin;
}

/** Runs a file to its end and gives back what it printed. */
async function print(file: string): Promise<string> {
  const child = run(file);
  let text = '';
  for await (const chunk of child.stdout ?? []) text += chunk;
  return text;
}

const post = (origin: string, message: object) => send(origin, { headers: OWN, body: JSON.stringify(message) });

/** What each mount of the page must do. */
async function exercise(origin: string): Promise<void> {
  const message = submission();
  expect((await post(origin, message)).json).toEqual({ status: 'recorded' });
  expect((await post(origin, message)).json).toEqual({ status: 'duplicate' });
  const answer = await post(origin, capture());
  expect(answer.headers['set-cookie']?.[0]).toContain('cello-companion=ucc=pNRB1aYqArN');
  expect((await send(origin, { headers: { ...OWN, 'sec-fetch-site': 'cross-site' }, body: '{}' })).status).toBe(403);
  const sameOrigin = { 'sec-fetch-site': 'same-origin' };
  expect((await send(origin, { method: 'OPTIONS', headers: sameOrigin })).status).toBe(405);
}

for (const file of ['http.js', 'express.js', 'fastify.js', 'hono.js'])
  test(`${file} receives messages, and counts each once`, async () => {
    await exercise(await serve(file));
  });

test('route.js receives messages in Next.js, and counts each once', async () => {
  test.setTimeout(2 * PATIENCE_MS); // Next.js compiles the route at its first request
  writeFiles(join(folder, 'app/api/cello'), snippets);
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  await exercise(await serve(next, ['dev', '--turbopack'], { NEXT_TELEMETRY_DISABLED: '1' }));
});

test('worker.js receives messages in a worker runtime', async () => {
  writeFiles(folder, [
    [
      'worker-host.js',
      `import worker from './worker.js';
       const read = async (request, env) => new Response(await env.REFERRALS.get(new URL(request.url).pathname.slice(1)));
       export default { fetch: (request, env) => (request.method === 'GET' ? read : worker.fetch)(request, env) };`,
    ],
  ]);
  const runtime = await startWorker(join(folder, 'worker-host.js'), { kvNamespaces: ['REFERRALS'] });
  try {
    const { origin } = await runtime.ready;
    const message = submission();
    expect((await post(origin, message)).json).toEqual({ status: 'recorded' });
    expect((await send(origin, { method: 'GET', path: `/${message.id}` })).json).toEqual(message);
  } finally {
    await runtime.dispose();
  }
});

test('limit.js lets 60 messages a minute through, and says when to come again', async () => {
  const origin = await serve('http.js');
  for (let i = 0; i < 60; i++) expect((await post(origin, submission())).status).toBe(202);
  const answer = await post(origin, submission());
  expect([answer.status, answer.json]).toEqual([429, { error: 'rate' }]);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
});

test('log.js prints one line a request', async () => {
  writeFiles(folder, [
    [
      'use-log.js',
      `import { createEndpoint } from 'cello-companion/server';
       import { log } from './log.js';
       const endpoint = createEndpoint({ log, onReferral: () => {} });
       await endpoint(new Request('http://site.example/', { method: 'POST' }));`,
    ],
  ]);
  expect(await print('use-log.js')).toMatch(
    /^{"status":403,"reason":"origin","id":null,"type":null,"origin":null,"remedy":"The caller sent no Origin[^\n]+"}\n$/,
  );
});

test.describe('the sign-up and the demo', () => {
  let cello: Awaited<ReturnType<typeof startCelloApi>>;

  test.beforeEach(async () => {
    cello = await startCelloApi();
    const { accessKeyId, secretAccessKey, url: baseUrl } = cello;
    writeFiles(folder, [
      [
        'cello.js',
        `import { createCello } from 'cello-companion/server';
         export const cello = createCello(${JSON.stringify({ accessKeyId, secretAccessKey, baseUrl })});`,
      ],
      [
        'accounts.js',
        `export const createAccount = async (form) => ({ id: crypto.randomUUID(), email: form.get('email'), name: 'Ada' });`,
      ],
      [
        'signup-host.js',
        `import { createServer } from 'node:http';
         import { toNodeHandler } from 'cello-companion/server';
         import { endpoint } from './endpoint.js';
         import { signUp } from './signup.js';
         const hosts = { '/api/cello': toNodeHandler(endpoint), '/signup': toNodeHandler(signUp) };
         createServer((request, response) => (hosts[request.url] ?? toNodeHandler(() => new Response()))(request, response)).listen(process.env.PORT);`,
      ],
    ]);
  });

  test.afterEach(() => cello.close());

  const signUp = (origin: string, form: Record<string, string>, cookie = '') =>
    send(origin, {
      path: '/signup',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
      body: new URLSearchParams(form).toString(),
    });

  /** The events that Cello got, as soon as there are so many, in the order of their addresses. */
  async function readEvents(count: number) {
    await expect.poll(() => cello.events.length).toBe(count);
    const events = cello.events.map((event) => JSON.parse(JSON.stringify(event)));
    return events.sort((a, b) => (a.context.newUser.email < b.context.newUser.email ? -1 : 1));
  }

  test('signup.js tells Cello the code of the form, and makes the browser forget it', async () => {
    const origin = await serve('signup-host.js');
    const answer = await signUp(origin, { email: 'ada@example.com', ucc: 'fromTheForm' }, 'cello-referral=fromCookie');
    expect([answer.status, answer.headers['location']]).toEqual([303, '/welcome']);
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/^cello-companion=at=.*forgotten=/)]);
    expect(await readEvents(1)).toMatchObject([
      { payload: { ucc: 'fromTheForm' }, context: { newUser: { email: 'ada@example.com', name: 'Ada' } } },
    ]);
  });

  test('signup.js falls back on the cookie, then on the message, whether it comes before or after', async () => {
    const origin = await serve('signup-host.js');
    await signUp(origin, { email: 'ada@example.com', ucc: '' }, 'cello-referral=fromCookie');
    await post(origin, submission({ ucc: 'fromMessage', fields: { email: 'Bob@Example.com' } }));
    await signUp(origin, { email: 'bob@example.com' });
    await signUp(origin, { email: 'cleo@example.com' });
    await post(origin, submission({ ucc: 'fromLateMessage', fields: { email: 'cleo@example.com' } }));
    const events = await readEvents(3);
    expect(events.map(({ payload }) => payload.ucc)).toEqual(['fromCookie', 'fromMessage', 'fromLateMessage']);
  });

  test('signup.js goes on while Cello is down, and tells Cello nothing about a visitor without a code', async () => {
    const origin = await serve('signup-host.js');
    cello.fault('unavailable', { times: 1, path: '/token' });
    const answer = await signUp(origin, { email: 'eve@example.com' });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([303, undefined]);
    expect((await signUp(origin, { email: 'ada@example.com', ucc: 'fromTheForm' })).status).toBe(303);
    expect(await readEvents(1)).toMatchObject([{ context: { newUser: { email: 'ada@example.com' } } }]);
  });

  test('demo.js finds the code of a booking when it is attended, and erases a person', async () => {
    writeFiles(folder, [
      [
        'attend.js',
        `import { attribution } from './attribution.js';
         import { bookDemo, erasePerson, markAttended } from './demo.js';
         const person = { email: 'ada@example.com', name: 'Ada' };
         const request = (ucc) => new Request('https://site.example/demo?ucc=' + ucc);
         await bookDemo({ id: 'crm-1', ...person }, request('fromBooking'));
         await bookDemo({ id: 'crm-2', ...person }, request('erased'));
         const { state } = await markAttended({ id: 'crm-1' });
         await attribution.flush();
         const erased = await erasePerson('Ada@example.com');
         console.log(\`\${state} \${erased > 0} \${(await markAttended({ id: 'crm-2' })).state}\`);
         await attribution.stop();`,
      ],
    ]);
    expect(await print('attend.js')).toBe('queued true waiting\n');
    expect(await readEvents(1)).toMatchObject([
      { payload: { ucc: 'fromBooking', newUserId: 'crm-1' }, context: { newUser: { email: 'ada@example.com' } } },
    ]);
  });

  test('keep-code.js keeps a code for a sign-up in another browser', async () => {
    writeFiles(folder, [
      [
        'magic-link.js',
        `import { attribution } from './attribution.js';
         import { keepCode } from './keep-code.js';
         await keepCode('ada@example.com', 'kept');
         console.log((await attribution.signup({ user: { id: 7, email: 'Ada@example.com' } })).ucc);
         await attribution.stop();`,
      ],
    ]);
    expect(await print('magic-link.js')).toBe('kept\n');
  });

  test('docs/security.md: approve.js refuses a conflict, a made-up code and a self-referral', async () => {
    const codes = {
      own: { productUserId: 'user-1', campaignId: 'c' },
      twin: { productUserId: 'user-2', campaignId: 'c' },
    };
    const friend = { friend: { productUserId: 'user-3', campaignId: 'c' } };
    const {
      accessKeyId,
      secretAccessKey,
      url: baseUrl,
      close,
    } = await startCelloApi({
      referralCodes: { ...codes, ...friend },
    });
    writeFiles(folder, [
      ...readSnippets('docs/security.md'),
      [
        'accounts.js',
        `const accounts = { 'user-2': { email: 'ADA@example.com' }, 'user-3': { email: 'bob@example.com' } };
         export const findAccount = async (id) => accounts[id] ?? null;`,
      ],
      [
        'cello.js',
        `import { createCello } from 'cello-companion/server';
         export const cello = createCello(${JSON.stringify({ accessKeyId, secretAccessKey, baseUrl })});`,
      ],
      [
        'judge.js',
        `import { createAttribution, memoryStore } from 'cello-companion/server';
         import { approve } from './approve.js';
         const sign = async (ucc) => {
           const attribution = createAttribution({ store: memoryStore(), send: async () => null, approve });
           return (await attribution.signup({ user: { id: 'user-1', email: 'ada@example.com' }, ucc })).state;
         };
         console.log(await sign('own'), await sign('twin'), await sign('made-up'), await sign('friend'));
         console.log(String(await approve({ user: {}, ucc: 'friend', conflict: true })));`,
      ],
    ]);
    expect(await print('judge.js')).toBe('refused refused refused queued\nfalse\n');
    await close();
  });
});
