/** Runs the code of each guide as it is printed there, with the real package. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'playwright/test';
import { startCelloApi } from '../../stand-ins/cello-api.mjs';
import { findNode } from '../engines/nodes.mjs';
import { asForm, asJson, exercise, readCodes, signUpAt } from '../guides/sign-ups.js';
import { findBun } from '../services/bun.js';
import { httpEvent, restEvent } from '../services/gateway-events.js';
import { submission } from '../services/messages.js';
import { listen, send } from '../services/wire.js';
import { startWorker } from '../services/worker-runtime.js';
import { readSnippets, writeFiles } from './snippets.js';

const PATIENCE_MS = 180_000; // each test starts a process, which takes seconds on a busy machine
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
    await exercise(cello, origin, signUpAt(origin, write));
  });

test('the guide for Bun: the code of the form, of the cookie, of the message, and a sign-up while Cello is down', async () => {
  test.setTimeout(2 * PATIENCE_MS); // Bun is fetched when it is first needed
  writeFiles(folder, readSnippets('docs/guides/bun.md'));
  cello.fault('unavailable', { path: '/token', times: 1 });
  const origin = await serve('bun.js', [findBun()]);
  await exercise(cello, origin, signUpAt(origin));
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
    await exercise(cello, origin, signUpAt(origin));
  } finally {
    await runtime.dispose();
  }
});

/** Its compiler takes half a minute on a busy machine, so only `npm run prove` tries it. */
if (process.env['TEST_EVERYTHING'])
  test('the guide for Next.js: the code of the form, of the cookie, of the message, and a sign-up while Cello is down', async () => {
    test.setTimeout(2 * PATIENCE_MS); // it compiles each page at its first request
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
    await exercise(cello, origin, (fields, cookie = '') => {
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
  // Two of the providers' packages ask for a newer Node than we do.
  for await (const chunk of run(file, env, [findNode(22) ?? process.execPath]).stdout ?? []) text += chunk;
  return JSON.parse(text);
}

/** Waits until Cello has so many events, says this, and ends. Goes to the foot of a script. */
const endAfter = (count: number, said: string) => `
  const { setTimeout: sleep } = await import('node:timers/promises');
  while ((await attribution.stats()).sent < ${count}) await sleep(20);
  console.log(JSON.stringify(${said}));
  process.exit(0);`;

/** A provider of the tests, `provider.example`, as Better Auth and Auth.js ask it: RFC 6749, section 4.1. It knows one person. */
const PROVIDER = `
  const AT_PROVIDER = {
    '/token': { access_token: 'a', token_type: 'Bearer', expires_in: 3600 },
    '/userinfo': { sub: 'p1', id: 'p1', email: 'olga@example.com', email_verified: true, name: 'Olga' },
  };
  globalThis.fetch = new Proxy(fetch, { apply: async (real, self, [input, init]) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return url.hostname === 'provider.example' ? Response.json(AT_PROVIDER[url.pathname]) : Reflect.apply(real, self, [input, init]);
  } });
  const cookiesOf = (answer) => answer.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');`;

test('the guide for Better Auth: by password, by a magic link here and in another browser, over an OAuth redirect, and a sign-up while Cello is down', async () => {
  const message = (ucc: string, email: string) => JSON.stringify(submission({ ucc, fields: { email } }));
  writeFiles(folder, [
    ...readSnippets('docs/guides/better-auth.md'),
    [
      'auth-config.js',
      `import { memoryAdapter } from 'better-auth/adapters/memory';
       import { genericOAuth } from 'better-auth/plugins/generic-oauth';
       import { magicLink } from 'better-auth/plugins/magic-link';
       export const links = [];
       export const database = memoryAdapter({ user: [], session: [], account: [], verification: [] });
       const provider = { providerId: 'provider', clientId: 'c', clientSecret: 's', authorizationUrl: 'https://provider.example/authorize',
         tokenUrl: 'https://provider.example/token', userInfoUrl: 'https://provider.example/userinfo' };
       export const plugins = [magicLink({ sendMagicLink: async ({ url }) => void links.push(url) }), genericOAuth({ config: [provider] })];`,
    ],
    [
      'sign-up.js',
      `import { attribution } from './attribution.js';
       import { links } from './auth-config.js';
       import { auth } from './better-auth.js';
       ${PROVIDER}
       const post = (path, body, cookie = '') => {
         const headers = { 'content-type': 'application/json', origin: 'http://localhost', cookie };
         return auth.handler(new Request('http://localhost/api/auth' + path, { method: 'POST', headers, body: JSON.stringify(body) }));
       };
       const open = (url, cookie) => auth.handler(new Request(url, { headers: { cookie } }));
       const signUp = async (body, cookie) =>
         (await post('/sign-up/email', { name: 'Ada', password: 'correct horse', ...body }, cookie)).status;
       const byLink = async (email, cookie) => {
         await post('/sign-in/magic-link', { email, name: 'Ada', callbackURL: '/welcome' });
         return (await open(links.pop(), cookie)).status;
       };
       const byProvider = async (cookie) => {
         const started = await post('/sign-in/social', { provider: 'provider', callbackURL: '/welcome' }, cookie);
         const { url } = await started.json();
         const query = new URL(url).searchParams;
         const back = query.get('redirect_uri') + '?' + new URLSearchParams({ code: 'x', state: query.get('state') });
         return (await open(back, cookiesOf(started) + '; ' + cookie)).headers.get('location');
       };
       await attribution.claim(${message('fromMessage', 'cleo@example.com')});
       await attribution.claim(${message('fromOtherBrowser', 'fred@example.com')});
       const answers = [
         await signUp({ email: 'ada@example.com', ucc: 'fromCall' }),
         await signUp({ email: 'bob@example.com' }, 'cello-referral=fromCookie'),
         await signUp({ email: 'cleo@example.com' }),
         await signUp({ email: 'dora@example.com' }),
         await signUp({ email: 'ada@example.com', ucc: 'again' }),
         await byLink('emil@example.com', 'cello-referral=withTheLink'),
         await byLink('fred@example.com', ''),
         await byProvider('cello-referral=overRedirect'),
       ];
       ${endAfter(6, 'answers')}`,
    ],
  ]);
  cello.fault('unavailable', { path: '/token', times: 1 });
  const env = { BETTER_AUTH_SECRET: 'a-secret-of-at-least-32-characters', BETTER_AUTH_URL: 'http://localhost' };
  expect(await readOutput('sign-up.js', env)).toEqual([200, 200, 200, 200, 422, 302, 302, '/welcome']);
  expect(await readCodes(cello, 6)).toEqual({
    'ada@example.com': 'fromCall',
    'bob@example.com': 'fromCookie',
    'cleo@example.com': 'fromMessage',
    'emil@example.com': 'withTheLink',
    'fred@example.com': 'fromOtherBrowser',
    'olga@example.com': 'overRedirect',
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
  expect(await readCodes(cello, 2)).toEqual({ 'ada@example.com': 'fromPage', 'bob@example.com': 'fromMessage' });
});

test('the guide for Auth.js: the cookie at the callback of a magic link and of an OAuth redirect, a message, and nobody twice', async () => {
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
         sendVerificationRequest: async ({ url }) => void mails.push(url) },
         { id: 'provider', type: 'oauth', name: 'Provider', clientId: 'c', clientSecret: 's',
           authorization: 'https://provider.example/authorize', token: 'https://provider.example/token',
           userinfo: 'https://provider.example/userinfo', profile: ({ id, email, name }) => ({ id, email, name }) }];`,
    ],
    [
      'sign-up.js',
      `import { mails } from './auth-config.js';
       import { attribution } from './attribution.js';
       import { handle } from './auth-js.js';
       ${PROVIDER}
       const signIn = async (provider, fields) => {
         const first = await handle(new Request('http://localhost/auth/csrf'));
         const { csrfToken } = await first.json();
         const headers = { cookie: cookiesOf(first), 'content-type': 'application/x-www-form-urlencoded' };
         const body = new URLSearchParams({ csrfToken, ...fields });
         return handle(new Request('http://localhost/auth/signin/' + provider, { method: 'POST', headers, body }));
       };
       const open = async (url, cookie) => {
         const answer = await handle(new Request(url, { headers: { cookie } }));
         return [answer.status, new URL(answer.headers.get('location'), 'http://localhost').pathname];
       };
       const signUp = async (email, cookie) => {
         await signIn('email', { email });
         return open(mails.pop(), cookie);
       };
       const byProvider = async (cookie) => {
         const started = await signIn('provider', {});
         const query = new URL(started.headers.get('location')).searchParams;
         const back = query.get('redirect_uri') + '?' + new URLSearchParams({ code: 'x', state: query.get('state') ?? '' });
         return open(back, cookiesOf(started) + '; ' + cookie);
       };
       await attribution.claim(${JSON.stringify(message)});
       const answers = [
         await signUp('bob@example.com', 'cello-referral=fromCookie'),
         await signUp('cleo@example.com', ''),
         await signUp('bob@example.com', 'cello-referral=again'),
         await byProvider('cello-referral=overRedirect'),
       ];
       ${endAfter(3, 'answers')}`,
    ],
  ]);
  const isIn = [302, '/'];
  expect(await readOutput('sign-up.js', { AUTH_SECRET: 'a-secret-of-the-test' })).toEqual([isIn, isIn, isIn, isIn]);
  expect(await readCodes(cello, 3)).toEqual({
    'bob@example.com': 'fromCookie',
    'cleo@example.com': 'fromMessage',
    'olga@example.com': 'overRedirect',
  });
});

test('the guide for Supabase: the metadata of the call, the cookie at the callback, a link in another browser, and no log-in', async () => {
  const minutesAgo = (count: number) => new Date(Date.now() - count * 60_000).toISOString();
  /** What a stand-in for Supabase's server answers for each code: https://supabase.com/docs/reference/self-hosting-auth */
  const users = {
    ada: { id: 'a', email: 'ada@example.com', user_metadata: { ucc: 'fromCall' }, created_at: minutesAgo(0) },
    bob: { id: 'b', email: 'bob@example.com', user_metadata: {}, created_at: minutesAgo(0) },
    old: {
      id: 'o',
      email: 'old@example.com',
      user_metadata: {},
      created_at: minutesAgo(60),
      confirmed_at: minutesAgo(60),
    },
    cleo: {
      id: 'c',
      email: 'cleo@example.com',
      user_metadata: { ucc: 'fromLink' },
      created_at: minutesAgo(60),
      confirmed_at: minutesAgo(0),
    },
  };
  writeFiles(folder, [
    ...readSnippets('docs/guides/supabase.md'),
    [
      'come-back.js',
      `import { GoTrueClient } from '@supabase/auth-js';
       import { attribution } from './attribution.js';
       import { callback, confirm } from './supabase.js';
       const users = ${JSON.stringify(users)};
       const fetch = async (_url, { body }) => {
         const asked = JSON.parse(body);
         const user = users[asked.auth_code ?? asked.token_hash];
         if (!user) return Response.json({ code: 'bad_code_verifier', message: 'no' }, { status: 400 });
         return Response.json({ access_token: 'a.b.c', refresh_token: 'r', token_type: 'bearer', expires_in: 3600, user });
       };
       const open = async (route, query, cookie, isSameBrowser) => {
         const getItem = async (key) => (isSameBrowser && key.endsWith('verifier') ? '"verifier"' : null);
         const storage = { getItem, setItem() {}, removeItem() {} };
         const auth = new GoTrueClient({ url: 'http://stand-in', fetch, storage, flowType: 'pkce', autoRefreshToken: false });
         const answer = await route(new Request('http://localhost/auth?' + query, { headers: { cookie } }), auth);
         return new URL(answer.headers.get('location')).pathname;
       };
       const comeBack = (code, cookie = '') => open(callback, 'code=' + code, cookie, true);
       const pages = [
         await open(callback, 'code=cleo', '', false),
         await open(confirm, 'token_hash=cleo&type=email', '', false),
         await comeBack('ada'),
         await comeBack('bob', 'cello-referral=fromCookie'),
         await comeBack('old', 'cello-referral=fromCookie'),
         await comeBack('ada', 'cello-referral=again'),
         await comeBack('none'),
       ];
       ${endAfter(3, 'pages')}`,
    ],
  ]);
  const [isIn, isOut] = ['/welcome', '/login'];
  expect(await readOutput('come-back.js')).toEqual([isOut, isIn, isIn, isIn, isIn, isIn, isOut]);
  expect(await readCodes(cello, 3)).toEqual({
    'ada@example.com': 'fromCall',
    'bob@example.com': 'fromCookie',
    'cleo@example.com': 'fromLink',
  });
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
  expect(await readCodes(cello, 2)).toEqual({ 'ada@example.com': 'fromState', 'bob@example.com': 'fromCookie' });
});

/** A tenant of the tests, as https://auth0.com/docs/api/authentication/login/authorize-application describes one. */
const TENANT = `
  import { generateKeyPairSync, sign } from 'node:crypto';
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ISSUER = 'https://tenant.example';
  const AT_TENANT = {
    '/.well-known/openid-configuration': { issuer: ISSUER + '/', authorization_endpoint: ISSUER + '/authorize',
      token_endpoint: ISSUER + '/oauth/token', jwks_uri: ISSUER + '/jwks', response_types_supported: ['id_token'],
      response_modes_supported: ['form_post'], id_token_signing_alg_values_supported: ['RS256'] },
    '/jwks': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', use: 'sig', alg: 'RS256' }] },
  };
  globalThis.fetch = new Proxy(fetch, { apply: async (real, self, [input, init]) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return url.origin === ISSUER ? Response.json(AT_TENANT[url.pathname]) : Reflect.apply(real, self, [input, init]);
  } });
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  export function signToken(claims) {
    const now = Math.floor(Date.now() / 1000);
    const body = encode({ alg: 'RS256', kid: '1', typ: 'JWT' }) + '.' + encode({ iss: ISSUER + '/', aud: 'client', iat: now, exp: now + 60, ...claims });
    return body + '.' + sign('sha256', Buffer.from(body), privateKey).toString('base64url');
  }`;

test('the guide for Auth0: the code of the state, where the tenant’s POST brings no cookie, and no log-in', async () => {
  writeFiles(folder, [
    ...readSnippets('docs/guides/auth0.md'),
    ['tenant.js', TENANT],
    [
      'accounts.js',
      `const known = new Set(['old']);
       export const createAccountOnce = async ({ id }) => !known.has(id) && Boolean(known.add(id));`,
    ],
    [
      'sign-up.js',
      `import { once } from 'node:events';
       import { createServer } from 'node:http';
       import { signToken } from './tenant.js';
       const { default: express } = await import('express');
       const app = express();
       const server = createServer(app).listen(0, '127.0.0.1');
       await once(server, 'listening');
       const origin = process.env.BASE_URL = 'http://127.0.0.1:' + server.address().port;
       const { login } = await import('./auth0.js');
       const { attribution } = await import('./attribution.js');
       app.use(login);
       const ask = (path, options) => fetch(origin + path, { redirect: 'manual', ...options });
       const logIn = async (sub, cookie) => {
         const started = await ask('/login', { headers: { cookie } });
         const query = new URL(started.headers.get('location')).searchParams;
         const id_token = signToken({ sub, email: sub + '@example.com', name: 'Ada', nonce: query.get('nonce') });
         const body = new URLSearchParams({ id_token, state: query.get('state') });
         const own = started.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
         const answer = await ask('/callback', { method: 'POST', headers: { cookie: own }, body });
         return [query.get('response_mode'), answer.status, answer.headers.get('location').replace(origin, '')];
       };
       const answers = [await logIn('ada', 'cello-referral=fromState'), await logIn('old', 'cello-referral=again'), await logIn('dora', '')];
       ${endAfter(1, 'answers')}`,
    ],
  ]);
  const env = {
    ISSUER_BASE_URL: 'https://tenant.example',
    CLIENT_ID: 'client',
    SECRET: 'a secret of the tests, long enough',
  };
  const isIn = ['form_post', 302, ''];
  expect(await readOutput('sign-up.js', env)).toEqual([isIn, isIn, isIn]);
  expect(await readCodes(cello, 1)).toEqual({ 'ada@example.com': 'fromState' });
});

test('the guide for Auth0: an Action hands over who is new, with the code of the login', async () => {
  writeFiles(folder, [
    ...readSnippets('docs/guides/auth0.md'),
    [
      'act.js',
      `import { once } from 'node:events';
       import { createServer } from 'node:http';
       import action from './action.cjs';
       import { attribution } from './attribution.js';
       import { receiveAction } from './receive-action.js';
       const statuses = [];
       const server = createServer(async (request, response) => {
         let body = '';
         for await (const chunk of request) body += chunk;
         const { status } = await receiveAction(new Request('http://localhost/', { method: 'POST', headers: request.headers, body }));
         statuses.push(status);
         response.writeHead(status).end();
       }).listen(0, '127.0.0.1');
       await once(server, 'listening');
       const SITE_URL = 'http://127.0.0.1:' + server.address().port;
       const act = (name, logins_count, secrets) => action.onExecutePostLogin({ stats: { logins_count },
         user: { user_id: 'auth0|' + name, email: name + '@example.com', name }, request: { query: { 'ext-ucc': 'fromLogin' } },
         secrets: { SITE_URL, SITE_KEY: 'key', ...secrets } });
       await act('ada', 1);
       await act('ada', 2);
       await act('eve', 1, { SITE_KEY: 'guessed' });
       await act('bob', 1, { SITE_URL: 'http://127.0.0.1:9' });
       ${endAfter(1, 'statuses')}`,
    ],
  ]);
  expect(await readOutput('act.js', { SITE_KEY: 'key' })).toEqual([204, 401]);
  expect(await readCodes(cello, 1)).toEqual({ 'ada@example.com': 'fromLogin' });
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
  expect(await readCodes(cello, 3)).toEqual({
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
  expect(await readCodes(cello, 1)).toEqual({ 'ada@example.com': 'fromLink' });
});
