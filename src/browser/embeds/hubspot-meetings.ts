/** HubSpot Meetings. Its message is undocumented; these are the spellings seen in public code. */
import { keyOf, own, personIn, textIn, valuesIn } from './heard.js';
import type { Vendor } from './vendor.js';

const WIDGET = '.meetings-iframe-container';
const SPELLINGS = ['meetingBookSucceeded', 'meeetingBookSucceeded', 'meetingCreated'];

export const HUBSPOT_MEETINGS: Vendor = {
  word: 'hubspot-meetings',
  kind: 'demo',
  origins: /^https:\/\/meetings(-[a-z]{2}\d+)?\.hubspot\.com$/,
  frames: `${WIDGET} iframe`,
  sources: [{ selector: WIDGET, attribute: 'data-src' }],
  hear(data) {
    if (!SPELLINGS.some((spelling) => own(data, spelling) === true)) return null;
    const response = own(data, 'meetingsPayload', 'bookingResponse');
    const contact = own(response, 'postResponse', 'contact');
    const start = own(response, 'postResponse', 'timerange', 'start') ?? own(response, 'event', 'dateTime');
    const email = textIn(contact, 'email');
    return { key: keyOf(email, start), fields: personIn(valuesIn(contact)) };
  },
};
