/** What a user of the Cello half of the server entry may write, and what must not compile. Nothing is run. */

import {
  type CelloEvent,
  chargebeeMetaData,
  createCello,
  createOutbox,
  memoryStore,
  newSignup,
  stripeMetadata,
} from 'cello-companion/server';
import Chargebee from 'chargebee';
import Stripe from 'stripe';

const user = { id: 'user-1', email: 'ada@example.com' };
const input = { ucc: 'pNRB1aYqArN', newUserId: 'user-1' };

export const event: CelloEvent = newSignup({ ucc: 'pNRB1aYqArN', user, at: new Date() });
newSignup({ ucc: 'pNRB1aYqArN', user: { ...user, name: null, organizationId: undefined } });
newSignup({ ucc: 'pNRB1aYqArN', user: { id: 42, organizationId: 7n }, at: '2026-11-23T14:14:34Z' });
// @ts-expect-error: an id is a text or a number
newSignup({ ucc: 'pNRB1aYqArN', user: { ...user, id: true } });
// @ts-expect-error: the person is `user`, not `newUser`
newSignup({ ucc: 'pNRB1aYqArN', newUser: user });
// @ts-expect-error: the code may be missing, and somebody must look
newSignup({ ucc: null, user });

export const cello = createCello({
  accessKeyId: process.env['CELLO_ACCESS_KEY_ID'],
  secretAccessKey: process.env['CELLO_SECRET_ACCESS_KEY'],
  environment: 'sandbox',
});
// @ts-expect-error: Cello has two environments
createCello({ accessKeyId: 'a', secretAccessKey: 'b', environment: 'live' });

// The metadata fits the parameters of the real SDKs.
const stripe = new Stripe('sk_test_123');
stripe.customers.create({ metadata: stripeMetadata(input) });
stripe.customers.create({ metadata: stripeMetadata(input, { plan: 'pro', seats: 3 }) });
export const update = async (customer: Stripe.Customer) =>
  stripe.customers.update(customer.id, { metadata: stripeMetadata(input, customer.metadata) });
new Chargebee({ site: 'site', apiKey: 'key' }).customer.create({ meta_data: chargebeeMetaData(input, { a: [1] }) });

createOutbox({ store: memoryStore(), send: cello.send, onAmbiguous: 'park' });
// @ts-expect-error: an event is repeated or parked, never dropped
createOutbox({ store: memoryStore(), send: cello.send, onAmbiguous: 'drop' });
