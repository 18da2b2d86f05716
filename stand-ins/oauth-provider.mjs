// A stand-in of an OAuth 2.0 provider, on a site of its own: the authorization code flow (RFC 6749, 4.1) as far as a
// sign-up needs it, with both ways of coming back: `query`, and `form_post` (OAuth 2.0 Form Post Response Mode).
// It checks no client secret and knows three people.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/** The people who have an account at the provider. */
export const PEOPLE = [
  { name: 'Noor Haddad', email: 'noor@atelier-haddad.example', organization: 'Atelier Haddad' },
  { name: 'Tomás Ferreira', email: 'tomas@ferreira-luz.example', organization: 'Ferreira Luz' },
  { name: 'Jin Watanabe', email: 'jin@watanabe-works.example', organization: 'Watanabe Works' },
];

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text) => String(text).replace(/[&<>"]/g, (character) => ENTITIES[character]);

const drawChoice = (query) => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Drafthouse</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #efece6; color: #26221c; font: 1rem/1.5 system-ui, sans-serif; }
  main { box-sizing: border-box; width: min(26rem, 100% - 2rem); padding: 2rem; background: #fff; border-radius: 14px; }
  h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; letter-spacing: -.015em; }
  p { margin: 0 0 1.25rem; color: #5d564b; }
  .mark { display: block; width: 2.5rem; height: 2.5rem; margin-bottom: 1.25rem; }
  form { display: grid; gap: .6rem; }
  button { padding: .75rem 1rem; border: 1px solid #8a8172; border-radius: 10px; background: #fff; color: inherit; font: inherit; text-align: left; cursor: pointer; }
  button:hover { background: #f6f3ee; } button:focus-visible { outline: 3px solid #7a3d12; outline-offset: 2px; }
  b, small { display: block; } small { color: #5d564b; overflow-wrap: anywhere; }
</style>
<main>
  <svg class="mark" viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" rx="10" fill="#7a3d12"/><path d="M10 29V18l10-8 10 8v11" fill="none" stroke="#fff" stroke-width="3"/></svg>
  <h1>Lintel wants to know who you are</h1>
  <p>Drafthouse will tell it your name, your e-mail and your studio. This is a stand-in: choose anybody.</p>
  <form method="post" action="/consent?${escapeHtml(query)}">
    ${PEOPLE.map(({ name, email }, i) => `<button name="person" value="${i}"><b>${escapeHtml(name)}</b><small>${escapeHtml(email)}</small></button>`).join('\n    ')}
  </form>
</main></html>`;

/** The page that posts itself back to the site: a provider cannot redirect with a POST body in another way. */
const drawFormPost = (
  redirectUri,
  code,
  state,
) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Drafthouse</title>
<form method="post" action="${escapeHtml(redirectUri)}">
  <input type="hidden" name="code" value="${escapeHtml(code)}"><input type="hidden" name="state" value="${escapeHtml(state)}">
  <noscript><button>Continue</button></noscript>
</form><script>document.forms[0].submit();</script></html>`;

async function readForm(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

const sendHtml = (response, html) => response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);

/**
 * Starts the provider on 127.0.0.1: for a site on `localhost` that is another site.
 *
 * @returns `{ url, authorizeUrl({ state, mode, redirectUri }), fetchPerson(code), close() }`. `fetchPerson` stands for the
 *   back channel of `/token` and `/userinfo`; a code works once.
 */
export async function startOAuthProvider({ host = '127.0.0.1', port = 0 } = {}) {
  const codes = new Map();

  async function consent(request, response, query) {
    const person = PEOPLE[Number((await readForm(request)).get('person'))] ?? PEOPLE[0];
    const code = randomUUID();
    codes.set(code, person);
    const redirectUri = query.get('redirect_uri') ?? '';
    const state = query.get('state') ?? '';
    if (query.get('response_mode') === 'form_post') return sendHtml(response, drawFormPost(redirectUri, code, state));
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', state);
    response.writeHead(303, { Location: String(back) }).end();
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams, search } = new URL(request.url ?? '/', 'http://provider');
    if (request.method === 'GET' && pathname === '/authorize') return sendHtml(response, drawChoice(search.slice(1)));
    if (request.method === 'POST' && pathname === '/consent') return consent(request, response, searchParams);
    response.writeHead(404).end();
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const url = `http://${host}:${server.address().port}`;

  return {
    url,
    authorizeUrl: ({ state, mode, redirectUri }) =>
      `${url}/authorize?${new URLSearchParams({ response_type: 'code', response_mode: mode, redirect_uri: redirectUri, state })}`,
    async fetchPerson(code) {
      const person = codes.get(code) ?? null;
      codes.delete(code);
      return person;
    },
    close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      return closed;
    },
  };
}
