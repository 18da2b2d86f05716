/** A store in this process. */
import { createSteadyClock } from '../../clock/index.js';
import type { Store, StoreOptions } from '../store.js';
import { createMemoryQueue } from './queue.js';
import { createMemoryReceipts } from './receipts.js';
import { createMemoryRecords } from './records.js';

/**
 * Keeps everything in this process: for tests, for development, and for one process that may forget. A restart loses it.
 */
export const memoryStore = ({ clock }: StoreOptions = {}): Store => ({
  receipts: createMemoryReceipts(clock ? createSteadyClock(clock) : () => performance.now()),
  records: createMemoryRecords(clock ?? (() => Date.now())),
  events: createMemoryQueue(clock ?? (() => Date.now())),
});
