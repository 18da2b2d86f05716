/**
 * The site's callbacks, called so that nothing they throw or reject with gets any further.
 */
import { describeError } from '../input/index.js';
import type { ParkedEntry } from '../store/index.js';
import { showParked } from './entry.js';
import type { OutboxSettings, ParkedEvent } from './options.js';
import { OutboxError } from './outbox-error.js';

/** What a worker calls. Neither ever throws. */
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
    error instanceof OutboxError
      ? error.message
      : `[cello-companion] the outbox's store failed: ${describeError(error)}`,
  );

/** Calls a function that may be asynchronous, and hands on what it throws or rejects with. */
async function call<T>(callback: (value: T) => unknown, value: T, onFailure: (error: unknown) => void): Promise<void> {
  try {
    await callback(value);
  } catch (error) {
    onFailure(error);
  }
}

/** Wraps the site's callbacks, or writes to the console where there are none, without personal data. */
export function createCallbacks({ onParked, onError }: Pick<OutboxSettings, 'onParked' | 'onError'>): Callbacks {
  // A handler of the site's that fails itself: the sending goes on, and there is nobody left to tell.
  const tell = (error: unknown) => void call(onError ?? warnOfError, error, () => {});
  return {
    onParked: (entry) => void call(onParked ?? warnOfParked, showParked(entry), tell),
    onError: tell,
  };
}
