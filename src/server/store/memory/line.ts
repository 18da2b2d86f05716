/**
 * One user's events, in order.
 */
import type { NewEntry, OpenEntry } from '../queue.js';
import { createHeap, type Heap } from './heap.js';

/** An event that has been neither sent nor discarded. */
export interface Entry extends NewEntry {
  readonly order: number;
  readonly addedMs: number;
  readonly line: Line;
  state: OpenEntry['state'];
  /** When it may be attempted; while it is being sent: when the lease expires. */
  dueMs: number;
  body: string;
  token: string;
  attempts: number;
  ambiguousTries: number;
  isAbandoned: boolean;
  reason: string;
  status: number | null;
  isAmbiguous: boolean;
  /** It was erased, sent or discarded. */
  isGone: boolean;
}

/** One user's events. */
export interface Line {
  /** The waiting ones: sign-ups first, then by age. */
  readonly waiting: Heap<Entry>;
  sending: Entry | null;
  parkedSignups: number;
  /** How many waiting events a parked sign-up holds back. */
  waitingOthers: number;
  size: number;
}

const isFirstInLine = (one: Entry, other: Entry): boolean =>
  one.isSignup === other.isSignup ? one.order < other.order : one.isSignup;

/** Whether an event is waiting for its turn. */
export const isWaiting = ({ state, isGone }: Entry): boolean => state === 'waiting' && !isGone;

/** Creates an empty line. */
export const createLine = (): Line => ({
  waiting: createHeap(isFirstInLine, (entry) => !isWaiting(entry)),
  sending: null,
  parkedSignups: 0,
  waitingOthers: 0,
  size: 0,
});

/** How many events are held back by a parked sign-up. */
export const countHeld = ({ parkedSignups, waitingOthers }: Line): number => (parkedSignups ? waitingOthers : 0);

/**
 * The event whose turn it is: the one being sent, otherwise the first that waits, unless a parked sign-up holds it
 * back.
 */
export function findHead({ waiting, sending, parkedSignups }: Line): Entry | null {
  if (sending) return sending;
  const first = waiting.peek();
  return first && !(parkedSignups && !first.isSignup) ? first : null;
}
