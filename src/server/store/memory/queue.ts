/**
 * The events that wait for Cello, in this process.
 *
 * Whatever is asked costs a logarithm at most, however many wait: heaps know who is first, and counters how many there are.
 */
import { createMistake } from '../../mistake.js';
import { createSteadyClock } from '../../steady-clock.js';
import { isOf, type Lease, type NewEntry, type OpenEntry, type ParkedEntry, type Queue } from '../queue.js';
import { createHeap, type Heap } from './heap.js';
import { createKeyMemory } from './keys.js';

interface Entry extends NewEntry {
  readonly order: number;
  readonly addedMs: number;
  readonly line: Line;
  state: OpenEntry['state'];
  /** When it may be tried; while it is in hand: when the lease ends. */
  dueMs: number;
  body: string;
  token: string;
  attempts: number;
  ambiguousTries: number;
  isAbandoned: boolean;
  reason: string;
  status: number | null;
  isAmbiguous: boolean;
  /** It was erased, sent or given up. */
  isGone: boolean;
}

/** The events of one user. */
interface Line {
  /** Those that wait: sign-ups before the rest, then the older one. */
  readonly waiting: Heap<Entry>;
  sending: Entry | null;
  parkedSignups: number;
  /** How many wait that a parked sign-up holds. */
  waitingOthers: number;
  size: number;
}

/** A place in the order in which events become due. */
interface Due {
  readonly entry: Entry;
  readonly dueMs: number;
}

const isFirstInLine = (one: Entry, other: Entry): boolean =>
  one.isSignup === other.isSignup ? one.order < other.order : one.isSignup;

const isWaiting = ({ state, isGone }: Entry): boolean => state === 'waiting' && !isGone;

const createLine = (): Line => ({
  waiting: createHeap(isFirstInLine, (entry) => !isWaiting(entry)),
  sending: null,
  parkedSignups: 0,
  waitingOthers: 0,
  size: 0,
});

const countHeld = ({ parkedSignups, waitingOthers }: Line): number => (parkedSignups ? waitingOthers : 0);

/** The one of a line whose turn it is: what is in hand, else the first that waits, unless a parked sign-up holds it. */
function findHead({ waiting, sending, parkedSignups }: Line): Entry | null {
  if (sending) return sending;
  const first = waiting.peek();
  return first && !(parkedSignups && !first.isSignup) ? first : null;
}

const isDue = ({ entry, dueMs }: Due): boolean =>
  isWaiting(entry) && entry.dueMs === dueMs && findHead(entry.line) === entry;

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

