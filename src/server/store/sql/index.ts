/**
 * The concerns written once in SQL, for every engine that has a driver.
 */
import type { Concerns, Driver } from '../driver.js';
import type { Store } from '../store.js';
import { createSqlReceipts, RECEIPT_STEPS } from './receipts.js';
import { createSqlRecords, RECORD_STEPS, REFERRAL_STEPS } from './records.js';

/** Their tables, in order: a later one may take over the rows of an earlier one. */
export const SQL_CONCERNS: Concerns = { receipts: RECEIPT_STEPS, referrals: REFERRAL_STEPS, records: RECORD_STEPS };

/** Everything but the events, which each engine queues in its own way. */
export const createSqlConcerns = (driver: Driver, clock: () => number): Omit<Store, 'events'> => ({
  receipts: createSqlReceipts(driver, clock),
  records: createSqlRecords(driver, clock),
});
