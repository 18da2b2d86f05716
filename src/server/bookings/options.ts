/**
 * What a booking receiver is told.
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

/** The tools there are. `relay` is our own JSON, for everything else. */
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

/** A tool whose webhooks a receiver understands. */
export type BookingTool = (typeof BOOKING_TOOLS)[number];

/** What a receiver needs of attribution. */
type Recorder = Pick<Attribution, 'claim' | 'booked' | 'moved' | 'cancelled' | 'missed' | 'attended'>;

/** What a receiver's `onError` is told besides. */
export interface BookingErrorPlace {
  readonly tool: BookingTool;
  /** The booking, where the body named one. */
  readonly id: string | null;
}

/** What `createBookingReceiver` is told. */
export interface BookingReceiverOptions {
  readonly tool: BookingTool;
  /**
   * The webhook's secret: Calendly's signing key, HubSpot's client secret, the bearer token of a relay. Without one nothing
   * can be believed, so nothing starts.
   */
  readonly secret: string;
  /** What `createAttribution` gave. */
  readonly attribution: Recorder;
  /**
   * After so many hours from its end a meeting that was neither cancelled nor missed counts as attended. At least 1; 24
   * leaves the sales team a morning to mark who did not come. Default: only what a person or a recording says counts.
   */
  readonly assumeAttendedAfterHours?: number | undefined;
  /** Where the code travels in this tool. Default: that of the script's embeds. */
  readonly carrier?: string | undefined;
  /** How old a signature may be, in seconds. Default: 180 for Calendly, 300 for HubSpot and Chili Piper. */
  readonly toleranceSeconds?: number | undefined;
  /** The receiver's address as HubSpot knows it, which it signs. Default: the request's. */
  readonly url?: string | undefined;
  /** How HubSpot's CRM is read. Without it outcomes speak of bookings that the site told of by hand. */
  readonly hubspot?: HubspotOptions | undefined;
  /** Told what nobody understands, and what failed. Default: a line on the console, without personal data. */
  readonly onError?: ((error: unknown, place: BookingErrorPlace) => unknown) | undefined;
}

const CALLER = 'createBookingReceiver';

/** A year: whoever needs more has mistaken hours for minutes. */
const HOURS_MAX = 8784;
const TOLERANCE_MAX_SECONDS = 86_400;

const writeError = (error: unknown, { tool }: BookingErrorPlace): void =>
  console.error(`[cello-companion] a webhook of ${tool} failed: ${describeError(error)}`);

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

const OPTIONS = {
  tool: required(`one of ${BOOKING_TOOLS.join(', ')}`, parseWord(...BOOKING_TOOLS)),
  secret: secret(required('the webhook’s secret, a string that is not empty', parseText(/\S/))),
  attribution: required('what createAttribution() gave', parseAs(isRecorder)),
  assumeAttendedAfterHours: optional(null, `a number of hours from 1 to ${HOURS_MAX}`, parseNumber(1, HOURS_MAX)),
  carrier: optional(null, 'the name under which the code travels', parseText(/\S/)),
  toleranceSeconds: optional(null, 'a number of seconds up to a day', parseNumber(1, TOLERANCE_MAX_SECONDS)),
  url: optional(null, 'an address such as "https://www.example.com/webhooks/hubspot"', parseUrl),
  hubspot: secret(optional(null, 'an object with a "token"', parseAs(isHubspot))),
  onError: optional(writeError, 'a function', parseFunction<NonNullable<BookingReceiverOptions['onError']>>()),
};

/** The options, read and complete. */
export type BookingSettings = Values<typeof OPTIONS>;

/**
 * Reads the options of `createBookingReceiver`.
 *
 * @throws {TypeError} That names the option.
 */
export const readBookingOptions = (options: BookingReceiverOptions): BookingSettings =>
  readOptions(CALLER, options, OPTIONS);
