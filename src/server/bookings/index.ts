/**
 * Booking receivers: what booking and form tools say by webhook becomes the facts of a demo's life.
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

/** The receiver of a tool's webhooks, as every Fetch-standard router takes it. */
export type BookingReceiver = (request: Request) => Promise<Response>;

/** More than a hundred times what any of the tools sends, a full batch of HubSpot's included. */
const BODY_MAX_BYTES = 1_048_576;

/** How long a tool is asked to wait when nothing could be stored. */
const RETRY_AFTER_SECONDS = 30;

/**
 * Makes the receiver of a tool's webhooks. It answers 401 to what is not signed with the secret, 2xx to what is stored or
 * not for us, and 503 when nothing could be stored, so that the tool comes again. Any other answer would cost the
 * subscription at one tool or another. It never throws and never rejects.
 *
 * @example
 * const receive = createBookingReceiver({ tool: 'calcom', secret: process.env.CALCOM_SECRET, attribution });
 * export const POST = receive; // a Next.js route handler
 * @throws {TypeError} If an option is wrong, by name. No secret is one of them.
 */
export function createBookingReceiver(options: BookingReceiverOptions): BookingReceiver {
  const settings = readBookingOptions(options);
  const tool = createTool(settings);
  return async (request) => {
    try {
      return await receive(request, tool, settings);
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

/** Tells the site; what its handler throws, at once or later, is nobody's. */
function tell({ onError, tool }: BookingSettings, error: unknown, id: string | null): void {
  void (async () => onError(error, { tool, id }))().catch(() => {});
}

async function receive(request: Request, tool: Tool, settings: BookingSettings): Promise<Response> {
  const { bytes, wrong } = await readRawBody(request, BODY_MAX_BYTES);
  if (wrong === 'used') throw new Error('the body was read before the receiver: mount it in front of body parsers');
  if (!bytes) return refuse(); // of a body that is cut or too large nobody can check the signature
  const { method, headers } = request;
  const delivery = { method, url: settings.url ?? request.url, headers, body: bytes, nowMs: Date.now() };
  if (!(await isGenuine(delivery, settings))) return refuse();
  const carrier = settings.carrier ?? tool.carrier;
  const facts = await tool.read(parseJson(bytes), { carrier });
  if (!facts) {
    tell(settings, new Error(`nobody understands this body of ${settings.tool}`), null);
    return answer(200, { status: 'ignored' });
  }
  let isStored = true;
  for (const fact of facts) isStored = (await record(fact, settings)) && isStored;
  if (!isStored) return postpone();
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
    return null; // SyntaxError: signed, and no JSON
  }
}

/** Says a fact to attribution. Gives back whether it is safe: if not, the tool shall send it again. */
async function record(fact: Fact, settings: BookingSettings): Promise<boolean> {
  try {
    const { state } = await say(fact, settings);
    return state !== 'failed';
  } catch (error) {
    tell(settings, error, fact.is === 'response' ? fact.ref : fact.id);
    return false;
  }
}

async function say(
  fact: Fact,
  { attribution, tool, assumeAttendedAfterHours }: BookingSettings,
): Promise<Pick<Attributed, 'state'>> {
  switch (fact.is) {
    case 'booked': {
      const { is: _, ...booking } = fact;
      return attribution.booked({ ...booking, assumeAttendedAfterHours });
    }
    case 'moved': {
      const { is: _, ...move } = fact;
      return attribution.moved(move);
    }
    case 'cancelled':
      return attribution.cancelled({ id: fact.id });
    case 'missed':
      return attribution.missed({ id: fact.id, is: fact.isMissed });
    case 'attended': {
      const { is: _, ...attendance } = fact;
      return attribution.attended(attendance);
    }
    case 'response':
      return attribution.claim(await writeClaim(fact, tool));
  }
}

/** A response is a claim like a browser's, with an address that the tool has received. Its id makes repetitions one. */
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
