/**
 * An event and its key, in the shapes that the store and the site see.
 */
import { type CelloEvent, parseEvent } from '../events/index.js';
import { createMistake, readString } from '../input/index.js';
import type { NewEntry, ParkedEntry } from '../store/index.js';
import { readEvent } from './attempt.js';
import type { ParkedEvent } from './options.js';

const KEY_MAX = 1000;

function chooseKey({ payload, context }: CelloEvent, given: unknown): string {
  const place = { caller: 'add', path: 'key' };
  const { trigger } = context.event;
  if (given !== undefined) {
    const key = readString(given, place);
    if (key.length > KEY_MAX) throw createMistake(place, `at most ${KEY_MAX} characters`, given);
    return key;
  }
  if (trigger === 'charge-refunded')
    throw new TypeError(
      '[cello-companion] add: "key" is required for a refund: give its id, since one invoice may be refunded in parts',
    );
  const key = `${trigger}:${payload.newUserId}`;
  const invoiceId = context.subscription?.invoiceId;
  if (trigger !== 'invoice-paid') return key;
  if (!invoiceId)
    throw new TypeError('[cello-companion] add: "key" is required for an invoice without "subscription.invoiceId"');
  return `${key}:${invoiceId}`;
}

/**
 * Creates an entry from an event.
 *
 * @param key - `undefined`: derived from the event.
 * @throws {TypeError} Names the field.
 */
export function createEntry(event: unknown, key: unknown): NewEntry {
  const parsed = parseEvent(event, 'add');
  return {
    key: chooseKey(parsed, key),
    userId: parsed.payload.newUserId,
    isSignup: parsed.context.event.trigger === 'new-signup',
    body: JSON.stringify(parsed),
  };
}

/**
 * Parses the event that replaces another one. It must belong to the same user, or it would break the order of events.
 *
 * @throws {TypeError} Names the field.
 */
export function readMended(event: unknown, standingBody: string): CelloEvent {
  const caller = 'resend';
  const mended = parseEvent(event, caller);
  const standing = readEvent(standingBody);
  if (!standing) return mended;
  if (mended.payload.newUserId !== standing.payload.newUserId)
    throw createMistake(
      { caller, path: 'payload.newUserId' },
      'that of the event that it replaces',
      mended.payload.newUserId,
    );
  const { trigger } = mended.context.event;
  if (trigger !== standing.context.event.trigger)
    throw createMistake({ caller, path: 'context.event.trigger' }, 'that of the event that it replaces', trigger);
  return mended;
}

/** The entry as the site sees it. */
export const showParked = ({ key, body, reason, status, isAmbiguous, attempts }: ParkedEntry): ParkedEvent => ({
  key,
  event: readEvent(body),
  reason,
  status,
  ambiguous: isAmbiguous,
  attempts,
});
