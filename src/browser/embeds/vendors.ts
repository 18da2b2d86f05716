/**
 * The list of vendors.
 */
import { CALCOM } from './calcom.js';
import { CALENDLY } from './calendly.js';
import { CHILI_PIPER } from './chilipiper.js';
import { FRAME } from './frame.js';
import { HUBSPOT_FORMS } from './hubspot-forms.js';
import { HUBSPOT_MEETINGS } from './hubspot-meetings.js';
import { MARKETO } from './marketo.js';
import { TALLY } from './tally.js';
import { TYPEFORM } from './typeform.js';
import type { Vendor } from './vendor.js';

export const VENDORS: readonly Vendor[] = [
  HUBSPOT_FORMS,
  HUBSPOT_MEETINGS,
  CALENDLY,
  CALCOM,
  TYPEFORM,
  CHILI_PIPER,
  TALLY,
  MARKETO,
  FRAME,
];
