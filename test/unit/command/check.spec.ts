import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect } from 'playwright/test';
import { addCode } from '../../../dist/command/check.js';
import { describeCheck } from '../../../dist/command/check-text.js';
import { judge, parseFindings } from '../../../dist/command/findings.js';
import { findEngines } from '../../engines/engines.mjs';
import { COMMAND, test } from './terminal.js';

const OPENED = 'https://site.example/?ucc=CheckedCode';
const SCRIPT = 'https://site.example/cello-companion.js';
const answer = (url: string, status = 200, contentType = 'text/html', failure: string | null = null) => ({
  url,
  status,
  contentType,
  failure,
});

/** What a browser may have seen, and the ids of what is wrong then. */
const SEEN: { readonly [what: string]: readonly [seen: Partial<Parameters<typeof judge>[0]>, ids: readonly string[]] } =
  {
    'nothing wrong': [{ scripts: [answer(SCRIPT, 200, 'text/javascript')] }, []],
    'an older name of JavaScript': [{ scripts: [answer(SCRIPT, 200, 'application/x-javascript')] }, []],
    'a script that is not there': [{ scripts: [answer(SCRIPT, 404)] }, ['script-status']],
    'a web page in its place': [{ scripts: [answer(`${SCRIPT}?v=2`)] }, ['script-type']],
    'no content type': [{ scripts: [answer(SCRIPT, 200, '')] }, ['script-type']],
    'somebody else’s script': [{ scripts: [answer('https://site.example/cello-companions.js', 404)] }, []],
    'the embeds file': [
      { scripts: [answer('https://site.example/a/cello-companion.embeds.js', 500)] },
      ['script-status'],
    ],
    'an ad blocker': [{ scripts: [answer(SCRIPT, 0, '', 'inspector')] }, ['script-blocked']],
    'a hash that does not match': [
      {
        scripts: [answer(SCRIPT, 200, 'text/javascript')],
        complaints: [`Failed to find a valid digest in the 'integrity' attribute for resource '${SCRIPT}'`],
      },
      ['script-integrity'],
    ],
    'a policy': [
      { scripts: [answer(SCRIPT, 0, '', 'csp')], complaints: [`Refused to load '${SCRIPT}': Content Security Policy`] },
      ['script-blocked'],
    ],
    'a redirect that keeps the code': [
      { pages: [answer(OPENED, 301), answer('https://www.site.example/?ucc=CheckedCode')] },
      [],
    ],
    'a redirect that drops it': [
      { pages: [answer(OPENED, 301), answer('https://www.site.example/')] },
      ['redirect-drops-code'],
    ],
    'a redirect that drops it, with a cookie set on the way': [
      { pages: [answer(OPENED, 301), answer('https://www.site.example/')], said: { code: { ucc: 'CheckedCode' } } },
      [],
    ],
    'a page that is not there': [{ pages: [answer(OPENED, 404)] }, ['page-status']],
  };

for (const [what, [seen, ids]] of Object.entries(SEEN))
  test(`judges from outside: ${what}`, () => {
    const all = judge(
      { browser: 'x', pages: [answer(OPENED)], scripts: [], complaints: [], said: null, ...seen },
      OPENED,
      [],
    );
    expect(all.map(({ id }) => id)).toEqual(ids);
    for (const { level, text, advice } of all)
      expect([level, Boolean(text), Boolean(advice)]).toEqual(['problem', true, true]);
  });

test('names the redirect on which the code is lost', () => {
  const pages = [answer(OPENED, 301), answer('https://b.example/?ucc=CheckedCode', 302), answer('https://c.example/')];
  const [found] = judge({ browser: 'x', pages, scripts: [], complaints: [], said: null }, OPENED, []);
  expect(found?.text).toContain('https://b.example/?ucc=CheckedCode redirects to https://c.example/');
});

test('takes from the page only what is a finding', () => {
  const good = { id: 'code', level: 'fine', text: 'The code is known.', advice: null };
  const others = [null, 'fine', { level: 'loud', text: 'x' }, { id: 'bare', level: 'note' }];
  expect(parseFindings([...others, good])).toEqual([{ id: 'bare', level: 'note', text: '', advice: null }, good]);
  for (const none of [undefined, null, {}, 'x']) expect(parseFindings(none)).toEqual([]);
});

test('puts the code into the address, and keeps one that is there', () => {
  expect(addCode('https://site.example/a?x=1#b', null)).toBe('https://site.example/a?x=1&ucc=CheckedCode#b');
  expect(addCode('https://site.example/?ucc=mine', null)).toBe('https://site.example/?ucc=mine');
  expect(addCode('https://site.example/?ucc=mine', 'ab&c')).toBe('https://site.example/?ucc=ab%26c');
});

const CHECKED = {
  isSeen: true,
  url: OPENED,
  browser: 'HeadlessChrome/1',
  findings: [
    { id: 'a', level: 'problem', text: 'A problem \u001b[2J of\nthe page.', advice: 'Do this.' },
    { id: 'b', level: 'fine', text: 'Fine.', advice: null },
  ],
  diagnosis: null,
} as const;

