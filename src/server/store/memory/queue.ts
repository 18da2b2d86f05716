/**
 * The events that wait for Cello, in this process. `isBehind` says which event waits for which; the SQL of the other
 * stores says the same.
 */
import type { Lease, NewEntry, ParkedEntry, Queue, State } from '../queue.js';

interface Entry extends NewEntry {
  readonly order: number;
  state: State;
  /** When it may be tried; while it is in hand: when the lease ends. */
  dueMs: number;
  body: string;
  token: string;
  attempts: number;
  reason: string;
  status: number | null;
  isAmbiguous: boolean;
}

const isOpen = ({ state }: Entry): boolean => state === 'waiting' || state === 'sending';

/** Whether an event waits behind another one of its user. */
function isBehind(entry: Entry, other: Entry, nowMs: number): boolean {
  if (other === entry) return false;
  if (other.state === 'sending' && other.dueMs > nowMs) return true;
  if (isHeldBy(entry, other)) return true;
  const isEarlier = other.isSignup === entry.isSignup ? other.order < entry.order : other.isSignup;
  return isOpen(other) && isEarlier;
}

const isHeldBy = (entry: Entry, other: Entry): boolean => other.state === 'parked' && other.isSignup && !entry.isSignup;

const showParked = ({ key, body, reason, status, isAmbiguous, attempts }: Entry): ParkedEntry => ({
  key,
  body,
  reason,
  status,
  isAmbiguous,
  attempts,
});

/** Keeps events in this process: a restart loses them. */
export function createMemoryQueue(clock: () => number): Queue {
  const entries = new Map<string, Entry>();
  const lines = new Map<string, Entry[]>(); // by user, without what is sent or discarded
  const lineOf = (userId: string) => lines.get(userId) ?? [];
  const isFree = (entry: Entry, nowMs: number): boolean =>
    isOpen(entry) && entry.dueMs <= nowMs && !lineOf(entry.userId).some((other) => isBehind(entry, other, nowMs));
  const leave = (entry: Entry) => {
    const rest = lineOf(entry.userId).filter((other) => other !== entry);
    if (rest.length) lines.set(entry.userId, rest);
    else lines.delete(entry.userId);
  };
  const findParked = (key: string): Entry | null => {
    const entry = entries.get(key);
    return entry?.state === 'parked' ? entry : null;
  };
  const lease = (entry: Entry, leaseMs: number, nowMs: number): Lease => {
    const { key, userId, body, attempts, state } = entry;
    const token = crypto.randomUUID();
    Object.assign(entry, {
      state: 'sending',
      dueMs: nowMs + leaseMs,
      token,
      attempts: attempts + 1,
    } satisfies Partial<Entry>);
    return { key, userId, token, body, attempts, isAbandoned: state === 'sending' };
  };
  return {
    async add(entry) {
      if (entries.has(entry.key)) return false;
      const kept: Entry = {
        ...entry,
        order: entries.size,
        state: 'waiting',
        dueMs: clock(),
        token: '',
        attempts: 0,
        reason: '',
        status: null,
        isAmbiguous: false,
      };
      entries.set(entry.key, kept);
      lines.set(entry.userId, [...lineOf(entry.userId), kept]);
      return true;
    },
    async claim(limit, leaseMs) {
      const nowMs = clock();
      const leases: Lease[] = [];
      for (const line of lines.values()) {
        if (leases.length >= limit) break;
        const entry = line.find((one) => isFree(one, nowMs));
        if (entry) leases.push(lease(entry, leaseMs, nowMs));
      }
      return leases;
    },
    async settle({ key, token }, fate) {
      const entry = entries.get(key);
      if (entry?.state !== 'sending' || entry.token !== token) return false;
      entry.state = fate.state;
      if (fate.state === 'sent') {
        entry.body = ''; // it names a person, and is not needed any more
        leave(entry);
        return true;
      }
      entry.reason = fate.reason;
      entry.isAmbiguous ||= fate.isAmbiguous;
      entry.status = fate.state === 'parked' ? fate.status : null;
      entry.dueMs = fate.state === 'waiting' ? clock() + fate.delayMs : 0;
      return true;
    },
    async listParked(limit) {
      const parked = [...entries.values()].filter(({ state }) => state === 'parked');
      return parked.slice(0, limit).map(showParked);
    },
    async findParked(key) {
      const entry = findParked(key);
      return entry && showParked(entry);
    },
    async resend(key, body) {
      const entry = findParked(key);
      if (!entry) return false;
      Object.assign(entry, {
        state: 'waiting',
        dueMs: clock(),
        attempts: 0,
        body: body ?? entry.body,
      } satisfies Partial<Entry>);
      return true;
    },
    async discard(key) {
      const entry = findParked(key);
      if (!entry) return false;
      Object.assign(entry, { state: 'discarded', body: '' } satisfies Partial<Entry>);
      leave(entry);
      return true;
    },
    async count() {
      const counts = { waiting: 0, held: 0, sending: 0, parked: 0, sent: 0, discarded: 0 };
      for (const entry of entries.values()) {
        const isHeld = entry.state === 'waiting' && lineOf(entry.userId).some((other) => isHeldBy(entry, other));
        counts[isHeld ? 'held' : entry.state] += 1;
      }
      return counts;
    },
  };
}
