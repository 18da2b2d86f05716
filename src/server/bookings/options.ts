/**
 * The options of a booking receiver.
 */
import type { Attribution } from '../attribution/index.js';
import {
  describeError,
  isFields,
  optional,
  parseAs,
  parseFunction,
  parseNumber,
  parseText,
  parseWord,
  readOptions,
  required,
  secret,
  type Values,
} from '../input/index.js';
import type { HubspotOptions } from './hubspot-client.js';

/** The supported tools. `relay` is our own JSON format, for everything else. */
export const BOOKING_TOOLS = [
  'calcom',
  'calendly',
  'hubspot',
  'typeform',
  'tally',
  'chilipiper',
  'savvycal',
  'relay',
] as const;

/** A tool whose webhooks a receiver supports. */
export type BookingTool = (typeof BOOKING_TOOLS)[number];

/** What a receiver uses of attribution. */
type Recorder = Pick<Attribution, 'claim' | 'booked' | 'moved' | 'cancelled' | 'missed' | 'attended'>;

/** The context passed to a receiver's `onError`. */
export interface BookingErrorPlace {
  readonly tool: BookingTool;
  /** The booking, if the body names one. */
  readonly id: string | null;
}

/** The options of `createBookingReceiver`. */
export interface BookingReceiverOptions {
  readonly tool: BookingTool;
  /**
   * The webhook's secret: Calendly's signing key, HubSpot's client secret, a relay's bearer token. Required, because
   * without it no webhook can be trusted.
   */
  readonly secret: string;
  /** The result of `createAttribution`. */
  readonly attribution: Recorder;
  /**
   * A meeting that was neither cancelled nor missed counts as attended this many hours after its end. At least 1; 24
   * gives the sales team a morning to mark no-shows. Default: only reports from a person or a recording count.
   */
  readonly assumeAttendedAfterHours?: number | undefined;
  /** The field that carries the code in this tool. Default: the one that the script's embeds use. */
  readonly carrier?: string | undefined;
  /** The maximum age of a signature, in seconds. Default: 180 for Calendly, 300 for HubSpot and Chili Piper. */
  readonly toleranceSeconds?: number | undefined;
  /** The receiver's URL as registered with HubSpot, which signs it. Default: the request's. */
  readonly url?: string | undefined;
  /** How to read HubSpot's CRM. Without it, outcomes apply to bookings that the site reported itself. */
  readonly hubspot?: HubspotOptions | undefined;
  /**
   * Called with bodies that were not understood, and with failures. Default: logs a line to the console, without
   * personal data.
   */
  readonly onError?: ((error: unknown, place: BookingErrorPlace) => unknown) | undefined;
}

const CALLER = 'createBookingReceiver';

/** A year: anything longer is probably a mix-up of units. */
const HOURS_MAX = 8784;
const TOLERANCE_MAX_SECONDS = 86_400;

/** Our own words name nobody, and hold the remedy; those of others may name a person. */
function writeError(error: unknown, { tool }: BookingErrorPlace): void {
  const isOurs = error instanceof Error && error.message.startsWith('[cello-companion] ');
  console.error(isOurs ? error.message : `[cello-companion] a webhook of ${tool} failed: ${describeError(error)}`);
}

const isRecorder = (value: unknown): value is Recorder =>
  isFields(value) &&
  ['claim', 'booked', 'moved', 'cancelled', 'missed', 'attended'].every((verb) => typeof value[verb] === 'function');

const isHubspot = (value: unknown): value is HubspotOptions => {
  if (!isFields(value)) return false;
  const { token, baseUrl, fetch } = value;
  return (
    typeof token === 'string' &&
    token !== '' &&
    (baseUrl === undefined || (typeof baseUrl === 'string' && URL.canParse(baseUrl))) &&
    (fetch === undefined || typeof fetch === 'function')
  );
};

const parseUrl = (value: unknown): string | undefined =>
  typeof value === 'string' && URL.canParse(value) ? value : undefined;

const toolNames = 'one of calcom, calendly, hubspot, typeform, tally, chilipiper, savvycal, relay';

const OPTIONS = {
  tool: required(toolNames, parseWord(...BOOKING_TOOLS)),
  secret: secret(required('the webhook’s secret, a string that is not empty', parseText(/\S/))),
  attribution: required('what createAttribution() gave', parseAs(isRecorder)),
  assumeAttendedAfterHours: optional(null, `a number of hours from 1 to ${HOURS_MAX}`, parseNumber(1, HOURS_MAX)),
  carrier: optional(null, 'the name under which the code travels', parseText(/\S/)),
  toleranceSeconds: optional(null, 'a number of seconds up to a day', parseNumber(1, TOLERANCE_MAX_SECONDS)),
  url: optional(null, 'an address such as "https://www.example.com/webhooks/hubspot"', parseUrl),
  hubspot: secret(optional(null, 'an object with a "token"', parseAs(isHubspot))),
  onError: optional(writeError, 'a function', parseFunction<NonNullable<BookingReceiverOptions['onError']>>()),
};

/** The parsed options, with defaults filled in. */
export type BookingSettings = Values<typeof OPTIONS>;

/**
 * Parses the options of `createBookingReceiver`.
 *
 * @throws {TypeError} Names the option.
 */
export const readBookingOptions = (options: BookingReceiverOptions): BookingSettings =>
  readOptions(CALLER, options, OPTIONS);