test('prints lines, in colour only where it is wanted, and nothing that steers a terminal', () => {
  const plain = describeCheck(CHECKED, false);
  expect(plain).toBe(
    `${OPENED}, in HeadlessChrome/1\n\nproblem  A problem  [2J of the page.\n         Do this.\nfine     Fine.\n\n1 problem, 0 warnings`,
  );
  const coloured = describeCheck(CHECKED, true);
  expect(coloured).toContain('\u001b[31mproblem \u001b[0m');
  expect(coloured).not.toContain('\u001b[2J');
});

/** What is typed wrong, and what the answer names. */
const MISTAKES: readonly (readonly [args: readonly string[], said: string])[] = [
  [['check'], '"check" needs the address of a page'],
  [['check', 'site.example'], '"site.example" is no address of a page'],
  [['check', 'file:///etc/passwd'], 'is no address of a page'],
  [['check', OPENED, '--uccc=x'], 'Unknown option --uccc. Did you mean --ucc?'],
  [['check', OPENED, '--ucc'], '--ucc needs a value'],
  [['check', OPENED, '--ucc=a b'], '--ucc must be a code'],
  [['check', OPENED, '--timeout=soon'], '--timeout must be seconds'],
  [['check', OPENED, '--timeout=0'], '--timeout must be seconds'],
];

for (const [args, said] of MISTAKES)
  test(`explains: ${args.join(' ')}`, async ({ terminal }) => {
    const { status, stdout, stderr } = await terminal.call(...args);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(said)]);
  });

test('could not look: no such browser, and one that is none', async ({ terminal }) => {
  const absent = await terminal.call('check', OPENED, '--browser=/no/such/browser');
  expect([absent.status, absent.stderr]).toEqual([
    2,
    expect.stringContaining('There is no browser at /no/such/browser'),
  ]);
  const other = await terminal.call('check', OPENED, `--browser=${process.execPath}`);
  expect([other.status, other.stderr]).toEqual([2, expect.stringContaining(`${process.execPath} ended: `)]);
  const closed = await terminal.call('check', OPENED, `--browser=${COMMAND}`, '--json');
  expect([closed.status, JSON.parse(closed.stdout).isSeen]).toEqual([2, false]);
});

const FORM = '<form method="post" action="/join"><input type="email" name="email"><button>Sign up</button></form>';
const tag = (src: string) => `<script async src="${src}" data-endpoint="/api/cello" data-include="email"></script>`;

/** The site that the browser looks at: its pages by path, and all that was posted. */
async function serve(pages: Readonly<Record<string, string>>) {
  const posted: string[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (request.method === 'POST') {
      posted.push(path);
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"recorded"}');
    } else if (path === '/cello-companion.js') {
      const script = readFileSync(new URL('../../../dist/cello-companion.js', import.meta.url));
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    } else if (path === '/old') response.writeHead(302, { location: '/' }).end();
    else {
      const policy = { 'content-security-policy': "default-src 'self'; require-trusted-types-for 'script'" };
      response.writeHead(path in pages ? 200 : 404, { 'content-type': 'text/html', ...policy }).end(pages[path]);
    }
  };
  const server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, posted, close };
}

/** The browser of the tests, where the command finds none by itself. */
const browser = findEngines()['chromium']?.launchOptions.executablePath;
const options = [...(browser ? [`--browser=${browser}`] : []), '--timeout=60', '--json'];

// Each starts a browser; which Node does so makes no difference.
test.describe('in a real browser', { tag: '@long' }, () => {
  test.setTimeout(90_000);

  test('finds nothing wrong with a page that is in order, and submits no form', async ({ terminal }) => {
    const site = await serve({ '/': tag('/cello-companion.js') + FORM });
    const { status, stdout } = await terminal.call('check', `${site.url}/`, ...options);
    const { findings, diagnosis } = JSON.parse(stdout);
    expect(findings.filter(({ level }: { level: string }) => level === 'problem')).toEqual([]);
    expect([status, diagnosis.code.ucc, diagnosis.companion]).toEqual([0, 'CheckedCode', 'running']);
    expect(new Set(site.posted)).toEqual(new Set(['/api/cello']));
    await site.close();
  });

  test('tells what is wrong: a script that is not there, a redirect that drops the code', async ({ terminal }) => {
    const site = await serve({ '/': tag('/wrong/cello-companion.js') + FORM });
    const { status, stdout } = await terminal.call('check', `${site.url}/old`, ...options);
    const ids = JSON.parse(stdout).findings.map(({ id }: { id: string }) => id);
    expect([status, ids.slice(0, 2)]).toEqual([1, ['redirect-drops-code', 'script-status']]);
    await site.close();
    const { status: unreachable, stderr } = await terminal.call('check', `${site.url}/`, ...options.slice(0, -1));
    expect([unreachable, stderr]).toEqual([
      2,
      expect.stringContaining('could not be opened: net::ERR_CONNECTION_REFUSED'),
    ]);
  });
});
