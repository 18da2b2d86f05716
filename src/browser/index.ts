/**
 * The door for npm. Importing it does nothing, in a browser or on a server.
 */
export type { Capture, Kind, Message, Source, Submission } from '../message.js';
export { start } from './companion.js';
export type { Handling } from './forms.js';
export type { Consent, Options } from './options.js';
export type { Reported, ReportResult } from './report.js';
export type { Companion, Referral } from './verbs.js';
