/**
 * The door of the concerns that are written once in SQL, for every engine that has a driver.
 */
import type { Concerns, Driver } from '../driver.js';
import type { Store } from '../store.js';
import { createSqlReceipts, RECEIPT_STEPS } from './receipts.js';
import { createSqlRecords, RECORD_STEPS, REFERRAL_STEPS } from './records.js';

/** Their tables, in their order: one may take over what another held. */
export const SQL_CONCERNS: Concerns = { receipts: RECEIPT_STEPS, referrals: REFERRAL_STEPS, records: RECORD_STEPS };

/** Everything but the events, which each engine hands out in its own way. */
export const createSqlConcerns = (driver: Driver, clock: () => number): Omit<Store, 'events'> => ({
  receipts: createSqlReceipts(driver, clock),
  records: createSqlRecords(driver, clock),
});
