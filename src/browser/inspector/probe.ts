/**
 * Asks the endpoint, when told to: an empty message, which our own endpoint refuses and nobody can take for a referral.
 */
import { readOwn } from '../../message.js';
import { listen } from '../page/index.js';
import type { ProbeState } from './snapshot.js';

const WAIT_MS = 10_000;
const PROBE = '{"v":0}';

/** The start of a web page, as the transport recognizes it. */
const WEB_PAGE = /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|!--|[a-z])/i;

function readError(body: string): unknown {
  try {
    return readOwn(JSON.parse(body), 'error');
  } catch {
    return undefined; // SyntaxError: not JSON
  }
}

/**
 * What an answer to the empty message says about who gave it. Needs no browser.
 *
 * @param isRedirect - Whether it was a redirect, of which a script may see no more than that.
 */
export function judgeProbe(status: number, body: string, isRedirect: boolean): ProbeState {
  const is = (word: ProbeState['is']): ProbeState => ({ is: word, status });
  if (isRedirect) return is('redirect');
  if (status >= 500) return is('failing');
  if (status === 404 || status === 410) return is('not found');
  if (status === 405) return is('no post');
  if (status < 300) return is(WEB_PAGE.test(body) ? 'web page' : 'accepts');
  const error = readError(body);
  if (status === 403 && error === 'origin') return is('origin refused');
  return is(status === 400 && typeof error === 'string' ? 'endpoint' : 'blocked');
}

const post = (endpoint: string, mode: 'cors' | 'no-cors', signal: AbortSignal): Promise<Response> =>
  fetch(endpoint, {
    method: 'POST',
    mode,
    body: PROBE,
    // As the companion sends it, so that the same things stand in its way.
    headers: {
      'content-type':
        mode === 'cors' && new URL(endpoint).origin === location.origin ? 'application/json' : 'text/plain',
    },
    credentials: 'same-origin',
    redirect: mode === 'cors' ? 'manual' : 'follow',
    signal,
  });

/** A request that failed without an answer: a policy, a server that says nothing about other origins, or no network. */
async function explainFailure(endpoint: string, isBlocked: boolean, signal: AbortSignal): Promise<ProbeState> {
  if (isBlocked) return { is: 'policy', status: 0 };
  if (new URL(endpoint).origin === location.origin) return { is: 'unreachable', status: 0 };
  try {
    await post(endpoint, 'no-cors', signal);
    return { is: 'no cors', status: 0 };
  } catch {
    return { is: 'unreachable', status: 0 };
  }
}

/**
 * Sends the empty message.
 *
 * @param endpoint - Absolute URL.
 * @returns Within 10 s. Never rejects: failures are values.
 */
export async function probeEndpoint(endpoint: string): Promise<ProbeState> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), WAIT_MS);
  let isBlocked = false;
  const unlisten = listen(document, ['securitypolicyviolation'], (event) => {
    isBlocked ||= endpoint.startsWith(String(Reflect.get(event, 'blockedURI')));
  });
  try {
    const response = await post(endpoint, 'cors', abort.signal);
    const body = await response.text().catch(() => '');
    return judgeProbe(response.status, body, response.type === 'opaqueredirect');
  } catch {
    await new Promise((resolve) => setTimeout(resolve)); // the policy's event comes after the rejection
    return await explainFailure(endpoint, isBlocked, abort.signal);
  } finally {
    clearTimeout(timer);
    unlisten();
  }
}
