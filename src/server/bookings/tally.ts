/**
 * Tally: https://tally.so/help/webhooks
 */
import type { Tool } from './fact.js';
import { at, emailAt, listAt, textAt, uccAt } from './json.js';

export const tally: Tool = {
  carrier: 'ucc',
  read(body, { carrier }) {
    const event = textAt(body, 'eventType');
    if (event && event !== 'FORM_RESPONSE') return [];
    const data = at(body, 'data');
    const ref = textAt(data, 'submissionId') ?? textAt(data, 'responseId');
    if (!event || !ref) return null;
    const fields = listAt(data, 'fields');
    const hidden = fields.find((field) => at(field, 'type') === 'HIDDEN_FIELDS' && at(field, 'label') === carrier);
    const emails = fields.flatMap((field) => (at(field, 'type') === 'INPUT_EMAIL' && emailAt(field, 'value')) || []);
    const ucc = uccAt(hidden, 'value');
    return ucc ? [{ is: 'response', ref, email: emails[0] ?? null, ucc }] : [];
  },
};
