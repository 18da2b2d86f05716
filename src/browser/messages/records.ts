/**
 * Waiting messages, one record per key, so that two tabs never overwrite each other's.
 */
import { COOKIE as PREFIX } from '../../cookie.js';
import { type Message, parseTime, readOwn, writeJson } from '../../message.js';

/** A message with its delivery history. */
export interface QueuedMessage {
  readonly message: Message;
  /** How many attempts have failed. */
  readonly tries: number;
  /** When this record was written, in ms since 1970. The wait starts here. */
  readonly sinceMs: number;
  /** How long to wait by our own backoff; `online` and a new page view skip it. */
  readonly waitMs: number;
  /** How long to wait in any case: the sender's lease, or the endpoint's `Retry-After`. */
  readonly holdMs: number;
  /** Which page holds the lease. */
  readonly sender?: string;
}

export interface Records {
  readonly ids: () => string[];
  /** The record stored under an id; if it is not a message, it is dropped and `null` returned. */
  readonly get: (id: string) => QueuedMessage | null;
  readonly put: (queued: QueuedMessage) => void;
  readonly drop: (id: string) => void;
}

/** The part of a storage that we use. */
export type RecordStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Storage access is denied (SecurityError, TypeError), or storage is full (QuotaExceededError). */
function attempt<T>(access: () => T): T | null {
  try {
    return access();
  } catch {
    return null;
  }
}

const isMessage = (value: unknown, id: string): value is Message =>
  readOwn(value, 'id') === id && parseTime(String(readOwn(value, 'at'))) > 0;

/** Reads a stored record, checking only what we need: the endpoint validates what it receives. */
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
 * Opens the records in the browser's storage. What cannot be stored there is kept in this page.
 *
 * @param storage - Returns the storage. May throw.
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
      if (!queued) drop(id); // from an earlier version, or not ours
      return queued;
    },
    put(queued) {
      const { id } = queued.message;
      const text = writeJson(queued);
      page.set(id, queued);
      attempt(() => {
        storage().setItem(keyOf(id), text);
        // Some privacy tools substitute a storage that accepts everything and keeps nothing.
        if (storage().getItem(keyOf(id)) === text) page.delete(id);
      });
    },
  };
}
