/** Calendly: inline, popup, badge, or a frame by hand. https://developer.calendly.com/api-docs/overview/embedding */
import { carryInQuery } from './carrier.js';
import { own, textIn } from './heard.js';
import type { Vendor } from './vendor.js';

export const CALENDLY: Vendor = {
  word: 'calendly',
  kind: 'demo',
  carrier: 'utm_content',
  origins: /^https:\/\/(www\.)?calendly\.com$/,
  frames: '[class*=calendly] iframe',
  sources: [{ selector: '.calendly-inline-widget', attribute: 'data-url' }],
  carry(address, put) {
    const carried = carryInQuery(address, put);
    // Without it, the frame sends no messages. Any value does.
    const { text } = carryInQuery(carried.text, { carrier: 'embed_domain', ucc: '1', isOurs: () => false });
    return { ...carried, text };
  },
  hear: (data) =>
    own(data, 'event') === 'calendly.event_scheduled' ? { ref: textIn(data, 'payload', 'invitee', 'uri') } : null,
};
