/**
 * The endpoint: Request → Response. It receives what the browser sends, validates it, and passes it to the site.
 */
import { parseMessage } from '../../message.js';
import { type CookieSettings, createTextResponse, forgetCapture, rememberCapture } from '../http/index.js';
import { cleanText, describeError } from '../input/index.js';
import { isJson, readBody } from './body.js';
import { createConsoleLog, type LogEntry, writeLog } from './log.js';
import { handleMessage } from './once.js';
import { type EndpointOptions, type EndpointSettings, readEndpointOptions } from './options.js';
import { findSender, type Sender } from './origin.js';
import { type EndpointOutcome, postpone, RETRY_AFTER_SECONDS, refuse } from './outcome.js';
import { findRemedy } from './remedy.js';

export type { LogEntry } from './log.js';
export type { EndpointOptions, Pause, Reply } from './options.js';

/** The request handler, in the shape of any Fetch-standard router. */
export type Endpoint = (request: Request) => Promise<Response>;

/** How long a preflight result is cached: the maximum in Chromium. */
const PREFLIGHT_MAX_AGE_SECONDS = 7200;

/** The status for each problem with a body. It tells the browser whether to retry: yes for 408 and 500. */
const BODY_STATUS = { size: 413, incomplete: 408, encoding: 400, used: 500 } as const;

/**
 * Creates the endpoint that receives the browser's messages. It answers 202 with
 * `{"status":"recorded"|"duplicate"|"ignored","forget"?:true}`; otherwise `{"error":reason}`, with a 4xx if the message
 * is refused, or a 503 if the browser should retry. It never throws and never rejects.
 *
 * @example
 * const endpoint = createEndpoint({ onReferral: async (message) => { await db.referrals.insert(message); } });
 * export const POST = endpoint; // a Next.js route handler
 * @throws {TypeError} If an option is invalid; names the option.
 */
export function createEndpoint(options: EndpointOptions): Endpoint {
  const settings = readEndpointOptions(options);
  const { allowOrigins, maxBytes, cookie } = settings;
  const log = settings.log ?? createConsoleLog();
  return async (request) => {
    const sender = findSender(request, allowOrigins);
    const outcome = await receive(request, sender, settings).catch(
      (error: unknown): EndpointOutcome => ({ ...refuse(500, 'internal'), error }),
    );
    void writeLog(log, describe(outcome, sender, findRemedy(outcome, { request, sender, maxBytes })));
    return respond(request, sender, outcome, cookie);
  };
}

/** Runs the checks, the cheap and safe ones first: nothing is parsed before origin, type and size are known. */
async function receive(request: Request, sender: Sender, settings: EndpointSettings): Promise<EndpointOutcome> {
  if (request.method === 'OPTIONS' && sender.listed) return refuse(204, 'preflight');
  if (request.method !== 'POST') return refuse(405, 'method', { Allow: 'POST' });
  const site = sender.site ?? (await askAuthorize(request, sender, settings.authorize));
  if (typeof site !== 'string') return site;
  if (!isJson(request.headers.get('content-type'))) return refuse(415, 'content-type');
  const { text, wrong } = await readBody(request, settings.maxBytes);
  if (wrong) return refuse(BODY_STATUS[wrong], wrong);
  const parsed = parseMessage(parseJson(text));
  if (!parsed.message) return refuse(400, parsed.wrong);
  const outcome = await handleMessage(parsed.message, site, request, settings);
  return { ...outcome, message: parsed.message };
}

/** Returns the site of a caller that is not a page, or the refusal. */
async function askAuthorize(
  request: Request,
  { isAnonymous }: Sender,
  authorize: EndpointSettings['authorize'],
): Promise<string | EndpointOutcome> {
  if (!authorize || !isAnonymous) return refuse(403, 'origin');
  try {
    return (await authorize(request)) === true ? 'authorized' : refuse(403, 'origin');
  } catch (error) {
    return postpone(503, 'authorize', RETRY_AFTER_SECONDS, error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // SyntaxError: not JSON, so not a message
  }
}

function describe(outcome: EndpointOutcome, { origin }: Sender, remedy: string | null): LogEntry {
  const { status, reason, message, error } = outcome;
  return {
    status,
    reason,
    id: message?.id ?? null,
    type: message?.type ?? null,
    origin: origin === null ? null : cleanText(origin),
    ...(remedy === null ? {} : { remedy }),
    ...(error === undefined ? {} : { error: describeError(error) }),
  };
}

function respond(request: Request, sender: Sender, outcome: EndpointOutcome, cookie: CookieSettings | null): Response {
  const { status, reason, answer } = outcome;
  const headers: Record<string, string> = {
    'Cache-Control': 'no-store',
    Vary: 'Origin, Sec-Fetch-Site',
    ...outcome.headers,
    ...(sender.listed ? allowOrigin(sender.listed, status === 204) : {}),
  };
  const setCookie = sender.isOwn && cookie ? writeSetCookie(request, outcome, cookie) : null;
  if (setCookie) headers['Set-Cookie'] = setCookie;
  if (status === 204) return new Response(null, { status, headers });
  headers['Content-Type'] = 'application/json';
  return createTextResponse(JSON.stringify(answer ?? { error: reason }), { status, headers });
}

/**
 * The exact origin and credentials, or browsers drop beacons after their preflight (https://github.com/w3c/beacon);
 * `Retry-After` by name, or a script on another origin cannot read it
 * (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
 */
const allowOrigin = (origin: string, isPreflight: boolean): Record<string, string> => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Expose-Headers': 'Retry-After',
  ...(isPreflight
    ? {
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'content-type',
        'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_SECONDS),
      }
    : {}),
});

/** A repeated capture gets the cookie again: the first response may never have arrived. */
function writeSetCookie(
  request: Request,
  { answer, message }: EndpointOutcome,
  settings: CookieSettings,
): string | null {
  if (!answer || !message) return null;
  const cookies = request.headers.get('cookie') ?? '';
  if (answer.forget) return forgetCapture(message.ucc, cookies, settings);
  if (message.type !== 'capture' || answer.status === 'ignored') return null;
  return rememberCapture(message, cookies, settings);
}
