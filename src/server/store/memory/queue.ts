/**
 * The events that wait for Cello, in memory.
 */

import { createSteadyClock } from '../../clock/index.js';
import { createMistake } from '../../input/index.js';
import { type Fate, isOf, type Lease, type OpenEntry, type ParkedEntry, type Queue } from '../queue.js';
import { createEntries, type Entries } from './entries.js';
import { createKeyMemory, type KeyMemory } from './keys.js';
import type { Entry } from './line.js';

const showOpen = ({ key, body, reason, status, isAmbiguous, attempts, state }: Entry): OpenEntry => ({
  key,
  body,
  reason,
  status,
  isAmbiguous,
  attempts,
  state,
});

function showParked(entry: Entry): ParkedEntry {
  const { state: _, ...parked } = showOpen(entry);
  return parked;
}

function lease(entries: Entries, entry: Entry, untilMs: number): Lease {
  const { key, userId, body, attempts, isAbandoned, ambiguousTries } = entry;
  const token = crypto.randomUUID();
  entries.move(entry, 'sending', { dueMs: untilMs, token, attempts: attempts + 1, isAbandoned: false });
  return { key, userId, token, body, attempts, isAbandoned, ambiguousTries };
}

/** Returns events whose lease has expired to the waiting ones. */
function freeOverdue(entries: Entries, nowMs: number): void {
  for (const entry of entries.inHand()) {
    if (entry.dueMs > nowMs) continue;
    const ambiguousTries = entry.ambiguousTries + 1;
    entries.move(entry, 'waiting', { isAbandoned: true, isAmbiguous: true, ambiguousTries });
  }
}

function claim(entries: Entries, limit: number, leaseMs: number, nowMs: number): readonly Lease[] {
  freeOverdue(entries, nowMs);
  const leases: Lease[] = [];
  for (let next = entries.findDue(nowMs); next && leases.length < limit; next = entries.findDue(nowMs))
    leases.push(lease(entries, next, nowMs + leaseMs));
  return leases;
}

/** Permanently removes an event, and keeps its key. */
function finish(entries: Entries, keys: KeyMemory, entry: Entry, end: 'sent' | 'discarded'): true {
  entries.remove(entry);
  keys.note(entry.key, end);
  return true;
}

function putBack(entries: Entries, entry: Entry, fate: Exclude<Fate, { state: 'sent' }>, nowMs: number): true {
  entries.move(entry, fate.state, {
    reason: fate.reason,
    status: fate.status ?? null,
    isAmbiguous: entry.isAmbiguous || fate.isAmbiguous,
    ambiguousTries: entry.ambiguousTries + (fate.isAmbiguous ? 1 : 0),
    dueMs: fate.state === 'waiting' ? nowMs + fate.delayMs : nowMs,
  });
  return true;
}

/** A parked or waiting event; `null` if it is neither. */
function findAtRest(entries: Entries, key: string): Entry | null {
  const entry = entries.find(key);
  return entry && entry.state !== 'sending' ? entry : null;
}

function refuseTransaction(db: unknown): void {
  if (db === undefined) return;
  const place = { caller: 'add', path: 'db' };
  throw createMistake(place, 'left out with memoryStore(), which is part of no database', db);
}

function createHealthText(): Pick<Queue, 'readHealth' | 'swapHealth'> {
  let text: string | null = null;
  return {
    readHealth: async () => text,
    async swapHealth(before, after) {
      if (text !== before) return false;
      text = after;
      return true;
    },
  };
}

/** Keeps events in memory: a restart loses them. */
export function createMemoryQueue(clock: () => number): Queue {
  const getNow = createSteadyClock(clock);
  const entries = createEntries();
  const keys = createKeyMemory(getNow);
  return {
    ...createHealthText(),
    async add(entry, db) {
      refuseTransaction(db);
      if (entries.find(entry.key) || keys.has(entry.key)) return false;
      entries.add(entry, getNow());
      return true;
    },
    claim: async (limit, leaseMs) => claim(entries, limit, leaseMs, getNow()),
    async settle({ key, token }, fate) {
      const entry = entries.find(key);
      if (entry?.state !== 'sending' || entry.token !== token) return false;
      return fate.state === 'sent' ? finish(entries, keys, entry, 'sent') : putBack(entries, entry, fate, getNow());
    },
    async listParked(limit) {
      const oldestFirst = [...entries.parked()].sort((one, other) => one.order - other.order);
      return oldestFirst.slice(0, limit).map(showParked);
    },
    async find(key) {
      const entry = entries.find(key);
      return entry ? showOpen(entry) : null;
    },
    async resend(key, body) {
      const entry = findAtRest(entries, key);
      if (entry)
        entries.move(entry, 'waiting', { dueMs: getNow(), attempts: 0, ambiguousTries: 0, body: body ?? entry.body });
      return entry !== null;
    },
    async discard(key) {
      const entry = findAtRest(entries, key);
      return entry !== null && finish(entries, keys, entry, 'discarded');
    },
    async erase(person) {
      const found = [...entries.all()].filter(({ body, userId }) => isOf(person, body, userId));
      for (const entry of found) entries.remove(entry);
      return found.length;
    },
    prune: async (olderThanMs) => keys.prune(olderThanMs),
    async count() {
      const { waiting, held, sending, parked } = entries.count();
      const oldest = entries.findOldest();
      const oldestWaitingMs = oldest ? getNow() - oldest.addedMs : null;
      return { waiting: waiting - held, held, sending, parked, ...keys.count(), oldestWaitingMs };
    },
  };
}
