// The inspector's server side: it looks over the shoulder of the endpoint, of the site's handlers and of the Cello
// client, and changes nothing of what they do.
import { readFileSync } from 'node:fs';
import { readUcc } from 'cello-companion/server';
import { readUrl } from '../http.mjs';
import { fill } from '../pages.mjs';
import { LINK_PATH } from '../referral-link.mjs';
import { makeMistake } from './mistakes.mjs';
import { createWalks, MISTAKES, readVisitor, SCRIPT_MODES, writeVisitor } from './walks.mjs';

const PANEL = readFileSync(new URL('panel.html', import.meta.url), 'utf8');

/** Cello's own script, https://docs.cello.so/sdk/client-side/embedded-script-tag; and how its stand-in is switched. */
const CELLO_SCRIPT = 'https://assets.sandbox.cello.so/attribution/latest/cello-attribution.js';
const STAND_IN = { present: '', late: '?late=2000', hanging: '?hang', blocked: '?blocked' };

/** Where a handler must have found a code, by the order in which it looks. */
function findPlace(ucc, source, cookieHeader) {
  if (readUcc(source) === ucc) return 'form’s field';
  return readUcc(cookieHeader ?? '') === ucc ? 'cookie' : 'site’s own notes';
}

/** What `createEndpoint` answers where a page's origin is not in `allowOrigins`. */
const refuseOrigin = () => Response.json({ error: 'origin' }, { status: 403 });

/** @param isReal - Whether events go to Cello's own sandbox. Then Cello's own script is the one that is present. */
export function createInspector({ isReal }) {
  const walks = createWalks();
  const cello = isReal ? 'Cello’s sandbox' : 'Cello’s stand-in';

  /** The tag of Cello's script, as Cello documents it, in the chosen mode. */
  function drawCelloScript(mode) {
    if (mode === 'absent') return '';
    const src = isReal && mode === 'present' ? CELLO_SCRIPT : `/cello-attribution.js${STAND_IN[mode]}`;
    return `<script type="module" src="${src}" async></script>`;
  }

  /** Notes each message that the endpoint received, with the endpoint's own answer. */
  const watchEndpoint = (endpoint) => async (request) => {
    const { id, mistake } = readVisitor(request.headers.get('cookie'));
    const copy = request.method === 'POST' ? request.clone() : null;
    const response = mistake === 'endpoint' ? refuseOrigin() : await endpoint(request);
    const body = await copy?.json().catch(() => null); // SyntaxError: no JSON
    if (!body?.type) return response; // a test of the endpoint
    if (body.via === 'calcom' && body.ref && id) walks.own(`calcom:${body.ref}`, id);
    walks.add(id, { station: 'message', status: response.status, answer: await response.clone().json(), body });
    return response;
  };

  /** Notes each booking that the calendar's webhook brought. Whose walk it is, the message from the page says. */
  const watchWebhook = (receive) => async (request) => {
    const copy = request.clone();
    const response = await receive(request);
    const { triggerEvent, payload } = await copy.json().catch(() => ({})); // SyntaxError: no JSON
    if (response.ok && triggerEvent === 'BOOKING_CREATED')
      walks.addForPerson(`calcom:${payload.uid}`, {
        ...{ station: 'handler', handler: 'POST /webhooks/calcom', isKnown: false },
        ...{ ucc: payload.metadata.ucc ?? null, from: 'booking’s metadata' },
      });
    return response;
  };

  /** Notes each event that went to Cello, with Cello's answer. */
  const watchFetch = (fetch) => async (url, init) => {
    const event = String(url).endsWith('/events') ? JSON.parse(init.body) : null;
    const note = (outcome) =>
      event && walks.addForPerson(event.context.newUser.id, { station: 'cello', body: event, ...outcome });
    try {
      const response = await fetch(url, init);
      note({ status: response.status });
      return response;
    } catch (error) {
      note({ status: null });
      throw error;
    }
  };

  /** Notes which code a handler of the site found, and where. */
  function watchHandler(request, { handler, source, ucc, person, stored = false, isKnown = false }) {
    const { id } = readVisitor(request.headers.cookie);
    if (id) walks.own(person.id, id);
    const from = ucc && (stored ? 'booking’s referral' : findPlace(ucc, source, request.headers.cookie));
    walks.addForPerson(person.id, {
      station: 'handler',
      handler,
      ucc,
      from,
      isKnown,
    });
  }

  /** What every page carries: both script tags as chosen, and the inspector's panel. */
  function frame(request, response) {
    const visitor = readVisitor(request.headers.cookie);
    const { done, policy, change } = makeMistake(visitor.mistake, request.headers.host);
    if (policy) response.appendHeader('Content-Security-Policy', policy);
    response.appendHeader('Set-Cookie', writeVisitor(visitor));
    const json = JSON.stringify(walks.list(visitor.id)).replaceAll('<', '\\u003c');
    const walk = `<script type="application/json" id="inspector-walk">${json}</script>`;
    const panel = fill(PANEL, { cello, walk: { html: walk }, done, mistake: visitor.mistake, link: LINK_PATH });
    const choose = (html, value) => html.replace(`value="${value}"`, '$& checked');
    return {
      celloScript: { html: drawCelloScript(visitor.mode) },
      inspector: { html: choose(choose(panel, visitor.mode), visitor.mistake) },
      change,
    };
  }

  const routes = {
    'GET /inspector/walk': (request, response) => walks.stream(readVisitor(request.headers.cookie).id ?? '', response),
    'POST /inspector/script': (request, response) => {
      const mode = readUrl(request).searchParams.get('mode');
      const visitor = readVisitor(request.headers.cookie);
      if (SCRIPT_MODES.includes(mode)) response.appendHeader('Set-Cookie', writeVisitor({ ...visitor, mode }));
      response.writeHead(204).end();
    },
    'POST /inspector/restart': (request, response) => {
      const { id, mode } = readVisitor(request.headers.cookie);
      const chosen = readUrl(request).searchParams.get('mistake');
      walks.clear(id);
      // The script sets its cookie for the widest domain that it may: here that is the host's own name.
      const { hostname } = readUrl(request);
      for (const name of ['cello-companion', 'cello-referral', 'cello-product-id', 'session'])
        for (const domain of ['', `; Domain=${hostname}`])
          response.appendHeader('Set-Cookie', `${name}=; Path=/; Max-Age=0${domain}`);
      response.appendHeader(
        'Set-Cookie',
        writeVisitor({ id: null, mode, mistake: MISTAKES.includes(chosen) ? chosen : 'none' }),
      );
      response.writeHead(204).end();
    },
  };

  return {
    watchEndpoint,
    watchWebhook,
    watchFetch,
    watchHandler,
    frame,
    routes,
    entries: walks.entries,
    stop: walks.stop,
  };
}
