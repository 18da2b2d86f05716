/**
 * How to fix a refusal, in one sentence for the log: the refused browser reports it to nobody.
 */
import { cleanText } from '../input/index.js';
import type { Sender } from './origin.js';
import type { EndpointOutcome } from './outcome.js';

/** What is needed to explain a refusal. */
interface Scene {
  readonly request: Request;
  readonly sender: Sender;
  readonly maxBytes: number;
}

function explainOrigin({ request, sender }: Scene): string {
  const { origin, isAnonymous } = sender;
  if (isAnonymous)
    return 'The caller sent no Origin, as native apps and servers do: let your own in with the option "authorize".';
  if (origin === 'null')
    return 'The page has no origin, as in a sandboxed frame or a local file: serve it from an address of your site.';
  if (origin === null)
    return 'The address was opened in a browser, or the browser hides where the page is from: the script sends from pages of your site.';
  const own = cleanText(new URL(request.url).origin);
  const theirs = cleanText(origin);
  if (theirs.replace(/^https:/, 'http:') === own)
    return `A proxy ends TLS before the endpoint, which sees ${own}: put "${theirs}" into "allowOrigins", or let your framework trust the proxy.`;
  return `If that page is yours, put "${theirs}" into "allowOrigins" of createEndpoint, which sees itself at ${own}.`;
}

const SENTENCES: Readonly<Record<string, string>> = {
  method:
    'The script sends POST, and OPTIONS before it from another origin: mount the endpoint for both and nothing else.',
  'content-type':
    'The script sends application/json or text/plain: something on the way changes the type, or another form posts here.',
  encoding: 'The body is no UTF-8: something on the way changes it.',
  used: 'The body was read before the endpoint: mount it before what reads bodies, or by toNodeHandler behind a parser that sets req.body.',
  message: 'The body is no message of the script: something on the way changes it, or another form posts here.',
  id: 'Two messages with different contents came under one id: give each occasion a "key" of its own in report().',
};

/** For a body that would be a message except for one key. */
const explainKey = (key: string): string =>
  `The message has no right "${key}": script and server are of different versions, or someone sends requests by hand.`;

/** Temporary failures need no fix. */
const isPassing = ({ status }: EndpointOutcome): boolean =>
  status < 400 || status === 408 || status === 429 || status === 503;

/**
 * Finds the remedy for a refusal.
 *
 * @returns One sentence; `null` if it was not a refusal, or the page is not one of the site's own.
 */
export function findRemedy(outcome: EndpointOutcome, scene: Scene): string | null {
  const { status, reason } = outcome;
  if (status === 403) return explainOrigin(scene);
  if (isPassing(outcome) || scene.sender.site === null) return null;
  if (reason === 'size')
    return `The message weighs more than ${scene.maxBytes} bytes: raise "maxBytes", or copy fewer fields with data-include.`;
  return SENTENCES[reason] ?? (status === 400 ? explainKey(reason) : null);
}
