/**
 * The booking tools as senders of webhooks: each signs as its documentation says. Written anew, so that the receiver is
 * not checked against itself.
 */
import { createHmac } from 'node:crypto';

export const SECRET = 'test-secret';

const sign = (text: string, encoding: 'hex' | 'base64') => createHmac('sha256', SECRET).update(text).digest(encoding);

/** The address that HubSpot knows. */
export const HUBSPOT_URL = 'https://www.example.com/webhooks/hubspot';

const SIGNERS: { readonly [tool: string]: (body: string, nowMs: number) => Record<string, string> } = {
  calcom: (body) => ({ 'X-Cal-Signature-256': sign(body, 'hex') }),
  calendly: (body, nowMs) => {
    const t = Math.floor(nowMs / 1000);
    return { 'Calendly-Webhook-Signature': `t=${t},v1=${sign(`${t}.${body}`, 'hex')}` };
  },
  hubspot: (body, nowMs) => ({
    'X-HubSpot-Request-Timestamp': String(nowMs),
    'X-HubSpot-Signature-v3': sign(`POST${HUBSPOT_URL}${body}${nowMs}`, 'base64'),
  }),
  typeform: (body) => ({ 'Typeform-Signature': `sha256=${sign(body, 'base64')}` }),
  tally: (body) => ({ 'Tally-Signature': sign(body, 'base64') }),
  chilipiper: (body, nowMs) => {
    const t = String(Math.floor(nowMs / 1000));
    return { 'X-Chili-Timestamp': t, 'X-Chili-Signature': sign(`${t}.${body}`, 'hex') };
  },
  savvycal: (body) => ({ 'X-SavvyCal-Signature': `sha256=${sign(body, 'hex').toUpperCase()}` }),
  relay: () => ({ Authorization: `Bearer ${SECRET}` }),
};

/** A response as Tally tells it, of a form with a hidden field for the code. */
export const createTallyResponse = (ucc: string, email: string) => ({
  eventType: 'FORM_RESPONSE',
  data: {
    submissionId: 'r1',
    fields: [
      { label: 'ucc', type: 'HIDDEN_FIELDS', value: ucc },
      { label: 'Email', type: 'INPUT_EMAIL', value: email },
    ],
  },
});

/** A webhook as the tool sends it. */
export function createWebhook(tool: string, body: unknown, nowMs: number = Date.now()): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', ...SIGNERS[tool]?.(text, nowMs) };
  return new Request(`https://app.internal/webhooks/${tool}`, { method: 'POST', headers, body: text });
}
