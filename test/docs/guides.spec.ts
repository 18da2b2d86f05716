/** Runs the code of each guide as it is printed there, with the real package. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'playwright/test';
import { startCelloApi } from '../../stand-ins/cello-api.mjs';
import { findBun } from '../services/bun.js';
import { httpEvent, restEvent } from '../services/gateway-events.js';
import { OWN, submission } from '../services/messages.js';
import { listen, send } from '../services/wire.js';
import { startWorker } from '../services/worker-runtime.js';
import { readSnippets, writeFiles } from './snippets.js';

const PATIENCE_MS = 60_000; // each test starts a process, which takes seconds on a busy machine
test.setTimeout(PATIENCE_MS);

/** Where the packages are that only guides need. */
const PACKAGES = fileURLToPath(new URL('../guides/node_modules', import.meta.url));

let cello: Awaited<ReturnType<typeof startCelloApi>>;
let folder: string;
const children: ChildProcess[] = [];

test.beforeEach(async () => {
  cello = await startCelloApi();
  const { accessKeyId, secretAccessKey, url: baseUrl } = cello;
  folder = test.info().outputPath('site');
  const attribution = readSnippets('docs/server.md').get('attribution.js') ?? '';
  writeFiles(folder, [
    ['attribution.js', attribution],
    [
      'cello.js',
      `import { createCello } from 'cello-companion/server';
       export const cello = createCello(${JSON.stringify({ accessKeyId, secretAccessKey, baseUrl })});`,
    ],
    [
      'accounts.js',
      'export const createAccount = async ({ email }) => ({ id: crypto.randomUUID(), email, name: "Ada" });',
    ],
  ]);
  symlinkSync(PACKAGES, join(folder, 'node_modules'), 'junction');
});

test.afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
  }
  await cello.close();
});

function run(file: string, env: Record<string, string> = {}, [runtime, ...args]: readonly string[] = []): ChildProcess {
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const child = spawn(runtime ?? process.execPath, [file, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio,
  });
  children.push(child);
  return child;
}

/** @param runtime - The program that runs the file, and what follows the file's name; by default this Node alone. */
async function serve(file: string, runtime: readonly string[] = []): Promise<string> {
  const free = await listen(() => {});
  await free.close();
  run(file, { PORT: String(free.port) }, runtime);
  const isUp = () =>
    send(free.origin, { method: 'GET' }).then(
      () => true,
      () => false,
    );
  await expect.poll(isUp, { timeout: test.info().timeout, intervals: [50] }).toBe(true);
  return free.origin;
}

/** The codes that Cello got, by the person's address. */
async function readCodes(count: number): Promise<Record<string, string>> {
  await expect.poll(() => cello.events.length, { timeout: PATIENCE_MS / 2 }).toBe(count);
  return Object.fromEntries(cello.events.map(({ context, payload }) => [context.newUser.email, payload.ucc]));
}

const asForm = (fields: Record<string, string>) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: String(new URLSearchParams(fields)),
});
const asJson = (fields: Record<string, string>) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(fields),
});

/** A sign-up of the site: its fields and its `Cookie` header. */
type SignUp = (fields: Record<string, string>, cookie?: string) => ReturnType<typeof send>;

/** What a server must do that receives messages at `/api/cello`: four people sign up, and three of them have a code. */
async function exercise(origin: string, signUp: SignUp): Promise<void> {
  const message = submission({ ucc: 'fromMessage', fields: { email: 'cleo@example.com' } });
  expect((await send(origin, { headers: OWN, body: JSON.stringify(message) })).status).toBe(202);
  const answer = await signUp({ email: 'ada@example.com', ucc: 'fromForm' }, 'cello-referral=fromCookie');
  expect([answer.status, answer.headers['location']]).toEqual([303, '/welcome']);
  expect((await signUp({ email: 'bob@example.com', ucc: '' }, 'cello-referral=fromCookie')).status).toBe(303);
  expect((await signUp({ email: 'cleo@example.com' })).status).toBe(303);
  expect((await signUp({ email: 'dora@example.com' })).status).toBe(303);
  expect(await readCodes(3)).toEqual({
    'ada@example.com': 'fromForm',
    'bob@example.com': 'fromCookie',
    'cleo@example.com': 'fromMessage',
  });
}

/** Signs up at `/signup`. */
const signUpAt =
  (origin: string, write: typeof asForm = asForm): SignUp =>
  (fields, cookie = '') => {
    const { headers, body } = write(fields);
    return send(origin, { path: '/signup', headers: { ...headers, cookie }, body });
  };

