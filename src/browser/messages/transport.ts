/**
 * One message to the endpoint, and what became of it. Knows no retries: that is the outbox's coat around it.
 */
import { listen } from '../dom.js';

/** Why a try failed. What is behind a `status` says its number. A blocker's work is `network` to a script. */
export type DeliveryReason = `status ${number}` | 'offline' | 'network' | 'no answer' | 'content security policy';

/** What became of a try: the endpoint has it, does not want it, or has to be asked again. */
export type Outcome =
  | { readonly is: 'arrived'; readonly isToForget: boolean }
  | { readonly is: 'refused'; readonly reason: DeliveryReason }
  | { readonly is: 'open'; readonly reason: DeliveryReason; readonly retryAfterMs: number };

/** How long an answer may take. */
export const ANSWER_MS = 10_000;

/** The 4xx that pass: a slow request, one that came too early, too many. */
const PASSING = [408, 425, 429];

const open = (reason: DeliveryReason, retryAfterMs = 0): Outcome => ({ is: 'open', reason, retryAfterMs });

/** Seconds, or a date: https://httpwg.org/specs/rfc9110.html#field.retry-after. 0 where there is none. */
function parseRetryAfter(value: string | null): number {
  const text = value ?? '';
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return ms > 0 ? ms : 0;
}

/** The answer asks to forget. A body that is no JSON is no failure: a 2xx has arrived whatever it says. */
function asksToForget(body: string): boolean {
  try {
    return Reflect.get(Object(JSON.parse(body)), 'forget') === true;
  } catch {
    return false; // SyntaxError
  }
}

const isArrived = (status: number): boolean => status >= 200 && status < 300;

function judge(status: number, retryAfter: string | null, body: string): Outcome {
  if (isArrived(status)) return { is: 'arrived', isToForget: asksToForget(body) };
  const reason = `status ${status}` as const;
  return status < 500 && !PASSING.includes(status)
    ? { is: 'refused', reason }
    : open(reason, parseRetryAfter(retryAfter));
}

/** Text needs no preflight across origins, which would cost the time that a leaving page does not have. */
const contentType = (endpoint: string): string =>
  new URL(endpoint).origin === location.origin ? 'application/json' : 'text/plain';

async function sendByFetch(endpoint: string, body: string, signal: AbortSignal): Promise<Outcome> {
  const response = await fetch(endpoint, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType(endpoint) },
    // A plain fetch is lost when the form navigates: Firefox kept 0 of 8. At most 64 KiB may be on the way like this
    // (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch); a message has 4.
    keepalive: true,
    credentials: 'same-origin',
    signal,
  });
  // The status has arrived whatever becomes of the body: a connection cut in its middle rejects.
  const text = await response.text().catch(() => '');
  return judge(response.status, response.headers.get('retry-after'), text);
}

/** For pages where `fetch` throws: patched by others, out of keepalive's quota, or absent. It ends with the page. */
const sendByXhr = (endpoint: string, body: string, signal: AbortSignal): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    signal.onabort = () => request.abort();
    request.onloadend = () => {
      const { status } = request;
      if (status) resolve(judge(status, request.getResponseHeader('retry-after'), request.responseText));
      else reject();
    };
    request.open('POST', endpoint);
    request.setRequestHeader('content-type', contentType(endpoint));
    request.send(body);
  });

/**
 * Waits. A page that leaves is told that its requests failed, while they go on (Chromium 156 says so just before
 * `pagehide`). After a wait of 0 ms it is gone and does nothing about it; the next page takes over.
 */
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends one message.
 *
 * @param endpoint - Absolute address.
 * @param body - JSON text.
 * @returns What became of it, within 10 s. Never throws: what the network does is a value.
 */
export async function deliver(endpoint: string, body: string): Promise<Outcome> {
  const abort = new AbortController();
  const { signal } = abort;
  let isBlocked = false;
  let isByXhr = false;
  const unlistenToPolicy = listen(document, ['securitypolicyviolation'], (event) => {
    isBlocked ||= endpoint.startsWith(Reflect.get(event, 'blockedURI'));
  });
  const unlistenToEnd = listen(window, ['pagehide'], () => {
    if (isByXhr) deliverBlindly(endpoint, body);
  });
  const silence = wait(ANSWER_MS)
    .then(() => abort.abort())
    .then(() => wait(0)) // a `fetch` that others patched may not listen to the signal
    .then(() => open('no answer'));
  const sent = sendByFetch(endpoint, body, signal)
    .catch(async () => {
      await wait(0);
      if (signal.aborted) return silence;
      isByXhr = true;
      return sendByXhr(endpoint, body, signal);
    })
    .catch(async () => {
      await wait(0);
      return open(isBlocked ? 'content security policy' : navigator.onLine ? 'network' : 'offline');
    });
  const outcome = await Promise.race([sent, silence]);
  unlistenToPolicy();
  unlistenToEnd();
  return outcome;
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
