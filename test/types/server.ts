/** What a user of the server entry may write, and what must not compile. Without any name of a DOM. Nothing is run. */
import { createServer } from 'node:http';
import {
  createEndpoint,
  createReferralStore,
  type Endpoint,
  forgetCookie,
  type Message,
  memoryStore,
  readUcc,
  toNodeHandler,
} from 'cello-companion/server';

const store = memoryStore();
const referrals = createReferralStore({ store, days: 90, touch: 'last' });

// All options of an endpoint, and the only one it needs.
export const endpoint: Endpoint = createEndpoint({
  onReferral: async (message: Message, request: Request) => {
    const ucc: string = message.ucc;
    if (message.type === 'submission') await referrals.save({ key: message.fields['email'] ?? '', ucc });
    return request.headers.has('x-test') ? { status: 'ignored' } : { forget: true };
  },
  allowOrigins: ['https://www.example.com'],
  cookie: { domain: 'example.com', days: 90, secure: true },
  store,
  limit: () => ({ retryAfterSeconds: 60 }),
  maxBytes: 4096,
});
createEndpoint({ onReferral: () => undefined });
createServer(toNodeHandler(endpoint));

const code: string | null = readUcc(new URLSearchParams('ucc=test')) ?? readUcc('cello-referral=test');
readUcc({ ucc: ['', 'test'] });
if (code) forgetCookie({ ucc: code, domain: 'example.com' });

// What must not compile.

// @ts-expect-error: without it nothing would be done with a message
createEndpoint({});
// @ts-expect-error: the endpoint's answer is one of two words
createEndpoint({ onReferral: () => ({ status: 'stored' }) });
// @ts-expect-error: origins are a list
createEndpoint({ onReferral: () => undefined, allowOrigins: 'https://www.example.com' });
// @ts-expect-error: a capture has no fields
createEndpoint({ onReferral: (message) => void message.fields });
// @ts-expect-error: it may be null
forgetCookie({ ucc: readUcc('') });
// @ts-expect-error: no DOM here
document.cookie;
