/** The door of the server entry: re-exports only. */
export type { Answer, Capture, Kind, Message, Source, Submission, Verdict } from '../message.js';
export { readUcc, type UccSource } from './claim.js';
export type { Database, SqlValue, Statement } from './database.js';
export { createEndpoint, type Endpoint } from './endpoint.js';
export { type CookieOptions, type ForgetOptions, forgetCookie } from './first-party-cookie.js';
export type { LogEntry } from './log.js';
export { clientAddress, type NodeHandler, type NodeRequest, type NodeResponse, toNodeHandler } from './node.js';
export {
  createReferralStore,
  type ReferralStore,
  type ReferralStoreOptions,
  type SaveInput,
} from './referral-store.js';
export type { BookedReferral, Touch } from './referrals.js';
export type { EndpointOptions, Pause, Reply } from './settings.js';
export { memoryStore, type Store, type StoreOptions, sqliteStore } from './store.js';
