/** A store in this process. */
import type { Store, StoreOptions } from '../store.js';
import { createMemoryQueue } from './queue.js';
import { createMemoryReceipts } from './receipts.js';
import { createMemoryReferrals } from './referrals.js';

/**
 * Keeps everything in this process: for tests, for development, and for one process that may forget. A restart loses it.
 */
export const memoryStore = ({ clock = Date.now }: StoreOptions = {}): Store => ({
  receipts: createMemoryReceipts(clock),
  referrals: createMemoryReferrals(clock),
  events: createMemoryQueue(clock),
});
