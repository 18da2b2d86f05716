/**
 * The outbox: keeps events until Cello has them, across restarts, once per key.
 */

import { type CelloEvent, parseEvent } from '../events.js';
import { readString } from '../input.js';
import { createMistake } from '../mistake.js';
import type { Counts, ParkedEntry } from '../store/index.js';
import { readEvent } from './attempt.js';
import { type OutboxOptions, type ParkedEvent, readOutboxOptions } from './options.js';
import { createWorker } from './worker.js';

export type { OutboxOptions, ParkedEvent } from './options.js';

/** What `add` made of an event. */
export interface Added {
  readonly key: string;
  /** `false`: the key was there before, sent or not, and nothing was added. */
  readonly isNew: boolean;
}

/** Keeps events until Cello has them. */
export interface Outbox {
  /**
   * Keeps an event. When it resolves, the event is safe, as safe as the store is.
   *
   * @param options - `key`: what the event is recognised by, once and for ever. Default: `<trigger>:<newUserId>`, for a
   *   paid invoice with its number behind. A refund has none: give the refund's id; for demos the booking's id, if one
   *   user may attend several.
   * @throws {TypeError} (as a rejection) That names the field.
   */
  add(event: CelloEvent, options?: { readonly key?: string | undefined }): Promise<Added>;
  /** Begins to send. Does nothing if it has begun. */
  start(): void;
  /**
   * Stops sending. What is due is sent first, for at most `drainMs` (default: 10,000); what is on its way is waited for.
   * The rest stays in the store. Leaves no timer behind.
   */
  stop(options?: { readonly drainMs?: number | undefined }): Promise<void>;
  /** How many events are where. */
  stats(): Promise<Counts>;
  /** The events that wait for a person, oldest first. */
  parked(limit?: number): Promise<readonly ParkedEvent[]>;
  /**
   * Sends a parked event again, mended or as it is.
   *
   * @param event - The mended event: of the same trigger and `newUserId`.
   * @returns `false` if no event of this key is parked.
   * @throws {TypeError} (as a rejection) That names the field.
   */
  resend(key: string, event?: CelloEvent): Promise<boolean>;
  /**
   * Gives up a parked event: it is no event, or Cello's Event Feed has it. What it held goes on, and its key stays taken.
   *
   * @returns `false` if no event of this key is parked.
   */
  discard(key: string): Promise<boolean>;
}

const LEASE_MS = 60_000;
const DRAIN_MS = 10_000;
const PARKED_LIMIT = 100;
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

const showParked = ({ key, body, reason, status, isAmbiguous, attempts }: ParkedEntry): ParkedEvent => ({
  key,
  event: readEvent(body),
  reason,
  status,
  ambiguous: isAmbiguous,
  attempts,
});

/**
 * Makes an outbox. Nothing is sent before `start()`; `add` works without it, so that one process may add and another send.
 *
 * @throws {TypeError} If an option is wrong: it names the option.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { store, onParked, leaseMs, ...settings } = readOutboxOptions(options);
  const queue = store.events;
  const worker = createWorker({
    ...settings,
    queue,
    leaseMs: chooseLease(leaseMs, queue.longestLeaseMs),
    onParked: (entry) => onParked(showParked(entry)),
  });
  return {
    async add(event, { key } = {}) {
      const parsed = parseEvent(event, 'add');
      const entry = {
        key: chooseKey(parsed, key),
        userId: parsed.payload.newUserId,
        isSignup: parsed.context.event.trigger === 'new-signup',
        body: JSON.stringify(parsed),
      };
      const isNew = await queue.add(entry);
      worker.look();
      return { key: entry.key, isNew };
    },
    start: worker.start,
    stop: ({ drainMs = DRAIN_MS } = {}) => worker.stop(drainMs),
    stats: () => queue.count(),
    async parked(limit = PARKED_LIMIT) {
      return (await queue.listParked(limit)).map(showParked);
    },
    async resend(key, event) {
      const standing = await queue.findParked(key);
      if (!standing) return false;
      const mended = event === undefined ? null : parseEvent(event, 'resend');
      if (mended) checkMended(mended, readEvent(standing.body));
      const isBack = await queue.resend(key, mended && JSON.stringify(mended));
      worker.look();
      return isBack;
    },
    async discard(key) {
      const isGone = await queue.discard(key);
      worker.look();
      return isGone;
    },
  };
}

function chooseLease(given: number | null, longestMs = Number.POSITIVE_INFINITY): number {
  if (given === null) return Math.min(LEASE_MS, longestMs);
  if (given <= longestMs) return given;
  throw new TypeError(
    `[cello-companion] createOutbox: "leaseMs" must be at most the store's ${longestMs}, got ${given}. Give both the same`,
  );
}

/** Another user's event under this key would go before or behind the wrong ones. */
function checkMended(mended: CelloEvent, standing: CelloEvent | null): void {
  if (!standing) return;
  const caller = 'resend';
  if (mended.payload.newUserId !== standing.payload.newUserId)
    throw createMistake({ caller, path: 'payload.newUserId' }, 'that of the parked event', mended.payload.newUserId);
  const { trigger } = mended.context.event;
  if (trigger !== standing.context.event.trigger)
    throw createMistake({ caller, path: 'context.event.trigger' }, 'that of the parked event', trigger);
}
