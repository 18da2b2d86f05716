/**
 * The site's callbacks, isolated: nothing they throw or reject with goes any further.
 */
import { describeError } from '../input/index.js';
import type { ParkedEntry } from '../store/index.js';
import { showParked } from './entry.js';
import type { OutboxSettings, ParkedEvent } from './options.js';
import { EmailLeftOutError, OutboxError } from './outbox-error.js';

/** The callbacks as a worker calls them. Neither ever throws. */
export interface Callbacks {
  onParked(entry: ParkedEntry): void;
  onError(error: unknown): void;
}

const warnOfParked = ({ event, status }: ParkedEvent): void =>
  console.warn(
    `[cello-companion] an event was parked (${event?.context.event.trigger ?? 'unreadable'}, status ${status}): see parked() of the outbox`,
  );

const warnOfError = (error: unknown): void =>
  console.error(
    error instanceof OutboxError || error instanceof EmailLeftOutError
      ? error.message
      : `[cello-companion] the outbox's store failed: ${describeError(error)}`,
  );

/** Calls a function that may be asynchronous, and passes on what it throws or rejects with. */
async function call<T>(callback: (value: T) => unknown, value: T, onFailure: (error: unknown) => void): Promise<void> {
  try {
    await callback(value);
  } catch (error) {
    onFailure(error);
  }
}

/** Wraps the site's callbacks. Where there is none, logs to the console, without personal data. */
export function createCallbacks({ onParked, onError }: Pick<OutboxSettings, 'onParked' | 'onError'>): Callbacks {
  // If the site's error handler itself fails, sending continues: there is nowhere left to report it.
  const tell = (error: unknown) => void call(onError ?? warnOfError, error, () => {});
  return {
    onParked: (entry) => void call(onParked ?? warnOfParked, showParked(entry), tell),
    onError: tell,
  };
}
