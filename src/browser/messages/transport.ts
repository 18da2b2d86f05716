/**
 * Sends one message to the endpoint and classifies the result. Knows nothing about retries: the outbox adds those.
 */
import { parseTime, readOwn } from '../../message.js';
import { listen } from '../page/index.js';

/**
 * Why an attempt failed. A `status` comes with its number; `web page`: the answer is one, so it is not the endpoint's. To
 * a script, a blocked request looks like `network`.
 */
export type DeliveryReason =
  | `status ${number}`
  | 'web page'
  | 'offline'
  | 'network'
  | 'no answer'
  | 'content security policy';

/** The result of an attempt: the endpoint has the message, refuses it, or must be asked again. */
export type Delivery =
  | { readonly is: 'arrived'; readonly isToForget: boolean }
  /** `error`: the reason in the endpoint's words. */
  | { readonly is: 'refused'; readonly reason: DeliveryReason; readonly error: string }
  /** `isForeign`: something else answered in the endpoint's place. */
  | {
      readonly is: 'open';
      readonly reason: DeliveryReason;
      readonly retryAfterMs: number;
      readonly isForeign?: boolean;
    };

/** How long an answer may take. */
export const ANSWER_MS = 10_000;

/** Temporary answers: a request that was too slow, too early or one too many, and 5xx. */
const isPassing = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status);

/** The start of a web page, whatever its content type: https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type */
const WEB_PAGE = /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|!--|[a-z])/i;

const open = (reason: DeliveryReason, retryAfterMs = 0): Delivery => ({ is: 'open', reason, retryAfterMs });
const openForeign = (reason: DeliveryReason): Delivery => ({ is: 'open', reason, retryAfterMs: 0, isForeign: true });

/** Seconds, or a date: https://httpwg.org/specs/rfc9110.html#field.retry-after. 0 if missing. */
function parseRetryAfter(value: string | null): number {
  const text = value ?? '';
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseTime(text) - Date.now();
  return ms > 0 ? ms : 0;
}

/** A property of an answer's JSON; `undefined` if it is missing or the answer is not JSON. */
function readAnswer(body: string, key: string): unknown {
  try {
    return readOwn(JSON.parse(body), key);
  } catch {
    return undefined; // SyntaxError
  }
}

/**
 * Who answered, and what the answer says. A login page after a redirect and a single-page app's catch-all route are 2xx; a
 * login wall, a firewall and a deploy that does not have the endpoint yet are 4xx without its `error`.
 */
export function judgeAnswer(status: number, retryAfter: string | null, body: string): Delivery {
  const reason = `status ${status}` as const;
  if (isPassing(status)) return open(reason, status === 429 || status === 503 ? parseRetryAfter(retryAfter) : 0);
  if (status >= 200 && status < 300)
    return WEB_PAGE.test(body)
      ? openForeign('web page')
      : { is: 'arrived', isToForget: readAnswer(body, 'forget') === true };
  const error = readAnswer(body, 'error');
  return status >= 400 && typeof error === 'string' ? { is: 'refused', reason, error } : openForeign(reason);
}

/** Text needs no preflight across origins, which would take more time than a leaving page has. */
const contentType = (endpoint: string): string =>
  new URL(endpoint).origin === location.origin ? 'application/json' : 'text/plain';

async function sendByFetch(endpoint: string, body: string, signal: AbortSignal): Promise<Delivery> {
  const response = await fetch(endpoint, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType(endpoint) },
    // A plain fetch is lost when the form navigates: Firefox kept 0 of 8. With `keepalive`, up to 64 KiB may be in flight
    // (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch); a message is up to 4.
    keepalive: true,
    credentials: 'same-origin',
    signal,
  });
  // The status counts whatever happens to the body: if the connection is cut halfway, reading the body rejects.
  const text = await response.text().catch(() => '');
  return judgeAnswer(response.status, response.headers.get('retry-after'), text);
}

/** For pages where `fetch` throws: patched, over the keepalive quota, or missing. It does not outlive the page. */
const sendByXhr = (endpoint: string, body: string, signal: AbortSignal): Promise<Delivery> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    signal.onabort = () => request.abort();
    request.onloadend = () => {
      const { status } = request;
      if (status) resolve(judgeAnswer(status, request.getResponseHeader('retry-after'), request.responseText));
      else reject();
    };
    request.open('POST', endpoint);
    request.setRequestHeader('content-type', contentType(endpoint));
    request.send(body);
  });

/**
 * Waits. A leaving page is told that its requests failed although they continue (Chromium 156 does so just before
 * `pagehide`). After a wait of 0 ms it is gone and does not react; the next page takes over.
 */
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends one message.
 *
 * @param endpoint - Absolute URL.
 * @param body - JSON text.
 * @returns The result, within 10 s. Never throws: network failures are values.
 */
export async function deliver(endpoint: string, body: string): Promise<Delivery> {
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
    .then(() => wait(0)) // a patched `fetch` may ignore the signal
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
  const delivery = await Promise.race([sent, silence]);
  unlistenToPolicy();
  unlistenToEnd();
  return delivery;
}

/**
 * Sends one message while the page goes away. No answer will be heard, so it proves nothing: `true` means queued, and
 * blockers and policies drop what is queued (https://w3c.github.io/beacon/#return-value).
 */
export function deliverBlindly(endpoint: string, body: string): void {
  try {
    navigator.sendBeacon(endpoint, body);
  } catch {
    // TypeError: some managed browsers have no sendBeacon. The next page sends what is stored.
  }
}
