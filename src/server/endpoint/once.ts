/**
 * From a valid message to the site's callback: the rate limit, the receipts, the callback.
 */
import type { Answer, Message } from '../../message.js';
import { hash } from '../../ucc.js';
import { type Claim, type Receipt, type Receipts, StoreBusyError } from '../store/index.js';
import type { EndpointSettings } from './options.js';
import { accept, type EndpointOutcome, postpone, RETRY_AFTER_SECONDS, refuse } from './outcome.js';

/** A message in progress elsewhere is finished in a moment. */
const BUSY_SECONDS = 1;

/**
 * Passes a message to the site. If the site's limit, store or callback throws, the response asks the browser to retry.
 *
 * @param site - Where it comes from: the sender's origin, or `'own'` for the endpoint's origin.
 */
export async function handleMessage(message: Message, site: string, request: Request, settings: EndpointSettings) {
  const pause = await askLimit(request, settings.limit);
  if (pause) return pause;
  if (!settings.store) return runCallback(message, request, settings);
  try {
    return await runOnce(message, site, request, settings, settings.store.receipts);
  } catch (error) {
    if (error instanceof StoreBusyError) return postpone(503, 'busy', BUSY_SECONDS);
    return postpone(503, 'store', RETRY_AFTER_SECONDS, error);
  }
}

async function askLimit(request: Request, limit: EndpointSettings['limit']): Promise<EndpointOutcome | null> {
  try {
    const pause = await limit?.(request);
    return pause ? postpone(429, 'rate', Math.max(1, Math.ceil(pause.retryAfterSeconds) || 1)) : null;
  } catch (error) {
    return postpone(503, 'limit', RETRY_AFTER_SECONDS, error);
  }
}

async function runCallback(
  message: Message,
  request: Request,
  { onReferral }: EndpointSettings,
): Promise<EndpointOutcome> {
  try {
    const reply = (await onReferral(message, request)) ?? {};
    return accept({
      status: reply.status === 'ignored' ? 'ignored' : 'recorded',
      ...(reply.forget === true ? { forget: true } : {}),
    });
  } catch (error) {
    return postpone(503, 'callback', RETRY_AFTER_SECONDS, error);
  }
}

/** Runs the callback unless this message is in progress or handled already. */
async function runOnce(
  message: Message,
  site: string,
  request: Request,
  settings: EndpointSettings,
  receipts: Receipts,
) {
  const receipt = describeReceipt(message, site);
  const claim = await receipts.claim(receipt);
  if (claim.state !== 'ours') return answerClaim(claim);
  const outcome = await runCallback(message, request, settings);
  // A failure here, after the callback, changes nothing for the visitor: the claim is a lease and expires by itself.
  const error = await close(receipts, receipt, claim.token, outcome.answer).catch((cause: unknown) => cause);
  return error === undefined || outcome.error !== undefined ? outcome : { ...outcome, error };
}

const close = (receipts: Receipts, receipt: Receipt, token: string, answer: Answer | undefined): Promise<void> =>
  answer ? receipts.settle(receipt, token, answer) : receipts.release(receipt, token);

/**
 * With the id alone, one visitor could block another's message. The fingerprint covers what the message claims, not
 * when and where: a page that repeats `report()` under the same key sends the same message with a different `at`,
 * `page` and `source`.
 */
const describeReceipt = (message: Message, site: string): Receipt => ({
  key: `${site} ${message.type} ${message.id}`,
  digest: fingerprint(JSON.stringify(listClaims(message))),
});

/**
 * 64 bits to detect mistakes, computed in a microsecond; not a cryptographic hash. Anyone who finds a collision gets
 * "duplicate" instead of "id", and only for their own message.
 */
const fingerprint = (text: string): string => `${hash(text).toString(36)}.${hash(text, text.length).toString(36)}`;

/** The order of the fields may differ between two transmissions; their contents may not. */
function listClaims(message: Message): readonly unknown[] {
  if (message.type === 'capture') return [message.ucc];
  const { ucc, kind, form, via, fields } = message;
  return [ucc, kind, form, via, Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))];
}

/** 409 would be the standard status for `busy`, but a browser treats any other 4xx as final. */
function answerClaim(claim: Exclude<Claim, { state: 'ours' }>): EndpointOutcome {
  switch (claim.state) {
    case 'busy':
      return postpone(503, 'busy', BUSY_SECONDS);
    case 'conflict':
      return refuse(422, 'id');
    case 'done': {
      const { status } = claim.answer;
      return accept({ ...claim.answer, status: status === 'recorded' ? 'duplicate' : status });
    }
  }
}
