/**
 * The guides of frameworks that build a site: installed, built without keys, served, and used by a browser and by forms
 * without a script. `npm run prove -- --only=guides` runs them: a compiler takes its time.
 */
import { expect, test } from 'playwright/test';
import { startCelloApi } from '../../stand-ins/cello-api.mjs';
import { send } from '../services/wire.js';
import { buildSite, forgetEvents, type Project, type Site, startSite, writeSite } from './project.js';
import { asForm, exercise, readCodes, type SignUp, signUpAt } from './sign-ups.js';

const MINUTE_MS = 60_000;
const UCC = 'pNRB1aYqArN';

/** What a proxy says that ends TLS; SvelteKit takes `https` for granted. */
const PROXIED = { 'x-forwarded-proto': 'http' };
test.use({ extraHTTPHeaders: PROXIED });

/** What a browser sends of a form with a server action before React has hydrated it. */
const signUpByAction =
  (origin: string): SignUp =>
  async (fields, cookie = '') => {
    const { text } = await send(origin, { method: 'GET', path: '/signup' });
    const [, action = ''] = /name="(\$ACTION_ID_\w+)"/.exec(text) ?? [];
    const parts = Object.entries({ [action]: '', ...fields }).map(
      ([name, value]) => `--part\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const headers = { 'content-type': 'multipart/form-data; boundary=part', cookie };
    return send(origin, { path: '/signup', headers, body: `${parts.join('')}--part--\r\n` });
  };

const signUpByForm = (origin: string): SignUp =>
  signUpAt(origin, (fields) => {
    const { headers, body } = asForm(fields);
    return { headers: { ...headers, ...PROXIED, origin, accept: 'text/html' }, body };
  });

const FRAMEWORKS: readonly (Project & { readonly signUp: (origin: string) => SignUp })[] = [
  {
    name: 'next',
    server: '.',
    served: 'public',
    build: ['node_modules/next/dist/bin/next', 'build'],
    start: ['node_modules/next/dist/bin/next', 'start', '-H', '127.0.0.1'],
    signUp: signUpByAction,
  },
  {
    name: 'sveltekit',
    server: 'src/lib/server',
    served: 'static',
    build: ['node_modules/vite/bin/vite.js', 'build'],
    start: ['build/index.js'],
    env: { PROTOCOL_HEADER: 'x-forwarded-proto' },
    signUp: signUpByForm,
  },
  {
    name: 'react-router',
    server: 'app/.server',
    served: 'public',
    build: ['node_modules/@react-router/dev/bin.cjs', 'build'],
    start: ['node_modules/@react-router/serve/bin.cjs', 'build/server/index.js'],
    signUp: signUpByForm,
  },
  {
    name: 'nitro',
    server: '.',
    served: 'public',
    build: ['node_modules/nitro/dist/cli/index.mjs', 'build'],
    start: ['.output/server/index.mjs'],
    signUp: signUpByForm,
  },
  {
    name: 'astro',
    server: 'src/server',
    served: 'public',
    build: ['node_modules/astro/bin/astro.mjs', 'build'],
    start: ['dist/server/entry.mjs'],
    signUp: signUpByForm,
  },
];

for (const { signUp, ...project } of FRAMEWORKS)
  test.describe(() => {
    test.describe.configure({ mode: 'serial', timeout: 3 * MINUTE_MS });
    const { name } = project;
    let folder: string;
    let cello: Awaited<ReturnType<typeof startCelloApi>>;
    let site: Site;

    test.beforeAll(async () => {
      cello = await startCelloApi({});
    });
    test.afterAll(async () => {
      await site?.stop();
      await cello.close();
    });
    test.beforeEach(() => cello.events.splice(0));

    test(`${name}: builds without keys, and signs people up without them`, async () => {
      test.setTimeout(10 * MINUTE_MS); // installed once, and compiled
      folder = writeSite(project);
      buildSite(project, folder);
      site = await startSite(project, folder, cello.url, {});
      const answer = await signUp(site.origin)({ email: 'zoe@example.com', ucc: UCC });
      expect([answer.status, answer.headers['location']]).toEqual([303, '/welcome']);
      await site.stop();
      forgetEvents(folder);
      const { accessKeyId: CELLO_ACCESS_KEY_ID, secretAccessKey: CELLO_SECRET_ACCESS_KEY } = cello;
      site = await startSite(project, folder, cello.url, { CELLO_ACCESS_KEY_ID, CELLO_SECRET_ACCESS_KEY });
    });

    test(`${name}: a visitor follows a referral link, walks to the form and signs up by the framework’s own action`, async ({
      page,
    }) => {
      await page.goto(`${site.origin}/?ucc=${UCC}`);
      await page.getByRole('link', { name: 'Join' }).click();
      await page.waitForURL('**/signup');
      await page.getByLabel('E-mail').fill('grace@example.com');
      await page.getByRole('button', { name: 'Join' }).click();
      await page.waitForURL('**/welcome');
      expect(await readCodes(cello, 1)).toEqual({ 'grace@example.com': UCC });
    });

    test(`${name}: the code of the form, of the cookie, of the message, and a sign-up while Cello is down`, async () => {
      cello.fault('unavailable', { times: 1 });
      await exercise(cello, site.origin, signUp(site.origin));
    });

    test(`${name}: the endpoint itself answers what another origin asks first`, async () => {
      const headers = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
      const { status, json } = await send(site.origin, { method: 'OPTIONS', headers });
      expect([status, json]).toEqual([405, { error: 'method' }]);
    });
  });
