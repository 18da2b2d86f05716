// What is broken on purpose, and the tests that must notice.
const unit = (...names) => names.map((name) => `test/unit/${name}.spec.ts`);
const server = (...names) => names.map((name) => `test/server/${name}.spec.ts`);

/** By name: the files, and their tests. Small ones first. */
export const SUBJECTS = {
  ucc: { files: ['src/ucc.ts'], specs: unit('ucc') },
  cookie: { files: ['src/cookie.ts'], specs: unit('cookie') },
  message: { files: ['src/message.ts'], specs: unit('message') },
  precedence: { files: ['src/browser/referral/precedence.ts'], specs: unit('browser/referral/precedence') },
  signatures: { files: ['src/server/bookings/signature.ts'], specs: unit('server/bookings/signature') },
  events: { files: ['src/server/events/*.ts'], specs: server('events', 'billing-metadata') },
  eligibility: { files: ['src/browser/forms/eligibility.ts'], specs: unit('browser/forms/eligibility') },
  endpoint: {
    files: ['src/server/endpoint/*.ts'],
    specs: server('endpoint/endpoint', 'endpoint/refusals', 'endpoint/options', 'endpoint/first-party-cookie'),
  },
  'browser outbox': {
    files: ['src/browser/messages/outbox.ts', 'src/browser/messages/records.ts'],
    specs: unit('browser/messages/outbox'),
  },
  attribution: {
    files: ['src/server/attribution/*.ts'],
    specs: server(
      ...['signup', 'evidence', 'demo', 'demo-orders', 'failure', 'intake', 'transaction', 'outage'].map(
        (name) => `attribution/${name}`,
      ),
    ),
  },
};
