/**
 * Other people's widgets: forms and calendars in frames that no script reaches. They carry the code, and their bookings
 * are heard. Importing this does nothing.
 */
import { PREFIX } from '../page/index.js';
import { CALCOM } from './calcom.js';
import { CALENDLY } from './calendly.js';
import { CHILI_PIPER } from './chilipiper.js';
import { FRAME } from './frame.js';
import { HUBSPOT_FORMS } from './hubspot-forms.js';
import { HUBSPOT_MEETINGS } from './hubspot-meetings.js';
import { MARKETO } from './marketo.js';
import { TALLY } from './tally.js';
import { TYPEFORM } from './typeform.js';
import { CARRIER, type Embed, type EmbedOptions, isCarrier, readOrigin, type Vendor } from './vendor.js';
import { watchEmbeds } from './watching.js';

export { readEmbeds } from './attribute.js';
export type { Embed, EmbedOptions, EmbedState, Embeds, Host, Told } from './vendor.js';

function refuse(what: string, expected: string): never {
  throw new TypeError(`${PREFIX} ${what} must be ${expected}`);
}

/**
 * Reads a vendor's options.
 *
 * @throws {TypeError} On an unknown option or a bad value.
 */
function readEmbedOptions(vendor: Vendor, options: unknown): Pick<Embed, 'carrier' | 'origins'> {
  if (typeof options !== 'object' || options === null) return refuse(`the options of ${vendor.word}`, 'an object');
  const unknown = Object.keys(options).find((name) => name !== 'carrier' && name !== 'origins');
  if (unknown) refuse(`the options of ${vendor.word}`, `"carrier" and "origins", got "${unknown}"`);
  const carrier: unknown = Reflect.get(options, 'carrier') ?? vendor.carrier ?? CARRIER;
  const origins: unknown = Reflect.get(options, 'origins') ?? [];
  if (!isCarrier(carrier)) return refuse('"carrier"', `a name without spaces, got ${JSON.stringify(carrier)}`);
  const read = Array.isArray(origins) ? origins.map(readOrigin) : [null];
  if (read.includes(null))
    return refuse('"origins"', `origins such as "https://meet.example.com", got ${JSON.stringify(origins)}`);
  return { carrier, origins: read.flatMap((origin) => origin ?? []) };
}

/**
 * Makes a vendor's embed for the option `embeds`.
 *
 * @throws {TypeError} On an unknown option or a bad value.
 */
const create =
  (vendor: Vendor) =>
  (options: EmbedOptions = {}): Embed => ({ vendor, ...readEmbedOptions(vendor, options), watch: watchEmbeds });

/** HubSpot's forms: the property `ucc`, or the one named. */
export const hubspotForms = /* @__PURE__ */ create(HUBSPOT_FORMS);
/** HubSpot Meetings: the query `ucc` on its frame. */
export const hubspotMeetings = /* @__PURE__ */ create(HUBSPOT_MEETINGS);
/** Calendly: `utm_content`, or another parameter that it hands on. */
export const calendly = /* @__PURE__ */ create(CALENDLY);
/** Cal.com, hosted or self-hosted: `metadata[ucc]`. */
export const calcom = /* @__PURE__ */ create(CALCOM);
/** Typeform: the hidden field `ucc`, which the form must declare. */
export const typeform = /* @__PURE__ */ create(TYPEFORM);
/** Chili Piper: the lead's field `ucc`. */
export const chiliPiper = /* @__PURE__ */ create(CHILI_PIPER);
/** Tally: the hidden field `ucc`. */
export const tally = /* @__PURE__ */ create(TALLY);
/** Marketo's forms: the field `ucc`. */
export const marketo = /* @__PURE__ */ create(MARKETO);
/** Any frame marked `data-cello-companion="demo"` or `"signup"`: the query `ucc`, or of the name given. */
export const frame = /* @__PURE__ */ create(FRAME);
