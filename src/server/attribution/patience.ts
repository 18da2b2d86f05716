/**
 * Patience with a store that another process has.
 */

import type { Records } from '../store/index.js';
import { repeatBusy } from '../store/index.js';

/** Records whose reads and writes are tried again while another process has the store. Not those of a site's transaction. */
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
