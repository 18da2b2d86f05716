/**
 * Booking receivers: turn the webhooks of booking and form tools into facts about demos.
 */
import type { Attributed } from '../attribution/index.js';
import { readRawBody } from '../http/index.js';
import { sha256 } from '../sha256.js';
import { calcom } from './calcom.js';
import { calendly } from './calendly.js';
import { chilipiper } from './chilipiper.js';
import type { Fact, Tool } from './fact.js';
import { createHubspot } from './hubspot.js';
import { createHubspotClient } from './hubspot-client.js';
import { type BookingReceiverOptions, type BookingSettings, readBookingOptions } from './options.js';
import { relay } from './relay.js';
import { savvycal } from './savvycal.js';
import { type Delivery, isBearer, isSigned } from './signature.js';
import { tally } from './tally.js';
import { typeform } from './typeform.js';

export type { HubspotOptions } from './hubspot-client.js';
export type { BookingErrorPlace, BookingReceiverOptions, BookingTool } from './options.js';

/** A webhook handler, in the shape of any Fetch-standard router. */
export type BookingReceiver = (request: Request) => Promise<Response>;

/** More than a hundred times the size of any tool's webhook, including a full HubSpot batch. */
const BODY_MAX_BYTES = 1_048_576;

/** How long a tool is asked to wait if nothing could be stored. */
const RETRY_AFTER_SECONDS = 30;

/**
 * Creates the receiver of a tool's webhooks. It answers 401 if the signature does not match the secret, 2xx if the
 * webhook is stored or not relevant, and 503 if nothing could be stored, so that the tool retries. With any other
 * response, one tool or another would cancel the subscription. It never throws and never rejects.
 *
 * @example
 * const receive = createBookingReceiver({ tool: 'calcom', secret: process.env.CALCOM_SECRET, attribution });
 * export const POST = receive; // a Next.js route handler
 * @throws {TypeError} If an option is invalid or the secret is missing; names the option.
 */
export function createBookingReceiver(options: BookingReceiverOptions): BookingReceiver {
  const settings = readBookingOptions(options);
  const tool = createTool(settings);
  const tellRefused = createRefusalTeller(settings);
  return async (request) => {
    try {
      const response = await receive(request, tool, settings);
      if (response.status === 401) tellRefused();
      return response;
    } catch (error) {
      tell(settings, error, null);
      return postpone();
    }
  };
}

const TOOLS = { calcom, calendly, typeform, tally, chilipiper, savvycal, relay } as const;

const createTool = ({ tool, hubspot }: BookingSettings): Tool =>
  tool === 'hubspot' ? createHubspot(hubspot && createHubspotClient(hubspot)) : TOOLS[tool];

const answer = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  });

const refuse = (): Response => answer(401, { error: 'signature' });
const postpone = (): Response => answer(503, { error: 'store' }, { 'Retry-After': String(RETRY_AFTER_SECONDS) });

/** Reports an error to the site, and ignores whatever its handler throws, now or later. */
function tell({ onError, tool }: BookingSettings, error: unknown, id: string | null): void {
  void (async () => onError(error, { tool, id }))().catch(() => {});
}

/** A refusal shows up only in the tool's own log, so the site is told; but a stranger's scan must not fill its log. */
const TELL_EVERY_MS = 60_000;

function createRefusalTeller(settings: BookingSettings): () => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - toldMs < TELL_EVERY_MS) return;
    toldMs = performance.now();
    const { tool } = settings;
    const remedy = 'check "secret", and that no body parser stands in front of the receiver: it signs the raw bytes';
    tell(
      settings,
      new Error(`[cello-companion] a webhook of ${tool} was refused, because its signature is wrong: ${remedy}`),
      null,
    );
  };
}

async function receive(request: Request, tool: Tool, settings: BookingSettings): Promise<Response> {
  const { bytes, wrong } = await readRawBody(request, BODY_MAX_BYTES);
  if (wrong === 'used')
    throw new Error('[cello-companion] the body was read before the receiver: mount it before body parsers');
  if (!bytes) return refuse(); // the signature of a truncated or oversized body cannot be checked
  const { method, headers } = request;
  const delivery = { method, url: settings.url ?? request.url, headers, body: bytes, nowMs: Date.now() };
  if (!(await isGenuine(delivery, settings))) return refuse();
  const facts = await tool.read(parseJson(bytes), { carrier: settings.carrier ?? tool.carrier });
  if (!facts) {
    tell(
      settings,
      new Error(
        `[cello-companion] this body from ${settings.tool} was not understood: custom templates are not supported`,
      ),
      null,
    );
    return answer(200, { status: 'ignored' });
  }
  // What could not be stored comes again, with the rest: a batch that waited for each would outlast the tool's patience.
  for (const fact of facts) if (!(await record(fact, tool, settings))) return postpone();
  return answer(200, { status: facts.length ? 'recorded' : 'ignored' });
}

const isGenuine = (delivery: Delivery, { tool, secret, toleranceSeconds }: BookingSettings): Promise<boolean> =>
  tool === 'relay'
    ? isBearer(delivery, secret)
    : isSigned(tool, delivery, secret, toleranceSeconds === null ? undefined : toleranceSeconds * 1000);

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null; // SyntaxError: signed, but not JSON
  }
}

/** Reports a fact to attribution. Returns whether it is safe; if not, the tool should send it again. */
async function record(fact: Fact, tool: Tool, settings: BookingSettings): Promise<boolean> {
  try {
    const { state } = await say(fact, tool, settings);
    return state !== 'failed';
  } catch (error) {
    tell(settings, error, fact.is === 'response' ? fact.ref : fact.id);
    return false;
  }
}

const NO_TIMES = { startsAt: null, endsAt: null };

async function say(
  fact: Fact,
  { carrier }: Tool,
  { attribution, tool, assumeAttendedAfterHours, carrier: ownCarrier }: BookingSettings,
): Promise<Pick<Attributed, 'state'>> {
  switch (fact.is) {
    case 'booked':
    case 'requested': {
      const { is, ...booking } = fact;
      const times = is === 'requested' ? NO_TIMES : {};
      return attribution.booked({ ...booking, ...times, carrier: ownCarrier ?? carrier, assumeAttendedAfterHours });
    }
    case 'moved': {
      const { is: _, ...move } = fact;
      return attribution.moved(move);
    }
    case 'cancelled': {
      const { is: _, ...cancellation } = fact;
      return attribution.cancelled(cancellation);
    }
    case 'missed':
      return attribution.missed({ id: fact.id, is: fact.isMissed, email: fact.email });
    case 'attended': {
      const { is: _, ...attendance } = fact;
      return attribution.attended(attendance);
    }
    case 'response':
      return attribution.claim(await writeClaim(fact, tool));
  }
}

/**
 * A response is a claim like a browser's, with an address that the tool received. Its id makes repeated deliveries one.
 */
const writeClaim = async ({ ref, email, ucc }: Extract<Fact, { is: 'response' }>, tool: string) => ({
  v: 1,
  id: (await sha256(`${tool} ${ref}`)).slice(0, 32),
  type: 'submission',
  ucc,
  source: 'address',
  at: new Date().toISOString(),
  page: '/',
  kind: null,
  form: null,
  via: tool,
  ref: ref.slice(0, 255),
  fields: email ? { email } : {},
});
