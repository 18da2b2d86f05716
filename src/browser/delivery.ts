/**
 * One message to the endpoint, and what became of it. Knows no retries: that is the outbox's coat around it.
 */
import { listen } from './natives.js';

/** What became of a try. */
export type Outcome =
  | { readonly is: 'arrived'; readonly isToForget: boolean }
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'open'; readonly reason: string; readonly retryAfterMs: number };

/** How long an answer may take. */
export const ANSWER_MS = 10_000;

const RETRIABLE = [408, 425, 429];

/** Seconds, or a date: https://httpwg.org/specs/rfc9110.html#field.retry-after. 0 where there is none. */
function parseRetryAfter(value: string | null, now: number): number {
  const ms = /^\d+$/.test(value ?? '') ? Number(value) * 1000 : Date.parse(value ?? '') - now;
  return ms > 0 ? ms : 0;
}

/** The answer asks to forget. A body that is no JSON is no failure: a 2xx has arrived whatever it says. */
function asksToForget(body: string): boolean {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === 'object' && answer !== null && 'forget' in answer && answer.forget === true;
  } catch {
    return false; // SyntaxError
  }
}

function judge(status: number, retryAfter: string | null, body: string): Outcome {
  if (status >= 200 && status < 300) return { is: 'arrived', isToForget: asksToForget(body) };
  const reason = `status ${status}`;
  return RETRIABLE.includes(status) || status >= 500
    ? { is: 'open', reason, retryAfterMs: parseRetryAfter(retryAfter, Date.now()) }
    : { is: 'refused', reason };
}

const contentType = (endpoint: string): string =>
  // Text needs no preflight across origins, which would cost the time a page that leaves does not have.
  new URL(endpoint).origin === location.origin ? 'application/json' : 'text/plain;charset=UTF-8';

async function sendByFetch(endpoint: string, body: string): Promise<Outcome> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ANSWER_MS);
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      body,
      headers: { 'content-type': contentType(endpoint) },
      // A plain fetch is lost when the form navigates: Firefox kept 0 of 8. At most 64 KiB may be on the way like this
      // (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch); a message has 4.
      keepalive: true,
      credentials: 'same-origin',
      signal: abort.signal,
    });
    return judge(response.status, response.headers.get('retry-after'), await response.text());
  } catch (error) {
    if (abort.signal.aborted) return { is: 'open', reason: 'no answer', retryAfterMs: 0 };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** For pages where `fetch` throws: patched by others, out of keepalive's quota, or absent. Ends with the page. */
const sendByXhr = (endpoint: string, body: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const fail = (reason: string) => () => resolve({ is: 'open', reason, retryAfterMs: 0 });
    request.open('POST', endpoint);
    request.timeout = ANSWER_MS;
    request.setRequestHeader('content-type', contentType(endpoint));
    request.onload = () =>
      resolve(judge(request.status, request.getResponseHeader('retry-after'), request.responseText));
    request.onerror = fail(navigator.onLine ? 'network' : 'offline');
    request.ontimeout = fail('no answer');
    request.send(body);
  });

/**
 * Sends one message.
 *
 * @param endpoint - Absolute address.
 * @param body - JSON text.
 * @returns What became of it. Never throws: what the network does is a value.
 */
export async function deliver(endpoint: string, body: string): Promise<Outcome> {
  let isBlocked = false;
  const stop = listen(document, ['securitypolicyviolation'], () => {
    isBlocked = true;
  });
  const outcome = await sendByFetch(endpoint, body).catch(() => sendByXhr(endpoint, body));
  stop();
  return isBlocked && outcome.is === 'open' ? { ...outcome, reason: 'content security policy' } : outcome;
}

/**
 * Sends one message while the page goes away: nobody will hear the answer, so it proves nothing. `true` means queued,
 * and blockers and policies drop what is queued (https://w3c.github.io/beacon/#return-value).
 */
export function deliverBlindly(endpoint: string, body: string): void {
  try {
    navigator.sendBeacon(endpoint, body);
  } catch {
    // TypeError: some managed browsers have no sendBeacon. What is kept goes out on the next page.
  }
}