for (const [name, write] of [
  ['express', asForm],
  ['fastify', asJson],
  ['hono', asForm],
  ['koa', asForm],
  ['h3', asForm],
] as const)
  test(`the guide for ${name}: the code of the form, of the cookie, of the message, and a sign-up while Cello is down`, async () => {
    writeFiles(folder, readSnippets(`docs/guides/${name}.md`));
    cello.fault('unavailable', { path: '/token', times: 1 });
    const origin = await serve(`${name}.js`);
    await exercise(origin, signUpAt(origin, write));
  });

test('the guide for Bun: the code of the form, of the cookie, of the message, and a sign-up while Cello is down', async () => {
  test.setTimeout(3 * PATIENCE_MS); // Bun is fetched when it is first needed
  writeFiles(folder, readSnippets('docs/guides/bun.md'));
  cello.fault('unavailable', { path: '/token', times: 1 });
  const origin = await serve('bun.js', [findBun()]);
  await exercise(origin, signUpAt(origin));
});

test('the guide for Workers: the code of the form, of the cookie, of the message, and a sign-up while Cello is down', async () => {
  writeFiles(folder, readSnippets('docs/guides/workers.md'));
  const runtime = await startWorker(
    join(folder, 'worker.js'),
    {
      kvNamespaces: ['CLAIMS'],
      queueProducers: { EVENTS: 'events' },
      queueConsumers: { events: { maxBatchTimeout: 0, maxRetries: 100 } },
    },
    (script) => script.replaceAll('30 * 2 **', '0 * 2 **'), // the next try at once
  );
  try {
    const { origin } = await runtime.ready;
    cello.fault('unavailable', { path: '/token', times: 1 });
    await exercise(origin, signUpAt(origin));
  } finally {
    await runtime.dispose();
  }
});

