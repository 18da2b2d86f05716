/**
 * Messages on their way: kept before they are sent, dropped when the endpoint has them.
 */
import { COOKIE as PREFIX } from '../cookie.js';
import { type Message, parseMessage } from '../message.js';
import type { Outcome } from './delivery.js';

/** How long a message is tried. The endpoint remembers ids for longer. */
const AGE_MAX_MS = 48 * 3_600_000;
/** How many messages wait at most: one visitor submits a handful, so more of them is a fault in the page. */
const COUNT_MAX = 50;
const DELAY_MIN_MS = 1000;
const DELAY_MAX_MS = 300_000;
/** No `Retry-After` holds a message for longer. */
const HOLD_MAX_MS = 24 * 3_600_000;
/** For how long a sender owns a message: as long as an answer may take. If its page is gone, another one may send. */
const LEASE_MS = 10_000;

/** A message with the story of its delivery; times in ms since 1970. */
interface Kept {
  readonly message: Message;
  readonly bornMs: number;
  readonly tries: number;
  /** Not before, by our own backoff; `online` and a new page view pass over it. */
  readonly dueMs: number;
  /** Not before, by the endpoint's `Retry-After`. */
  readonly heldMs: number;
  /** Somebody is sending it until then. */
  readonly leasedMs: number;
}

/** What happened to a message, told to the page. */
export interface OutboxEvents {
  readonly onDelivered: (message: Message, isToForget: boolean) => void;
  /** `isFinal`: given up; else it is tried again. */
  readonly onFailed: (message: Message, reason: string, isFinal: boolean) => void;
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
  /** Where messages are kept; `null`: nowhere but in this page. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'> | null;
  readonly now: () => number;
  readonly random: () => number;
  /** Runs a piece of work that no other tab does at the same moment. */
  readonly exclusively: (work: () => void) => void;
}

