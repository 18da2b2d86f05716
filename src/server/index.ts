/** The door of the server entry: re-exports only. */
export type { Answer, Capture, Kind, Message, Source, Submission, Verdict } from '../message.js';
export {
  type Accepted,
  type ActiveLink,
  type CallerOptions,
  type Cello,
  type CheckedUcc,
  createCello,
  type NewUserReward,
} from './cello.js';
export type { CelloOptions } from './cello-options.js';
export { readUcc, type UccSource } from './claim.js';
export type { Database, SqlValue, Statement } from './database.js';
export { createEndpoint, type Endpoint } from './endpoint.js';
export { CelloError, type CelloErrorReason } from './error.js';
export {
  type CelloEvent,
  chargeRefunded,
  demoCallAttended,
  type Interval,
  type InvoiceInput,
  invoicePaid,
  newSignup,
  type RefundInput,
  type SignupInput,
  type Trigger,
  type UserInput,
} from './events.js';
export { type CookieOptions, type ForgetOptions, forgetCookie } from './first-party-cookie.js';
export {
  chargebeeMetaData,
  type GatewayInput,
  type GatewayMetadata,
  type StripeMetadata,
  stripeMetadata,
} from './gateways.js';
export type { LogEntry } from './log.js';
export { clientAddress, type NodeHandler, type NodeRequest, type NodeResponse, toNodeHandler } from './node.js';
export { type Added, createOutbox, type Outbox } from './outbox.js';
export type { OutboxOptions, ParkedEvent } from './outbox-options.js';
export type { Counts, Fate, Lease, NewEntry, ParkedEntry, Queue } from './queue.js';
export {
  createReferralStore,
  type ReferralStore,
  type ReferralStoreOptions,
  type SaveInput,
} from './referral-store.js';
export type { BookedReferral, Touch } from './referrals.js';
export type { EndpointOptions, Pause, Reply } from './settings.js';
export { memoryStore, type Store, type StoreOptions, sqliteStore } from './store.js';
