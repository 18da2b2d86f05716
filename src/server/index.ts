/** The door of the server entry: re-exports only. */
export type { Answer, Capture, Kind, Message, Source, Submission, Verdict } from '../message.js';
export {
  type Approve,
  type AttendedFact,
  type Attributed,
  type AttributedUser,
  type Attribution,
  type AttributionOptions,
  type AttributionState,
  type BookedFact,
  type CancelledFact,
  type Conversion,
  createAttribution,
  type Evidence,
  type MissedFact,
  type MovedFact,
  type SignupFact,
} from './attribution/index.js';
export {
  chargebeeMetaData,
  type GatewayInput,
  type GatewayMetadata,
  type StripeMetadata,
  stripeMetadata,
} from './billing-metadata.js';
export {
  type BookingErrorPlace,
  type BookingReceiver,
  type BookingReceiverOptions,
  type BookingTool,
  createBookingReceiver,
  type HubspotOptions,
} from './bookings/index.js';
export {
  type Accepted,
  type ActiveLink,
  type CallerOptions,
  type Cello,
  CelloError,
  type CelloErrorReason,
  type CelloOptions,
  type CheckedKeys,
  type CheckedUcc,
  createCello,
  type NewUserReward,
  type TokenCache,
} from './cello/index.js';
export { clientAddress } from './client-address.js';
export {
  createEndpoint,
  type Endpoint,
  type EndpointOptions,
  type LogEntry,
  type Pause,
  type Reply,
} from './endpoint/index.js';
export {
  type CelloEvent,
  chargeRefunded,
  demoCallAttended,
  type Id,
  type Interval,
  type InvoiceInput,
  invoicePaid,
  newSignup,
  type RefundInput,
  type SignupInput,
  type Time,
  type Trigger,
  type UserInput,
} from './events.js';
export { type LambdaHandler, type LambdaResult, toLambdaHandler } from './lambda-handler.js';
export { type NodeHandler, type NodeRequest, type NodeResponse, toNodeHandler } from './node-handler.js';
export {
  type Added,
  type AddOptions,
  type Blocked,
  createOutbox,
  type Flushed,
  type LastError,
  type Outbox,
  OutboxError,
  type OutboxOptions,
  type OutboxStats,
  type ParkedEvent,
} from './outbox/index.js';
export { readUcc, type UccField, type UccSource } from './read-ucc/index.js';
export {
  type BookedReferral,
  createReferralStore,
  type ReferralStore,
  type ReferralStoreOptions,
  type SaveInput,
  type Touch,
} from './referral-store.js';
export { type CookieOptions, type ForgetOptions, forgetCookie } from './set-cookie.js';
export {
  type Change,
  type Counts,
  type Database,
  type Fate,
  type Lease,
  memoryStore,
  type NewEntry,
  type NewRecord,
  type OpenEntry,
  type ParkedEntry,
  type Person,
  type Queue,
  type Records,
  type SqlValue,
  type Stage,
  type Statement,
  type Store,
  StoreBusyError,
  type StoredRecord,
  type StoreOptions,
  sqliteStore,
} from './store/index.js';