/** Keeps events in this process: a restart loses them. */
export function createMemoryQueue(clock: () => number): Queue {
  const getNow = createSteadyClock(clock);
  const entries = new Map<string, Entry>();
  const lines = new Map<string, Line>();
  const parked = new Map<string, Entry>();
  const keys = createKeyMemory(getNow);
  const inHand = new Set<Entry>();
  const due = createHeap<Due>(
    (one, other) => one.dueMs < other.dueMs,
    (one) => !isDue(one),
  );
  const ages = createHeap<Entry>(
    (one, other) => one.order < other.order,
    ({ isGone, state }) => isGone || state === 'parked',
  );
  const counts = { waiting: 0, sending: 0, parked: 0, held: 0 };
  let orders = 0;
  let health: string | null = null;

  /** Puts the first of a line where it is found when it is due. */
  const lineUp = (line: Line): void => {
    const head = findHead(line);
    if (head && isWaiting(head)) due.push({ entry: head, dueMs: head.dueMs });
  };

  const countIn = (entry: Entry, by: 1 | -1): void => {
    const { line, state, isSignup } = entry;
    counts.held -= countHeld(line);
    counts[state] += by;
    if (state === 'waiting' && !isSignup) line.waitingOthers += by;
    if (state === 'parked' && isSignup) line.parkedSignups += by;
    counts.held += countHeld(line);
  };

  const enter = (entry: Entry, state: Entry['state']): void => {
    entry.state = state;
    countIn(entry, 1);
    if (state === 'sending') {
      entry.line.sending = entry;
      inHand.add(entry);
    }
    if (state === 'waiting') entry.line.waiting.push(entry);
    if (state === 'parked') parked.set(entry.key, entry);
  };

  const leave = (entry: Entry): void => {
    countIn(entry, -1);
    if (entry.line.sending === entry) entry.line.sending = null;
    inHand.delete(entry);
    parked.delete(entry.key);
  };

  const move = (entry: Entry, state: Entry['state']): void => {
    leave(entry);
    enter(entry, state);
    lineUp(entry.line);
  };

  const remove = (entry: Entry): void => {
    const { key, userId, line } = entry;
    leave(entry);
    entry.isGone = true;
    entries.delete(key);
    line.size -= 1;
    if (line.size) lineUp(line);
    else lines.delete(userId);
  };

  const lease = (entry: Entry, leaseMs: number, nowMs: number): Lease => {
    const { key, userId, body, attempts, isAbandoned, ambiguousTries } = entry;
    Object.assign(entry, {
      dueMs: nowMs + leaseMs,
      token: crypto.randomUUID(),
      attempts: attempts + 1,
      isAbandoned: false,
    } satisfies Partial<Entry>);
    move(entry, 'sending');
    return { key, userId, token: entry.token, body, attempts, isAbandoned, ambiguousTries };
  };

  const abandon = (entry: Entry): void => {
    entry.isAbandoned = true;
    entry.isAmbiguous = true;
    entry.ambiguousTries += 1;
    move(entry, 'waiting');
  };

  const findChangeable = (key: string): Entry | null => {
    const entry = entries.get(key);
    return entry && entry.state !== 'sending' ? entry : null;
  };

  return {
    async add(entry, db) {
      if (db !== undefined)
        throw createMistake(
          { caller: 'add', path: 'db' },
          'left out with memoryStore(), which is part of no database',
          db,
        );
      const { key, userId } = entry;
      if (entries.has(key) || keys.has(key)) return false;
      const line = lines.get(userId) ?? createLine();
      const nowMs = getNow();
      const kept: Entry = {
        ...entry,
        order: orders++,
        addedMs: nowMs,
        line,
        state: 'waiting',
        dueMs: nowMs,
        token: '',
        attempts: 0,
        ambiguousTries: 0,
        isAbandoned: false,
        reason: '',
        status: null,
        isAmbiguous: false,
        isGone: false,
      };
      lines.set(userId, line);
      line.size += 1;
      entries.set(key, kept);
      enter(kept, 'waiting');
      ages.push(kept);
      if (findHead(line) === kept) lineUp(line);
      return true;
    },
    async claim(limit, leaseMs) {
      const nowMs = getNow();
      for (const entry of inHand) if (entry.dueMs <= nowMs) abandon(entry);
      const leases: Lease[] = [];
      for (let next = due.peek(); next && next.dueMs <= nowMs && leases.length < limit; next = due.peek()) {
        due.pop();
        leases.push(lease(next.entry, leaseMs, nowMs));
      }
      return leases;
    },
    async settle({ key, token }, fate) {
      const entry = entries.get(key);
      if (entry?.state !== 'sending' || entry.token !== token) return false;
      if (fate.state === 'sent') {
        remove(entry);
        keys.note(key, 'sent');
        return true;
      }
      entry.reason = fate.reason;
      entry.status = fate.status ?? null;
      if (fate.isAmbiguous) entry.ambiguousTries += 1;
      entry.isAmbiguous ||= fate.isAmbiguous;
      entry.dueMs = fate.state === 'waiting' ? getNow() + fate.delayMs : 0;
      move(entry, fate.state);
      return true;
    },
    async listParked(limit) {
      const oldestFirst = [...parked.values()].sort((one, other) => one.order - other.order);
      return oldestFirst.slice(0, limit).map(showParked);
    },
    async find(key) {
      const entry = entries.get(key);
      return entry ? showOpen(entry) : null;
    },
    async resend(key, body) {
      const entry = findChangeable(key);
      if (!entry) return false;
      if (entry.state === 'parked') ages.push(entry);
      Object.assign(entry, {
        dueMs: getNow(),
        attempts: 0,
        ambiguousTries: 0,
        body: body ?? entry.body,
      } satisfies Partial<Entry>);
      move(entry, 'waiting');
      return true;
    },
    async discard(key) {
      const entry = findChangeable(key);
      if (!entry) return false;
      remove(entry);
      keys.note(key, 'discarded');
      return true;
    },
    async erase(person) {
      const found = [...entries.values()].filter(({ body, userId }) => isOf(person, body, userId));
      for (const entry of found) remove(entry);
      return found.length;
    },
    prune: async (olderThanMs) => keys.prune(olderThanMs),
    async count() {
      const oldest = ages.peek();
      return {
        ...counts,
        waiting: counts.waiting - counts.held,
        ...keys.count(),
        oldestWaitingMs: oldest ? getNow() - oldest.addedMs : null,
      };
    },
    readHealth: async () => health,
    async swapHealth(before, after) {
      if (health !== before) return false;
      health = after;
      return true;
    },
  };
}
