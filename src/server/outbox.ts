/**
 * The outbox: keeps events until Cello has them, across restarts, once per key.
 */
import { createBell } from './bell.js';
import { type CelloEvent, parseEvent } from './events.js';
import { createFieldError, readText } from './input.js';
import { describeError } from './log.js';
import { checkOutboxOptions, type OutboxOptions, type ParkedEvent } from './outbox-options.js';
import type { Counts, Fate, Lease, ParkedEntry } from './queue.js';
import { readBody, tryToSend } from './trial.js';

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

const CONCURRENCY = 4;
const POLL_MS = 1000;
const LEASE_MS = 60_000;
const DRAIN_MS = 10_000;
const PARKED_LIMIT = 100;

/** Of its lease a try may use so much; the rest is for recording what came of it. */
const TRY_SHARE = 0.75;

/** What failed to be recorded is recorded again after this, doubling. */
const RECORD_AGAIN_MS = 100;

const KEY_MAX = 1000;

function chooseKey({ payload, context }: CelloEvent, given: unknown): string {
  const place = { caller: 'add', path: 'key' };
  const { trigger } = context.event;
  if (given !== undefined) {
    const key = readText(given, place);
    if (key.length > KEY_MAX) throw createFieldError(place, `at most ${KEY_MAX} characters`, given);
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

/** One stretch of sending, from `start` to `stop`. */
interface Run {
  /** Nothing is taken in hand from here on. */
  stopClaimingMs: number;
  done: Promise<void>;
}

const showParked = ({ key, body, reason, status, isAmbiguous, attempts }: ParkedEntry): ParkedEvent => ({
  key,
  event: readBody(body),
  reason,
  status,
  ambiguous: isAmbiguous,
  attempts,
});

const warnOfParked = ({ event, status }: ParkedEvent) =>
  console.warn(
    `[cello-companion] an event was parked (${event?.context.event.trigger ?? 'unreadable'}, status ${status}): see parked() of the outbox`,
  );

const warnOfError = (error: unknown) =>
  console.error(`[cello-companion] the outbox's store failed: ${describeError(error)}`);

/**
 * Makes an outbox. Nothing is sent before `start()`; `add` works without it, so that one process may add and another send.
 *
 * @throws {TypeError} If an option is wrong: it names the option.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  checkOutboxOptions(options);
  const { store, send, clock = Date.now, random = Math.random } = options;
  const { onAmbiguous = 'repeat', concurrency = CONCURRENCY, pollMs = POLL_MS } = options;
  const { onParked = warnOfParked, onError = warnOfError } = options;
  const queue = store.events;
  const { longestLeaseMs = Number.POSITIVE_INFINITY } = queue;
  const { leaseMs = Math.min(LEASE_MS, longestLeaseMs) } = options;
  if (leaseMs > longestLeaseMs)
    throw new TypeError(
      `[cello-companion] createOutbox: "leaseMs" must be at most the store's ${longestLeaseMs}, got ${leaseMs}. Give both the same`,
    );
  const bell = createBell();
  const inHand = new Set<Promise<void>>();
  let current: Run | null = null;
  let pauseUntilMs = 0;

  const tell = (error: unknown): void => {
    try {
      onError(error);
    } catch {
      // The site's own handler failed. The sending goes on, and there is nobody left to tell.
    }
  };

  /** Records what came of a try, also through a failure of the store that passes while the lease lasts. */
  const record = async (lease: Lease, fate: Fate, untilMs: number): Promise<boolean> => {
    for (let waitMs = RECORD_AGAIN_MS; ; waitMs *= 2) {
      try {
        return await queue.settle(lease, fate);
      } catch (error) {
        if (clock() + waitMs >= untilMs) throw error;
        await createBell().wait(waitMs);
      }
    }
  };

  const deliver = async (lease: Lease, untilMs: number): Promise<void> => {
    const timeoutMs = untilMs - leaseMs * (1 - TRY_SHARE) - clock();
    if (timeoutMs <= 0) return; // this process stood still for so long that others take the event for abandoned
    try {
      const { fate, pauseMs } = await tryToSend(lease, { send, onAmbiguous, random, timeoutMs });
      if (pauseMs) pauseUntilMs = Math.max(pauseUntilMs, clock() + pauseMs);
      const isRecorded = await record(lease, fate, untilMs);
      if (!isRecorded || fate.state !== 'parked') return;
      const { reason, status, isAmbiguous } = fate;
      onParked(showParked({ ...lease, reason, status, isAmbiguous, attempts: lease.attempts + 1 }));
    } catch (error) {
      tell(error);
    }
  };

  /** Takes what is due in hand. Gives back whether there was any. */
  const claim = async ({ stopClaimingMs }: Run): Promise<boolean> => {
    const nowMs = clock();
    const room = concurrency - inHand.size;
    if (room <= 0 || nowMs < pauseUntilMs || nowMs >= stopClaimingMs) return false;
    const leases = await queue.claim(room, leaseMs);
    for (const lease of leases) {
      const delivery = deliver(lease, nowMs + leaseMs).finally(() => {
        inHand.delete(delivery);
        bell.ring();
      });
      inHand.add(delivery);
    }
    return leases.length > 0;
  };

  const work = async (run: Run, before: Promise<void> | undefined): Promise<void> => {
    await before;
    for (;;) {
      const isBusy = await claim(run).catch((error: unknown) => {
        tell(error);
        return false;
      });
      if (isBusy) continue;
      if (run.stopClaimingMs < Number.POSITIVE_INFINITY && !inHand.size) return;
      await bell.wait(pollMs);
    }
  };

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
      bell.ring();
      return { key: entry.key, isNew };
    },
    start() {
      if (current && current.stopClaimingMs === Number.POSITIVE_INFINITY) return;
      const run: Run = { stopClaimingMs: Number.POSITIVE_INFINITY, done: Promise.resolve() };
      run.done = work(run, current?.done);
      current = run;
    },
    async stop({ drainMs = DRAIN_MS } = {}) {
      const run = current;
      if (!run) return;
      run.stopClaimingMs = Math.min(run.stopClaimingMs, clock() + drainMs);
      bell.ring();
      await run.done;
      if (current === run) current = null;
    },
    stats: () => queue.count(),
    async parked(limit = PARKED_LIMIT) {
      return (await queue.listParked(limit)).map(showParked);
    },
    async resend(key, event) {
      const standing = await queue.findParked(key);
      if (!standing) return false;
      const mended = event === undefined ? null : parseEvent(event, 'resend');
      if (mended) checkMended(mended, readBody(standing.body));
      const isBack = await queue.resend(key, mended && JSON.stringify(mended));
      bell.ring();
      return isBack;
    },
    async discard(key) {
      const isGone = await queue.discard(key);
      bell.ring();
      return isGone;
    },
  };
}

/** Another user's event under this key would go before or behind the wrong ones. */
function checkMended(mended: CelloEvent, standing: CelloEvent | null): void {
  if (!standing) return;
  const caller = 'resend';
  if (mended.payload.newUserId !== standing.payload.newUserId)
    throw createFieldError({ caller, path: 'payload.newUserId' }, 'that of the parked event', mended.payload.newUserId);
  const { trigger } = mended.context.event;
  if (trigger !== standing.context.event.trigger)
    throw createFieldError({ caller, path: 'context.event.trigger' }, 'that of the parked event', trigger);
}
