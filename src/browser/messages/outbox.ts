/**
 * Messages on their way: kept before they are sent, dropped when the endpoint has them.
 */
import { type Message, parseTime, writeJson } from '../../message.js';
import { openRecords, type QueuedMessage, type RecordStorage, type Records } from './records.js';
import { ANSWER_MS, type Delivery, type DeliveryReason } from './transport.js';

/** How long a message is tried. The endpoint remembers ids for longer. */
const AGE_MAX_MS = 48 * 3_600_000;
/** How many messages wait at most: one visitor submits a handful, so more of them is a fault in the page. */
const COUNT_MAX = 50;
const DELAY_MIN_MS = 1000;
const DELAY_MAX_MS = 300_000;
/** No `Retry-After` holds a message for longer. */
const HOLD_MAX_MS = 24 * 3_600_000;
/** How many leave at the same moment: 64 KiB may be on the way by keepalive, and a message has up to 4. */
const SENDING_MAX = 8;
/** How soon we look again at the earliest, so that a clock that stumbles makes no busy loop. */
const LOOK_MIN_MS = 50;

/** Why a message did not get there: a failed try, or the reason for which the outbox gave it up. */
export type FailureReason = DeliveryReason | 'too old' | 'too many';

/** A message that did not get there. */
export interface Failure {
  readonly reason: FailureReason;
  /** Given up; else it is tried again. */
  readonly isFinal: boolean;
  /** Whether somebody else answered in the endpoint's place. */
  readonly isForeign: boolean;
  /** Why the endpoint refuses it, in its own words. */
  readonly error: string | null;
}

/** What happened to a message, told to the page. */
export interface OutboxEvents {
  readonly onDelivered: (message: Message, isToForget: boolean) => void;
  readonly onFailed: (message: Message, failure: Failure) => void;
}

export interface Outbox {
  /** Keeps a message and sends it. Gives what became of the first try. */
  readonly add: (message: Message, isToBeKept: boolean) => Promise<Delivery>;
  /** Sends what waits, whatever our backoff says. */
  readonly flush: () => void;
  /** Sends what waits while the page goes away, and keeps it. */
  readonly flushBlindly: () => void;
  /** Drops everything. */
  readonly clear: () => void;
  /** Stops trying. What is kept stays. */
  readonly stop: () => void;
}

/** What the outbox touches of the world. */
export interface OutboxWorld {
  /** What tells this page from the others of the site. */
  readonly page: string;
  readonly deliver: (body: string) => Promise<Delivery>;
  readonly deliverBlindly: (body: string) => void;
  /** Where messages are kept. May throw: then they are kept in this page alone. */
  readonly storage: () => RecordStorage;
  readonly now: () => number;
  readonly random: () => number;
  /** Runs a piece of work later. Gives the undo. */
  readonly later: (work: () => void, ms: number) => () => void;
  /** Runs a piece of work that no other tab does at the same moment, as far as the browser has locks. */
  readonly exclusively: (work: () => void) => void;
  /**
   * How long after taking a lease a page looks whether it still holds it, in ms: where there are no locks, the last one
   * of several pages that take it in the same moment has it. 0 where locks make taking it one step.
   */
  readonly settleMs: number;
}

/** When a message may be sent. */
interface Timing {
  /** How long a message still waits. A time ahead of us was written before the clock was set back: it has passed. */
  readonly restMs: (queued: QueuedMessage) => number;
  /** Our own backoff is over for all that began until now. */
  readonly skipBackoff: () => void;
  /** The same message after a failed try. */
  readonly postpone: (queued: QueuedMessage, retryAfterMs: number) => QueuedMessage;
}

function createTiming({ now, random }: Pick<OutboxWorld, 'now' | 'random'>): Timing {
  let skippedMs = 0;
  return {
    restMs: ({ sinceMs, waitMs, holdMs }) =>
      sinceMs > now() ? 0 : sinceMs + Math.max(holdMs, sinceMs <= skippedMs ? 0 : waitMs) - now(),
    skipBackoff() {
      skippedMs = now();
    },
    postpone: ({ message, tries }, retryAfterMs) => ({
      message,
      tries: tries + 1,
      sinceMs: now(),
      waitMs: Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** tries) * (0.7 + 0.6 * random()),
      holdMs: Math.min(HOLD_MAX_MS, retryAfterMs),
    }),
  };
}

const toFailure = (delivery: Exclude<Delivery, { is: 'arrived' }>, isFinal: boolean): Failure => ({
  reason: delivery.reason,
  isFinal,
  isForeign: delivery.is === 'open' && delivery.isForeign === true,
  error: delivery.is === 'refused' ? delivery.error : null,
});