/** Its compiler takes half a minute on a busy machine, so only `npm run prove` tries it. */
if (process.env['TEST_EVERYTHING'])
  test('the guide for Next.js: the code of the form, of the cookie, of the message, and a sign-up while Cello is down', async () => {
    test.setTimeout(5 * PATIENCE_MS); // it compiles each page at its first request
    rmSync(join(folder, 'node_modules'));
    const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
    const page = (body: string, imports = '') =>
      `${imports}\nexport default function Page({ children }) { return ${body}; }`;
    writeFiles(folder, [
      ...readSnippets('docs/guides/next.md'),
      ['app/layout.jsx', page('<html lang="en"><body>{children}</body></html>')],
      ['app/welcome/page.jsx', page('<p>Welcome</p>')],
      [
        'app/signup/page.jsx',
        page(
          '<form action={signUp}><input type="email" name="email" /></form>',
          "import { signUp } from './actions.js';",
        ),
      ],
    ]);
    cello.fault('unavailable', { path: '/token', times: 1 });
    const origin = await serve(next, [process.execPath, 'dev', '--turbopack']);
    const { text } = await send(origin, { method: 'GET', path: '/signup' });
    const [, action = ''] = /name="(\$ACTION_ID_\w+)"/.exec(text) ?? [];
    // What a browser sends of this form before React has hydrated it.
    await exercise(origin, (fields, cookie = '') => {
      const parts = Object.entries({ [action]: '', ...fields }).map(
        ([name, value]) => `--part\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      const headers = { 'content-type': 'multipart/form-data; boundary=part', cookie };
      return send(origin, { path: '/signup', headers, body: `${parts.join('')}--part--\r\n` });
    });
  });

/** Runs a file to its end, and gives what it printed as JSON. */
async function readOutput(file: string, env: Record<string, string> = {}): Promise<unknown> {
  let text = '';
  for await (const chunk of run(file, env).stdout ?? []) text += chunk;
  return JSON.parse(text);
}

test('the guide for Better Auth: the code of the call, of the cookie, of a message, and a sign-up while Cello is down', async () => {
  const message = submission({ ucc: 'fromMessage', fields: { email: 'cleo@example.com' } });
  writeFiles(folder, [
    ...readSnippets('docs/guides/better-auth.md'),
    [
      'database.js',
      `import { memoryAdapter } from 'better-auth/adapters/memory';
       export const database = memoryAdapter({ user: [], session: [], account: [], verification: [] });`,
    ],
    [
      'sign-up.js',
      `import { setTimeout } from 'node:timers/promises';
       import { attribution } from './attribution.js';
       import { auth } from './better-auth.js';
       const signUp = async (body, cookie = '') => {
         const url = 'http://localhost/api/auth/sign-up/email';
         const headers = { 'content-type': 'application/json', origin: 'http://localhost', cookie };
         const person = { name: 'Ada', password: 'correct horse', ...body };
         const answer = await auth.handler(new Request(url, { method: 'POST', headers, body: JSON.stringify(person) }));
         return answer.status;
       };
       await attribution.claim(${JSON.stringify(message)});
       const statuses = [
         await signUp({ email: 'ada@example.com', ucc: 'fromCall' }),
         await signUp({ email: 'bob@example.com' }, 'cello-referral=fromCookie'),
         await signUp({ email: 'cleo@example.com' }),
         await signUp({ email: 'dora@example.com' }),
         await signUp({ email: 'ada@example.com', ucc: 'again' }),
       ];
       while ((await attribution.stats()).sent < 3) await setTimeout(20);
       console.log(JSON.stringify(statuses));
       process.exit(0);`,
    ],
  ]);
  cello.fault('unavailable', { path: '/token', times: 1 });
  const env = { BETTER_AUTH_SECRET: 'a-secret-of-at-least-32-characters', BETTER_AUTH_URL: 'http://localhost' };
  expect(await readOutput('sign-up.js', env)).toEqual([200, 200, 200, 200, 422]);
  expect(await readCodes(3)).toEqual({
    'ada@example.com': 'fromCall',
    'bob@example.com': 'fromCookie',
    'cleo@example.com': 'fromMessage',
  });
});

test("the guide for Clerk: its webhook with the page's code, before a message, twice, and forged", async () => {
  const key = Buffer.from('a key of the stand-in for Clerk');
  const secret = `whsec_${key.toString('base64')}`;
  /** A webhook as https://clerk.com/docs/webhooks/overview describes it, signed as https://www.standardwebhooks.com says. */
  const webhook = (email: string, metadata: object, sign: (text: string) => string = (text) => text) => {
    const data = {
      id: `user_${email[0]}`,
      email_addresses: [{ id: 'idn_1', email_address: email }],
      primary_email_address_id: 'idn_1',
      first_name: 'Ada',
      last_name: null,
      unsafe_metadata: metadata,
    };
    const body = JSON.stringify({ object: 'event', type: 'user.created', data });
    const id = `msg_${email}`;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', key)
      .update(sign(`${id}.${timestamp}.${body}`))
      .digest('base64');
    const headers = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` };
    return { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
  };
  const webhooks = [
    webhook('ada@example.com', { ucc: 'fromPage' }),
    webhook('ada@example.com', { ucc: 'fromPage' }),
    webhook('bob@example.com', {}),
    webhook('eve@example.com', { ucc: 'forged' }, (text) => `${text} `),
  ];
  writeFiles(folder, [
    ...readSnippets('docs/guides/clerk.md'),
    [
      'receive.js',
      `import { attribution } from './attribution.js';
       import { receiveClerk } from './clerk.js';
       const statuses = [];
       for (const webhook of ${JSON.stringify(webhooks)})
         statuses.push((await receiveClerk(new Request('http://localhost/clerk', webhook))).status);
       await attribution.claim(${JSON.stringify(submission({ ucc: 'fromMessage', fields: { email: 'bob@example.com' } }))});
       await attribution.flush({ maxMs: 10_000 });
       console.log(JSON.stringify(statuses));
       process.exit(0);`,
    ],
  ]);
  expect(await readOutput('receive.js', { CLERK_WEBHOOK_SIGNING_SECRET: secret })).toEqual([204, 204, 204, 400]);
  expect(await readCodes(2)).toEqual({ 'ada@example.com': 'fromPage', 'bob@example.com': 'fromMessage' });
});

/** Waits until Cello has so many events, says this, and ends. Goes to the foot of a script. */
const endAfter = (count: number, said: string) => `
  const { setTimeout: sleep } = await import('node:timers/promises');
  while ((await attribution.stats()).sent < ${count}) await sleep(20);
  console.log(JSON.stringify(${said}));
  process.exit(0);`;

test('the guide for Auth.js: the cookie at the callback of a magic link, a message, and nobody twice', async () => {
  const message = submission({ ucc: 'fromMessage', fields: { email: 'cleo@example.com' } });
  writeFiles(folder, [
    ...readSnippets('docs/guides/auth-js.md'),
    [
      'auth-config.js',
      `const users = [];
       const tokens = new Map();
       export const mails = [];
       export const adapter = {
         createUser: async (user) => (users.push(user), user),
         updateUser: async (user) => user,
         getUserByEmail: async (email) => users.find((user) => user.email === email) ?? null,
         getUserByAccount: async () => null,
         linkAccount: async () => {},
         createSession: async (session) => session,
         createVerificationToken: async (token) => (tokens.set(token.token, token), token),
         useVerificationToken: async ({ token }) => tokens.get(token) ?? null,
       };
       export const providers = [{ id: 'email', type: 'email', name: 'E-mail', from: 'a@example.com', maxAge: 600, options: {},
         sendVerificationRequest: async ({ url }) => void mails.push(url) }];`,
    ],
    [
      'sign-up.js',
      `import { mails } from './auth-config.js';
       import { attribution } from './attribution.js';
       import { handle } from './auth-js.js';
       const signUp = async (email, cookie) => {
         const first = await handle(new Request('http://localhost/auth/csrf'));
         const { csrfToken } = await first.json();
         const headers = { cookie: first.headers.getSetCookie().map((one) => one.split(';')[0]).join('; '),
           'content-type': 'application/x-www-form-urlencoded' };
         const body = new URLSearchParams({ csrfToken, email });
         await handle(new Request('http://localhost/auth/signin/email', { method: 'POST', headers, body }));
         const answer = await handle(new Request(mails.pop(), { headers: { cookie } }));
         return [answer.status, new URL(answer.headers.get('location'), 'http://localhost').pathname];
       };
       await attribution.claim(${JSON.stringify(message)});
       const answers = [
         await signUp('bob@example.com', 'cello-referral=fromCookie'),
         await signUp('cleo@example.com', ''),
         await signUp('bob@example.com', 'cello-referral=again'),
       ];
       ${endAfter(2, 'answers')}`,
    ],
  ]);
  const isIn = [302, '/'];
  expect(await readOutput('sign-up.js', { AUTH_SECRET: 'a-secret-of-the-test' })).toEqual([isIn, isIn, isIn]);
  expect(await readCodes(2)).toEqual({ 'bob@example.com': 'fromCookie', 'cleo@example.com': 'fromMessage' });
});

test('the guide for Supabase: the metadata of the call, the cookie at the callback, and no log-in', async () => {
  const minutesAgo = (count: number) => new Date(Date.now() - count * 60_000).toISOString();
  /** What a stand-in for Supabase's server answers for each code: https://supabase.com/docs/reference/self-hosting-auth */
  const users = {
    ada: { id: 'a', email: 'ada@example.com', user_metadata: { ucc: 'fromCall' }, created_at: minutesAgo(0) },
    bob: { id: 'b', email: 'bob@example.com', user_metadata: {}, created_at: minutesAgo(0) },
    old: { id: 'o', email: 'old@example.com', user_metadata: {}, created_at: minutesAgo(60) },
  };
  writeFiles(folder, [
    ...readSnippets('docs/guides/supabase.md'),
    [
      'come-back.js',
      `import { GoTrueClient } from '@supabase/auth-js';
       import { attribution } from './attribution.js';
       import { callback } from './supabase.js';
       const users = ${JSON.stringify(users)};
       const fetch = async (_url, { body }) => {
         const user = users[JSON.parse(body).auth_code];
         if (!user) return Response.json({ code: 'bad_code_verifier', message: 'no' }, { status: 400 });
         return Response.json({ access_token: 'a.b.c', refresh_token: 'r', token_type: 'bearer', expires_in: 3600, user });
       };
       const comeBack = async (code, cookie = '') => {
         const storage = { getItem: async (key) => (key.endsWith('verifier') ? '"verifier"' : null), setItem() {}, removeItem() {} };
         const auth = new GoTrueClient({ url: 'http://stand-in', fetch, storage, flowType: 'pkce', autoRefreshToken: false });
         const url = 'http://localhost/auth/callback?code=' + code;
         const answer = await callback(new Request(url, { headers: { cookie } }), auth);
         return new URL(answer.headers.get('location')).pathname;
       };
       const pages = [
         await comeBack('ada'),
         await comeBack('bob', 'cello-referral=fromCookie'),
         await comeBack('old', 'cello-referral=fromCookie'),
         await comeBack('ada', 'cello-referral=again'),
         await comeBack('none'),
       ];
       ${endAfter(2, 'pages')}`,
    ],
  ]);
  const [isIn, isOut] = ['/welcome', '/login'];
  expect(await readOutput('come-back.js')).toEqual([isIn, isIn, isIn, isIn, isOut]);
  expect(await readCodes(2)).toEqual({ 'ada@example.com': 'fromCall', 'bob@example.com': 'fromCookie' });
});

test('the guide for WorkOS: the code of the state, of the cookie, and no log-in', async () => {
  writeFiles(folder, [
    ...readSnippets('docs/guides/workos.md'),
    [
      'stand-in.js', // before WorkOS's package, which takes `fetch` when it is loaded
      `const names = { ada: 0, bob: 0, old: 60 };
       // A stand-in for WorkOS's server: https://workos.com/docs/reference/authkit/authentication/code
       globalThis.fetch = new Proxy(fetch, { apply: async (real, self, [input, init]) => {
         const url = new URL(input instanceof Request ? input.url : input);
         if (url.hostname !== 'api.workos.com') return Reflect.apply(real, self, [input, init]);
         const name = JSON.parse(init.body).code;
         const at = new Date(Date.now() - names[name] * 60_000).toISOString();
         const user = { object: 'user', id: 'user_' + name, email: name + '@example.com', created_at: at, updated_at: at };
         return Response.json({ user, access_token: 'a', refresh_token: 'r' });
       } });`,
    ],
    [
      'come-back.js',
      `import './stand-in.js';
       import { attribution } from './attribution.js';
       import { callback, login } from './workos.js';
       const started = login(new Request('http://localhost/login', { headers: { cookie: 'cello-referral=fromState' } }));
       const state = new URL(started.headers.get('location')).searchParams.get('state');
       const comeBack = async (code, given, cookie = '') => {
         const query = new URLSearchParams({ code, state: given });
         const answer = await callback(new Request('http://localhost/callback?' + query, { headers: { cookie } }));
         return new URL(answer.headers.get('location')).pathname;
       };
       const pages = [
         await comeBack('ada', state),
         await comeBack('bob', 'of somebody else', 'cello-referral=fromCookie'),
         await comeBack('old', state),
       ];
       ${endAfter(2, 'pages')}`,
    ],
  ]);
  const env = {
    WORKOS_API_KEY: 'sk_test',
    WORKOS_CLIENT_ID: 'client_1',
    WORKOS_REDIRECT_URI: 'http://localhost/callback',
  };
  expect(await readOutput('come-back.js', env)).toEqual(['/welcome', '/welcome', '/welcome']);
  expect(await readCodes(2)).toEqual({ 'ada@example.com': 'fromState', 'bob@example.com': 'fromCookie' });
});

test('the guide for AWS Lambda: both payloads, and nothing in hand when the function freezes', async () => {
  const json = { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' };
  const message = submission({ ucc: 'fromMessage', fields: { email: 'cleo@example.com' } });
  const events = [
    httpEvent({ cookies: ['a=1', 'cello-referral=fromCookie'], body: '{"email":"bob@example.com"}' }),
    restEvent({ body: '{"email":"ada@example.com","ucc":"fromForm"}', cookies: ['cello-referral=fromCookie'] }),
    httpEvent({ body: '{"email":"cleo@example.com"}' }),
  ];
  writeFiles(folder, [
    ...readSnippets('docs/guides/lambda.md'),
    [
      'invoke.js',
      `import { messages, signup } from './lambda.js';
       const told = await messages(${JSON.stringify(restEvent({ headers: json, body: JSON.stringify(message) }))});
       const answers = [];
       for (const event of ${JSON.stringify(events)}) answers.push((await signup(event)).statusCode);
       console.log(JSON.stringify([told.statusCode, ...answers]));
       process.exit(0);`,
    ],
  ]);
  expect(await readOutput('invoke.js')).toEqual([202, 303, 303, 303]);
  expect(await readCodes(3)).toEqual({
    'ada@example.com': 'fromForm',
    'bob@example.com': 'fromCookie',
    'cleo@example.com': 'fromMessage',
  });
});

test('the guide for another browser: the code goes with the link, or comes by the message', async () => {
  writeFiles(folder, [
    ...readSnippets('docs/guides/another-browser.md'),
    [
      'open-link.js',
      `import { attribution } from './attribution.js';
       import { confirm, requestLink } from './another-browser.js';
       const form = new FormData();
       form.append('email', 'ada@example.com');
       form.append('ucc', 'fromLink');
       let link;
       await requestLink(form, async (email, metadata) => { link = { email, metadata }; });
       const { ucc } = await confirm({ id: 7, email: link.email }, link.metadata);
       await attribution.flush({ maxMs: 5000 });
       console.log(JSON.stringify(ucc));
       process.exit(0);`,
    ],
  ]);
  expect(await readOutput('open-link.js')).toBe('fromLink');
  expect(await readCodes(1)).toEqual({ 'ada@example.com': 'fromLink' });
});
