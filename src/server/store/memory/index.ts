/** A store in this process. */
import { createSteadyClock } from '../../clock/index.js';
import type { Store, StoreOptions } from '../store.js';
import { createMemoryQueue } from './queue.js';
import { createMemoryReceipts } from './receipts.js';
import { createMemoryRecords } from './records.js';

/**
 * Keeps everything in this process's memory, and loses it on restart: for tests, for development, and for a single
 * process that may lose its data.
 */
export const memoryStore = ({ clock }: StoreOptions = {}): Store => ({
  receipts: createMemoryReceipts(clock ? createSteadyClock(clock) : () => performance.now()),
  records: createMemoryRecords(clock ?? (() => Date.now())),
  events: createMemoryQueue(clock ?? (() => Date.now())),
});
