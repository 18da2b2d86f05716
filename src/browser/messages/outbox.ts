/**
 * Messages on their way: kept before they are sent, dropped when the endpoint has them.
 */
import { COOKIE as PREFIX } from '../../cookie.js';
import type { Message } from '../../message.js';
import { ANSWER_MS, type DeliveryReason, type Outcome } from './transport.js';

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

/** A message with the story of its delivery. */
interface Kept {
  readonly message: Message;
  /** How often it was sent in vain. */
  readonly tries: number;
  /** When this was written, in ms since 1970. From here on it waits. */
  readonly sinceMs: number;
  /** How long by our own backoff; `online` and a new page view pass over it. */
  readonly waitMs: number;
  /** How long in any case: somebody is sending it, or the endpoint's `Retry-After`. */
  readonly holdMs: number;
}

/** What happened to a message, told to the page. */
export interface OutboxEvents {
  readonly onDelivered: (message: Message, isToForget: boolean) => void;
  /** `isFinal`: given up; else it is tried again. */
  readonly onFailed: (message: Message, reason: FailureReason, isFinal: boolean) => void;
}

export interface Outbox {
  /** Keeps a message and sends it. Gives what became of the first try. */
  readonly add: (message: Message, isToBeKept: boolean) => Promise<Outcome>;
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
  readonly deliver: (body: string) => Promise<Outcome>;
  readonly deliverBlindly: (body: string) => void;
  /** Where messages are kept. May throw: then they are kept in this page alone. */
  readonly storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly now: () => number;
  readonly random: () => number;
  /** Runs a piece of work later. Gives the undo. */
  readonly later: (work: () => void, ms: number) => () => void;
  /** Runs a piece of work that no other tab does at the same moment. */
  readonly exclusively: (work: () => void) => void;
}

interface Shelf {
  readonly ids: () => string[];
  readonly get: (id: string) => Kept | null;
  readonly put: (kept: Kept) => void;
  readonly drop: (id: string) => void;
}

/** Storage is denied (SecurityError, TypeError), or full (QuotaExceededError). */
function attempt<T>(access: () => T): T | null {
  try {
    return access();
  } catch {
    return null;
  }
}

const read = (target: unknown, key: string): unknown => Reflect.get(Object(target), key);

const isMessage = (value: unknown, id: string): value is Message =>
  read(value, 'id') === id && Date.parse(String(read(value, 'at'))) > 0;

/** Reads what a storage holds, only so far as we need it: the endpoint parses what it gets. */
function parseKept(kept: unknown, id: string): Kept | null {
  const message = read(kept, 'message');
  const count = (key: string) => Number(read(kept, key)) || 0;
  if (!isMessage(message, id)) return null;
  return {
    message,
    tries: count('tries'),
    sinceMs: count('sinceMs'),
    waitMs: count('waitMs'),
    holdMs: count('holdMs'),
  };
}

/** A shelf in the browser's storage, a record a key. What does not fit there, or may not, is kept in this page. */
function createShelf(storage: OutboxWorld['storage']): Shelf {
  const page = new Map<string, Kept>();
  const keyOf = (id: string) => `${PREFIX}:${id}`;
  const drop = (id: string) => {
    page.delete(id);
    attempt(() => storage().removeItem(keyOf(id)));
  };
  return {
    drop,
    ids() {
      const keys = attempt(() => Object.keys(storage())) ?? [];
      const ids = keys.flatMap((key) => (key.startsWith(keyOf('')) ? key.slice(keyOf('').length) : []));
      return [...new Set([...page.keys(), ...ids])];
    },
    get(id) {
      const kept = page.get(id) ?? attempt(() => parseKept(JSON.parse(storage().getItem(keyOf(id)) ?? ''), id));
      if (!kept) drop(id); // an earlier version's, or somebody else's
      return kept;
    },
    put(kept) {
      const { id } = kept.message;
      const text = JSON.stringify(kept);
      page.set(id, kept);
      attempt(() => {
        storage().setItem(keyOf(id), text);
        // Some privacy tools put a storage in its place that takes everything and keeps nothing.
        if (storage().getItem(keyOf(id)) === text) page.delete(id);
      });
    },
  };
}

