import { createAttribution, createCello, createEndpoint, sqliteStore } from 'cello-companion/server';
import { database } from './database.js';

const cello = createCello({
  accessKeyId: process.env.CELLO_ACCESS_KEY_ID,
  secretAccessKey: process.env.CELLO_SECRET_ACCESS_KEY,
  environment: process.env.CELLO_ENVIRONMENT ?? 'sandbox',
});
const store = sqliteStore(database);

/** Turns sign-ups into Cello's events, and sends them until Cello has them. */
export const attribution = createAttribution({ store, send: cello.send });

/** Receives what the browser reports. */
export const endpoint = createEndpoint({ store, onReferral: attribution.claim });
