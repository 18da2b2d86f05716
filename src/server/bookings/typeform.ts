/**
 * Typeform: https://www.typeform.com/developers/webhooks/example-payload/
 */
import type { Tool } from './fact.js';
import { at, emailAt, listAt, textAt, uccAt } from './json.js';

export const typeform: Tool = {
  carrier: 'ucc',
  read(body, { carrier }) {
    const event = textAt(body, 'event_type');
    if (event && event !== 'form_response') return [];
    const response = at(body, 'form_response');
    const ref = textAt(response, 'token');
    if (!event || !ref) return null;
    const ucc = uccAt(response, 'hidden', carrier);
    const emails = listAt(response, 'answers').flatMap((answer) => emailAt(answer, 'email') ?? []);
    return ucc ? [{ is: 'response', ref, email: emails[0] ?? null, ucc }] : [];
  },
};