/**
 * Opens the outbox. What an earlier page left is sent by `flush`.
 */
export function openOutbox(world: OutboxWorld, { onDelivered, onFailed }: OutboxEvents): Outbox {
  const { now, random, later, exclusively } = world;
  const shelf = createShelf(world.storage);
  /** What this page has on the way. */
  const sending = new Set<string>();
  /** Backoffs that began until then are over. */
  let flushedMs = 0;
  let cancel = () => {};
  let isStopped = false;

  const waiting = () => shelf.ids().flatMap((id) => (sending.has(id) ? [] : (shelf.get(id) ?? [])));
  /** How long a message still waits. A time ahead of us was written before the clock was set back: it has passed. */
  const restMs = ({ sinceMs, waitMs, holdMs }: Kept) =>
    sinceMs > now() ? 0 : sinceMs + Math.max(holdMs, sinceMs <= flushedMs ? 0 : waitMs) - now();
  const tidy = () => {
    const newestFirst = waiting().sort((a, b) => (a.message.at < b.message.at ? 1 : -1));
    newestFirst.forEach(({ message }, index) => {
      const isOld = now() - Date.parse(message.at) > AGE_MAX_MS;
      if (!isOld && index < COUNT_MAX) return;
      shelf.drop(message.id);
      onFailed(message, isOld ? 'too old' : 'too many', true);
    });
  };
  const schedule = () => {
    cancel();
    tidy();
    const rests = waiting().map((kept) => Math.max(LOOK_MIN_MS, restMs(kept)));
    const isIdle = !rests.length || sending.size >= SENDING_MAX || isStopped;
    if (!isIdle) cancel = later(run, Math.min(DELAY_MAX_MS, ...rests));
  };
  const postpone = ({ message, tries }: Kept, retryAfterMs: number) => {
    const delayMs = Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** tries) * (0.7 + 0.6 * random());
    const holdMs = Math.min(HOLD_MAX_MS, retryAfterMs);
    shelf.put({ message, tries: tries + 1, sinceMs: now(), waitMs: delayMs, holdMs });
  };
  const send = async (kept: Kept, isToBeKept: boolean): Promise<Outcome> => {
    const { message } = kept;
    sending.add(message.id);
    // Its sender holds a message for as long as an answer may take. If its page is gone, another one may send then.
    if (isToBeKept) shelf.put({ ...kept, sinceMs: now(), holdMs: ANSWER_MS });
    const outcome = await world.deliver(JSON.stringify(message));
    sending.delete(message.id);
    const isOpen = outcome.is === 'open' && isToBeKept;
    // Dropped while it was on its way, by a withdrawn consent or another tab: it is not put back.
    if (!isOpen) shelf.drop(message.id);
    else if (shelf.get(message.id)) postpone(kept, outcome.retryAfterMs);
    if (outcome.is === 'arrived') onDelivered(message, outcome.isToForget);
    else onFailed(message, outcome.reason, !isOpen);
    if (isToBeKept) schedule();
    return outcome;
  };
  const sendWaiting = () => {
    if (isStopped) return;
    tidy();
    for (const kept of waiting()) if (sending.size < SENDING_MAX && restMs(kept) <= 0) void send(kept, true);
    schedule();
  };
  const run = () => {
    if (shelf.ids().length) exclusively(sendWaiting);
  };
  return {
    // Sent within this very call: a form may navigate as soon as its handlers return.
    add: (message, isToBeKept) =>
      send(
        (isToBeKept && shelf.get(message.id)) || { message, tries: 0, sinceMs: 0, waitMs: 0, holdMs: 0 },
        isToBeKept,
      ),
    flush() {
      flushedMs = now();
      run();
    },
    flushBlindly() {
      flushedMs = now();
      for (const kept of waiting()) if (restMs(kept) <= 0) world.deliverBlindly(JSON.stringify(kept.message));
    },
    clear() {
      for (const id of shelf.ids()) shelf.drop(id);
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
