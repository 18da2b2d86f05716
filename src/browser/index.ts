/**
 * The npm door. Importing it does nothing, in a browser or on a server.
 */
export type { Capture, Kind, Message, Source, Submission } from '../message.js';
export type { Companion } from './api.js';
export type { Consent } from './consent.js';
export type { AttachOptions } from './forms/index.js';
export type { Reported, ReportResult } from './messages/index.js';
export type { Options } from './options.js';
export type { Referral } from './referral/index.js';
export { start } from './start.js';
