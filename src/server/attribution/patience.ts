/**
 * Retries while another process has the store locked.
 */

import type { Records } from '../store/index.js';
import { repeatBusy } from '../store/index.js';

/**
 * Wraps records so that reads and writes are retried while another process has the store locked, except in the site's
 * own transaction.
 */
export const createPatientRecords = (records: Records): Records => ({
  ...records,
  find: (keys) => repeatBusy(() => records.find(keys)),
  findByPerson: (fingerprint) => repeatBusy(() => records.findByPerson(fingerprint)),
  listDue: (limit) => repeatBusy(() => records.listDue(limit)),
  commit: (changes, db) => (db === undefined ? repeatBusy(() => records.commit(changes)) : records.commit(changes, db)),
  purge: (limit) => repeatBusy(() => records.purge(limit)),
  prune: (olderThanMs, limit) => repeatBusy(() => records.prune(olderThanMs, limit)),
  countDue: () => repeatBusy(() => records.countDue()),
});
