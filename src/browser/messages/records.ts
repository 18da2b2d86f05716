/**
 * Messages that wait, a record a key, so that two tabs never rewrite each other's.
 */
import { COOKIE as PREFIX } from '../../cookie.js';
import { type Message, parseTime, readOwn, writeJson } from '../../message.js';

/** A message with the story of its delivery. */
export interface QueuedMessage {
  readonly message: Message;
  /** How often it was sent in vain. */
  readonly tries: number;
  /** When this was written, in ms since 1970. From here on it waits. */
  readonly sinceMs: number;
  /** How long by our own backoff; `online` and a new page view pass over it. */
  readonly waitMs: number;
  /** How long in any case: a lease of whoever sends it, or the endpoint's `Retry-After`. */
  readonly holdMs: number;
  /** Which page holds the lease. */
  readonly sender?: string;
}

export interface Records {
  readonly ids: () => string[];
  /** What is kept under an id; `null`, and dropped, where that is no message. */
  readonly get: (id: string) => QueuedMessage | null;
  readonly put: (queued: QueuedMessage) => void;
  readonly drop: (id: string) => void;
}

/** The part of a storage that we use. */
export type RecordStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Storage is denied (SecurityError, TypeError), or full (QuotaExceededError). */
function attempt<T>(access: () => T): T | null {
  try {
    return access();
  } catch {
    return null;
  }
}

const isMessage = (value: unknown, id: string): value is Message =>
  readOwn(value, 'id') === id && parseTime(String(readOwn(value, 'at'))) > 0;

/** Reads what a storage holds, only so far as we need it: the endpoint parses what it gets. */
function parseRecord(record: unknown, id: string): QueuedMessage | null {
  const message = readOwn(record, 'message');
  const sender = readOwn(record, 'sender');
  const count = (key: string) => Number(readOwn(record, key)) || 0;
  if (!isMessage(message, id)) return null;
  return {
    message,
    tries: count('tries'),
    sinceMs: count('sinceMs'),
    waitMs: count('waitMs'),
    holdMs: count('holdMs'),
    ...(typeof sender === 'string' && { sender }),
  };
}

/**
 * Opens the records in the browser's storage. What does not fit there, or may not, is kept in this page.
 *
 * @param storage - Gives the storage. May throw.
 */
export function openRecords(storage: () => RecordStorage): Records {
  const page = new Map<string, QueuedMessage>();
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
      const queued = page.get(id) ?? attempt(() => parseRecord(JSON.parse(storage().getItem(keyOf(id)) ?? ''), id));
      if (!queued) drop(id); // an earlier version's, or somebody else's
      return queued;
    },
    put(queued) {
      const { id } = queued.message;
      const text = writeJson(queued);
      page.set(id, queued);
      attempt(() => {
        storage().setItem(keyOf(id), text);
        // Some privacy tools put a storage in its place that takes everything and keeps nothing.
        if (storage().getItem(keyOf(id)) === text) page.delete(id);
      });
    },
  };
}
