/**
 * Events for Cello, and metadata for billing tools.
 */

export {
  chargebeeMetaData,
  type GatewayInput,
  type GatewayMetadata,
  type StripeMetadata,
  stripeMetadata,
} from './billing-metadata.js';
export { leaveOutEmail } from './email.js';
export {
  type CelloEvent,
  chargeRefunded,
  demoCallAttended,
  type Id,
  type Interval,
  type InvoiceInput,
  invoicePaid,
  newSignup,
  parseEvent,
  type RefundInput,
  type SignupInput,
  type Time,
  type Trigger,
  type UserInput,
} from './events.js';
