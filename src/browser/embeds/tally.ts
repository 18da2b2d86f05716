/** Tally: embeds and popups. https://developers.tally.so/widgets */
import { own, textIn, unpack } from './heard.js';
import type { Vendor } from './vendor.js';

export const TALLY: Vendor = {
  word: 'tally',
  origins: /^https:\/\/(www\.)?tally\.so$/,
  frames: 'iframe[data-tally-src],.tally-popup iframe',
  sources: [{ selector: '[data-tally-src]', attribute: 'data-tally-src' }],
  hear(data) {
    const message = unpack(data, 'Tally.FormSubmitted');
    if (own(message, 'event') !== 'Tally.FormSubmitted') return null;
    const payload = own(message, 'payload');
    const fields = own(payload, 'fields');
    const email: unknown = Array.isArray(fields) ? fields.find((one) => own(one, 'type') === 'INPUT_EMAIL') : null;
    const answer = own(email, 'answer', 'value') ?? own(email, 'value');
    return { ref: textIn(payload, 'id'), fields: { email: answer } };
  },
};
