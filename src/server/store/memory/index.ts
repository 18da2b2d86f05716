/** A store in this process. */
import type { Store, StoreOptions } from '../store.js';
import { createMemoryQueue } from './queue.js';
import { createMemoryReceipts } from './receipts.js';
import { createMemoryRecords } from './records.js';

/**
 * Keeps everything in this process: for tests, for development, and for one process that may forget. A restart loses it.
 */
export const memoryStore = ({ clock = () => Date.now() }: StoreOptions = {}): Store => ({
  receipts: createMemoryReceipts(clock),
  records: createMemoryRecords(clock),
  events: createMemoryQueue(clock),
});