/** Gives up what waits for too long, and the oldest of too many. */
function giveUp(waiting: readonly QueuedMessage[], nowMs: number, drop: (message: Message, failure: Failure) => void) {
  const newestFirst = [...waiting].sort((a, b) => (a.message.at < b.message.at ? 1 : -1));
  newestFirst.forEach(({ message }, index) => {
    const isOld = nowMs - parseTime(message.at) > AGE_MAX_MS;
    if (isOld || index >= COUNT_MAX)
      drop(message, { reason: isOld ? 'too old' : 'too many', isFinal: true, isForeign: false, error: null });
  });
}

/** One try of a message, and what is kept of it. */
function createSender(
  { page, now, deliver }: OutboxWorld,
  records: Records,
  timing: Timing,
  { onDelivered, onFailed }: OutboxEvents,
) {
  /** What this page has on the way. */
  const sending = new Set<string>();
  // Its sender holds a message for as long as an answer may take. If its page is gone, another one may send then.
  const lease = (queued: QueuedMessage) => records.put({ ...queued, sinceMs: now(), holdMs: ANSWER_MS, sender: page });
  const send = async (queued: QueuedMessage, isToBeKept: boolean): Promise<Delivery> => {
    const { message } = queued;
    sending.add(message.id);
    if (isToBeKept) lease(queued);
    const delivery = await deliver(writeJson(message));
    sending.delete(message.id);
    const isOpen = delivery.is === 'open' && isToBeKept;
    // Dropped while it was on its way, by a withdrawn consent or another tab: it is not put back.
    if (!isOpen) records.drop(message.id);
    else if (records.get(message.id)) records.put(timing.postpone(queued, delivery.retryAfterMs));
    if (delivery.is === 'arrived') onDelivered(message, delivery.isToForget);
    else onFailed(message, toFailure(delivery, !isOpen));
    return delivery;
  };
  return { sending, lease, send };
}

/** When what waits is sent: at once, as soon as the first of it may be, and by one page of several. */
function createSchedule(world: OutboxWorld, records: Records, timing: Timing, events: OutboxEvents) {
  const { page, now, later, exclusively, settleMs } = world;
  const { sending, lease, send } = createSender(world, records, timing, events);
  let cancel = () => {};
  let isStopped = false;

  const waiting = () => records.ids().flatMap((id) => (sending.has(id) ? [] : (records.get(id) ?? [])));
  const due = () => waiting().filter((queued) => timing.restMs(queued) <= 0);
  const tidy = () =>
    giveUp(waiting(), now(), (message, failure) => {
      records.drop(message.id);
      events.onFailed(message, failure);
    });
  const schedule = () => {
    cancel();
    tidy();
    const rests = waiting().map((queued) => Math.max(LOOK_MIN_MS, timing.restMs(queued)));
    const isIdle = !rests.length || sending.size >= SENDING_MAX || isStopped;
    if (!isIdle) cancel = later(run, Math.min(DELAY_MAX_MS, ...rests));
  };
  const sendKept = async (queued: QueuedMessage) => {
    const delivery = await send(queued, true);
    schedule();
    return delivery;
  };
  const confirm = (ids: readonly string[]) => {
    for (const id of ids) {
      sending.delete(id);
      const queued = records.get(id);
      if (queued?.sender === page && !isStopped) void sendKept(queued);
    }
    schedule();
  };
  const sendDue = () => {
    if (isStopped) return;
    tidy();
    const taken = due().slice(0, Math.max(0, SENDING_MAX - sending.size));
    for (const queued of taken) {
      sending.add(queued.message.id);
      lease(queued);
    }
    const ids = taken.map(({ message }) => message.id);
    if (settleMs && ids.length) later(() => confirm(ids), settleMs);
    else confirm(ids);
  };
  const run = () => {
    if (records.ids().length) exclusively(sendDue);
  };
  const stop = () => {
    isStopped = true;
    cancel();
  };
  return { due, run, send, sendKept, stop };
}

/**
 * Opens the outbox. What an earlier page left is sent by `flush`.
 */
export function openOutbox(world: OutboxWorld, events: OutboxEvents): Outbox {
  const records = openRecords(world.storage);
  const timing = createTiming(world);
  const { due, run, send, sendKept, stop } = createSchedule(world, records, timing, events);
  return {
    // Sent within this very call: a form may navigate as soon as its handlers return.
    add(message, isToBeKept) {
      const fresh = { message, tries: 0, sinceMs: 0, waitMs: 0, holdMs: 0 };
      return isToBeKept ? sendKept(records.get(message.id) ?? fresh) : send(fresh, false);
    },
    flush() {
      timing.skipBackoff();
      run();
    },
    flushBlindly() {
      timing.skipBackoff();
      for (const { message } of due()) world.deliverBlindly(writeJson(message));
    },
    clear: () => records.ids().forEach(records.drop),
    stop,
  };
}
