/**
 * All events that are neither sent nor discarded: their states, which is due, which is oldest, and how many there are.
 * Each operation is logarithmic at most.
 */
import type { NewEntry } from '../queue.js';
import { createHeap } from './heap.js';
import { countHeld, createLine, type Entry, findHead, isWaiting, type Line } from './line.js';

/** An entry in the order in which events become due. */
interface Due {
  readonly entry: Entry;
  readonly dueMs: number;
}

/** The collection of these events. */
export interface Entries {
  find(key: string): Entry | undefined;
  all(): Iterable<Entry>;
  add(entry: NewEntry, nowMs: number): void;
  /** Moves an event to another state, together with other changes. */
  move(entry: Entry, state: Entry['state'], changes?: Partial<Entry>): void;
  remove(entry: Entry): void;
  /** The next due event that is first in its user's line; `null` if there is none. */
  findDue(nowMs: number): Entry | null;
  inHand(): Iterable<Entry>;
  parked(): readonly Entry[];
  /** The oldest event that is waiting or being sent. */
  findOldest(): Entry | undefined;
  count(): Readonly<Record<'waiting' | 'sending' | 'parked' | 'held', number>>;
}

const isDue = ({ entry, dueMs }: Due): boolean =>
  isWaiting(entry) && entry.dueMs === dueMs && findHead(entry.line) === entry;

const createHeaps = () => ({
  due: createHeap<Due>(
    (one, other) => one.dueMs < other.dueMs,
    (one) => !isDue(one),
  ),
  ages: createHeap<Entry>(
    (one, other) => one.order < other.order,
    ({ isGone, state }) => isGone || state === 'parked',
  ),
});

const createEntry = (entry: NewEntry, line: Line, order: number, nowMs: number): Entry => ({
  ...entry,
  order,
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
});

/** Tracks which events are in which state, and how many. */
function createPlaces() {
  const counts = { waiting: 0, sending: 0, parked: 0, held: 0 };
  const parked = new Set<Entry>();
  const inHand = new Set<Entry>();
  const count = ({ line, state, isSignup }: Entry, by: 1 | -1): void => {
    counts.held -= countHeld(line);
    counts[state] += by;
    if (state === 'waiting' && !isSignup) line.waitingOthers += by;
    if (state === 'parked' && isSignup) line.parkedSignups += by;
    counts.held += countHeld(line);
  };
  const enter = (entry: Entry): void => {
    count(entry, 1);
    if (entry.state === 'sending') entry.line.sending = entry;
    if (entry.state === 'sending') inHand.add(entry);
    if (entry.state === 'waiting') entry.line.waiting.push(entry);
    if (entry.state === 'parked') parked.add(entry);
  };
  const leave = (entry: Entry): void => {
    count(entry, -1);
    if (entry.line.sending === entry) entry.line.sending = null;
    inHand.delete(entry);
    parked.delete(entry);
  };
  return { counts, parked, inHand, enter, leave };
}

/** Creates an empty collection. */
export function createEntries(): Entries {
  const entries = new Map<string, Entry>();
  const lines = new Map<string, Line>();
  const { counts, parked, inHand, enter, leave } = createPlaces();
  const { due, ages } = createHeaps();
  let orders = 0;

  /** Schedules the first event of a line, so that it is found when it is due. */
  const lineUp = (line: Line): void => {
    const head = findHead(line);
    if (head && isWaiting(head)) due.push({ entry: head, dueMs: head.dueMs });
  };

  return {
    find: (key) => entries.get(key),
    all: () => entries.values(),
    add(added, nowMs) {
      const line = lines.get(added.userId) ?? createLine();
      const entry = createEntry(added, line, orders++, nowMs);
      lines.set(added.userId, line);
      line.size += 1;
      entries.set(entry.key, entry);
      enter(entry);
      ages.push(entry);
      if (findHead(line) === entry) lineUp(line);
    },
    move(entry, state, changes = {}) {
      leave(entry);
      if (entry.state === 'parked') ages.push(entry);
      Object.assign(entry, changes, { state });
      enter(entry);
      lineUp(entry.line);
    },
    remove(entry) {
      leave(entry);
      entry.isGone = true;
      entries.delete(entry.key);
      entry.line.size -= 1;
      if (entry.line.size) lineUp(entry.line);
      else lines.delete(entry.userId);
    },
    findDue(nowMs) {
      const first = due.peek();
      return first && first.dueMs <= nowMs ? first.entry : null;
    },
    inHand: () => inHand,
    parked: () => [...parked],
    findOldest: ages.peek,
    count: () => counts,
  };
}