interface Shelf {
  readonly ids: () => string[];
  readonly get: (id: string) => Kept | null;
  readonly put: (kept: Kept) => void;
  readonly drop: (id: string) => void;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Reads what a storage holds: whoever wrote it, a version of ours or somebody else. */
function parseKept(text: string | null): Kept | null {
  try {
    const kept: unknown = JSON.parse(text ?? '');
    if (!isObject(kept)) return null;
    const { message } = parseMessage(Reflect.get(kept, 'message'));
    const [bornMs = 0, tries = 0, dueMs = 0, heldMs = 0, leasedMs = 0] = [
      'bornMs',
      'tries',
      'dueMs',
      'heldMs',
      'leasedMs',
    ].map((name) => Number(Reflect.get(kept, name)) || 0);
    return message ? { message, bornMs, tries, dueMs, heldMs, leasedMs } : null;
  } catch {
    return null; // SyntaxError
  }
}

/** A shelf in the browser's storage, a record a key. What does not fit there, or may not, is kept in this page. */
function createShelf(storage: OutboxWorld['storage']): Shelf {
  const page = new Map<string, Kept>();
  const quietly = <T>(access: () => T, fallback: T): T => {
    try {
      return access();
    } catch {
      return fallback; // SecurityError: storage is denied. QuotaExceededError: it is full
    }
  };
  const keyOf = (id: string) => `${PREFIX}:${id}`;
  const keys = () => quietly(() => Array.from({ length: storage?.length ?? 0 }, (_, i) => storage?.key(i) ?? ''), []);
  const drop = (id: string) => {
    page.delete(id);
    quietly(() => storage?.removeItem(keyOf(id)), undefined);
  };
  return {
    drop,
    ids: () => [
      ...page.keys(),
      ...keys().flatMap((key) => (key.startsWith(keyOf('')) ? key.slice(PREFIX.length + 1) : [])),
    ],
    get(id) {
      const text = quietly(() => storage?.getItem(keyOf(id)) ?? null, null);
      const kept = page.get(id) ?? parseKept(text);
      if (!kept && text) drop(id);
      return kept;
    },
    put(kept) {
      const { id } = kept.message;
      const isStored = quietly(() => {
        storage?.setItem(keyOf(id), JSON.stringify(kept));
        return !!storage;
      }, false);
      if (isStored) page.delete(id);
      else page.set(id, kept);
    },
  };
}

/**
 * Opens the outbox. What an earlier page left is sent by `flush`.
 */
export function openOutbox(world: OutboxWorld, { onDelivered, onFailed }: OutboxEvents): Outbox {
  const { now, random, exclusively } = world;
  const shelf = createShelf(world.storage);
  const sending = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  /** A time that is further off than we ever set it comes from a clock that was set back since: it has passed. */
  const isAhead = (ms: number, maxMs: number) => ms > now() && ms - now() <= maxMs;
  const isFree = ({ message, dueMs, heldMs, leasedMs }: Kept, isForced: boolean) =>
    !sending.has(message.id) &&
    !isAhead(leasedMs, LEASE_MS) &&
    !isAhead(heldMs, HOLD_MAX_MS) &&
    (isForced || !isAhead(dueMs, 2 * DELAY_MAX_MS));
  const waiting = () => shelf.ids().flatMap((id) => shelf.get(id) ?? []);
  const giveUp = ({ message }: Kept, reason: string) => {
    shelf.drop(message.id);
    onFailed(message, reason, true);
  };
  const schedule = () => {
    clearTimeout(timer);
    const times = waiting().map(({ dueMs, heldMs, leasedMs }) => Math.max(dueMs, heldMs, leasedMs) - now());
    const nextMs = Math.min(DELAY_MAX_MS, ...times.map((ms) => Math.max(ms, 50)));
    if (times.length && !isStopped) timer = setTimeout(() => run(false), nextMs);
  };
  const postpone = (kept: Kept, retryAfterMs: number) => {
    const tries = kept.tries + 1;
    const delayMs = Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** (tries - 1)) * (0.7 + 0.6 * random());
    const heldMs = retryAfterMs ? now() + Math.min(retryAfterMs, HOLD_MAX_MS) : 0;
    shelf.put({ ...kept, tries, dueMs: now() + delayMs, heldMs, leasedMs: 0 });
  };
  const settle = (kept: Kept, outcome: Outcome, isKept: boolean) => {
    const { message } = kept;
    const isOpen = outcome.is === 'open' && isKept;
    // Dropped while it was on its way, by a withdrawn consent or another tab: it is not put back.
    if (isOpen && shelf.get(message.id)) postpone(kept, outcome.retryAfterMs);
    else shelf.drop(message.id);
    if (outcome.is === 'arrived') onDelivered(message, outcome.isToForget);
    else onFailed(message, outcome.reason, !isOpen);
    schedule();
  };
  const send = async (kept: Kept, isKept: boolean): Promise<Outcome> => {
    const { message } = kept;
    sending.add(message.id);
    if (isKept) shelf.put({ ...kept, leasedMs: now() + LEASE_MS });
    const outcome = await world.deliver(JSON.stringify(message));
    sending.delete(message.id);
    settle(kept, outcome, isKept);
    return outcome;
  };
  const run = (isForced: boolean) => {
    if (isStopped) return;
    for (const kept of waiting()) if (now() - kept.bornMs > AGE_MAX_MS) giveUp(kept, 'too old');
    const ready = waiting().filter((kept) => isFree(kept, isForced));
    if (!ready.length) return schedule();
    exclusively(() => {
      for (const { message } of ready) {
        const kept = shelf.get(message.id);
        if (kept && isFree(kept, isForced) && !isStopped) void send(kept, true);
      }
    });
  };
  return {
    add(message, isToBeKept) {
      const oldest = waiting().sort((a, b) => a.bornMs - b.bornMs);
      for (const kept of oldest.slice(0, Math.max(0, oldest.length + 1 - COUNT_MAX))) giveUp(kept, 'too many');
      // Sent within this very call: a form may navigate as soon as its handlers return.
      return send({ message, bornMs: now(), tries: 0, dueMs: 0, heldMs: 0, leasedMs: 0 }, isToBeKept);
    },
    flush: () => run(true),
    flushBlindly() {
      for (const kept of waiting()) if (isFree(kept, true)) world.deliverBlindly(JSON.stringify(kept.message));
    },
    clear() {
      for (const id of shelf.ids()) shelf.drop(id);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
