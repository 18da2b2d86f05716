/**
 * Messages in transit: stored before they are sent, dropped when the endpoint has them.
 */
import { type Message, parseTime, writeJson } from '../../message.js';
import { openRecords, type QueuedMessage, type RecordStorage, type Records } from './records.js';
import { ANSWER_MS, type Delivery, type DeliveryReason } from './transport.js';

/** How long we keep trying a message. The endpoint remembers ids for longer. */
const AGE_MAX_MS = 48 * 3_600_000;
/** How many messages may wait: one visitor submits a handful, so more than this is a bug in the page. */
const COUNT_MAX = 50;
const DELAY_MIN_MS = 1000;
const DELAY_MAX_MS = 300_000;
/** No `Retry-After` delays a message for longer than this. */
const HOLD_MAX_MS = 24 * 3_600_000;
/** How many are sent at the same time: `keepalive` allows 64 KiB in flight, and a message is up to 4. */
const SENDING_MAX = 8;
/** The minimum delay before we look again, so that an erratic clock causes no busy loop. */
const LOOK_MIN_MS = 50;

/** Why a message did not arrive: a failed attempt, or why the outbox gave up on it. */
export type FailureReason = DeliveryReason | 'too old' | 'too many';

/** A message that did not arrive. */
export interface Failure {
  readonly reason: FailureReason;
  /** Whether we gave up; otherwise it will be tried again. */
  readonly isFinal: boolean;
  /** Whether something else answered in the endpoint's place. */
  readonly isForeign: boolean;
  /** Why the endpoint refused it, in its own words. */
  readonly error: string | null;
}

/** What happened to a message, reported to the page. */
export interface OutboxEvents {
  readonly onDelivered: (message: Message, isToForget: boolean) => void;
  readonly onFailed: (message: Message, failure: Failure) => void;
}

export interface Outbox {
  /** Stores a message and sends it. Resolves to the result of the first attempt. */
  readonly add: (message: Message, isToBeKept: boolean) => Promise<Delivery>;
  /** Stores a message and sends it while the page goes away: no answer will be heard. */
  readonly addBlindly: (message: Message) => void;
  /** Sends the waiting messages, ignoring our own backoff. */
  readonly flush: () => void;
  /** Sends the waiting messages while the page goes away, and keeps them. */
  readonly flushBlindly: () => void;
  /** Drops everything. */
  readonly clear: () => void;
  /** Stops trying. Stored messages are kept. */
  readonly stop: () => void;
}

/** Everything the outbox uses from the outside world. */
export interface OutboxWorld {
  /** What distinguishes this page from the site's other pages. */
  readonly page: string;
  readonly deliver: (body: string) => Promise<Delivery>;
  readonly deliverBlindly: (body: string) => void;
  /** Where messages are stored. May throw: they are then kept only in this page. */
  readonly storage: () => RecordStorage;
  readonly now: () => number;
  readonly random: () => number;
  /** Runs a function later. Returns the undo function. */
  readonly later: (work: () => void, ms: number) => () => void;
  /** Runs a function that no other tab runs at the same time, if the browser has locks. It says whether it took leases. */
  readonly exclusively: (work: () => boolean) => void;
  /**
   * How long after taking a lease a page checks whether it still holds it, in ms: without locks, if several pages take it at
   * the same moment, the last one has it. 0 if locks make taking it atomic.
   */
  readonly settleMs: number;
}

/** When a message may be sent. */
interface Timing {
  /** How long a message still has to wait. A future timestamp means the clock was set back since: the wait is over. */
  readonly restMs: (queued: QueuedMessage) => number;
  /** Ends our own backoff for everything that started before now. */
  readonly skipBackoff: () => void;
  /** The same message after a failed attempt. */
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

/** Gives up on messages that have waited too long, and on the oldest if there are too many. */
function giveUp(waiting: readonly QueuedMessage[], nowMs: number, drop: (message: Message, failure: Failure) => void) {
  const newestFirst = [...waiting].sort((a, b) => (a.message.at < b.message.at ? 1 : -1));
  newestFirst.forEach(({ message }, index) => {
    const isOld = nowMs - parseTime(message.at) > AGE_MAX_MS;
    if (isOld || index >= COUNT_MAX)
      drop(message, { reason: isOld ? 'too old' : 'too many', isFinal: true, isForeign: false, error: null });
  });
}

/** One attempt to send a message, and what is stored about it. */
function createSender(
  { page, now, deliver }: OutboxWorld,
  records: Records,
  timing: Timing,
  { onDelivered, onFailed }: OutboxEvents,
) {
  /** What this page is sending. */
  const sending = new Set<string>();
  // The sender leases a message for as long as an answer may take. If its page goes away, another can send it after that.
  const lease = (queued: QueuedMessage) => records.put({ ...queued, sinceMs: now(), holdMs: ANSWER_MS, sender: page });
  const send = async (queued: QueuedMessage, isToBeKept: boolean): Promise<Delivery> => {
    const { message } = queued;
    sending.add(message.id);
    if (isToBeKept) lease(queued);
    const delivery = await deliver(writeJson(message));
    sending.delete(message.id);
    const isOpen = delivery.is === 'open' && isToBeKept;
    // Dropped while in flight, by withdrawn consent or another tab: do not put it back.
    if (!isOpen) records.drop(message.id);
    else if (records.get(message.id)) records.put(timing.postpone(queued, delivery.retryAfterMs));
    if (delivery.is === 'arrived') onDelivered(message, delivery.isToForget);
    else onFailed(message, toFailure(delivery, !isOpen));
    return delivery;
  };
  return { sending, lease, send };
}

/** When waiting messages are sent: as soon as the first of them is due, and by only one of several pages. */
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
    if (isStopped) return false;
    tidy();
    const taken = due().slice(0, Math.max(0, SENDING_MAX - sending.size));
    for (const queued of taken) {
      sending.add(queued.message.id);
      lease(queued);
    }
    const ids = taken.map(({ message }) => message.id);
    if (settleMs && ids.length) later(() => confirm(ids), settleMs);
    else confirm(ids);
    return ids.length > 0;
  };
  const run = () => {
    if (records.ids().length) exclusively(sendDue);
  };
  const stop = () => {
    isStopped = true;
    cancel();
  };
  return { due, run, lease, send, sendKept, stop };
}

const createQueued = (message: Message): QueuedMessage => ({ message, tries: 0, sinceMs: 0, waitMs: 0, holdMs: 0 });

/** Opens the outbox. `flush` sends what an earlier page left behind. */
export function openOutbox(world: OutboxWorld, events: OutboxEvents): Outbox {
  const records = openRecords(world.storage);
  const timing = createTiming(world);
  const { due, run, lease, send, sendKept, stop } = createSchedule(world, records, timing, events);
  return {
    // Sent synchronously: the page may navigate as soon as the form's handlers return.
    add(message, isToBeKept) {
      const queued = createQueued(message);
      return isToBeKept ? sendKept(records.get(message.id) ?? queued) : send(queued, false);
    },
    addBlindly(message) {
      lease(createQueued(message));
      world.deliverBlindly(writeJson(message));
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
