/**
 * The events of one user, in their order.
 */
import type { NewEntry, OpenEntry } from '../queue.js';
import { createHeap, type Heap } from './heap.js';

/** An event that is neither sent nor given up. */
export interface Entry extends NewEntry {
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
export interface Line {
  /** Those that wait: sign-ups before the rest, then the older one. */
  readonly waiting: Heap<Entry>;
  sending: Entry | null;
  parkedSignups: number;
  /** How many wait that a parked sign-up holds. */
  waitingOthers: number;
  size: number;
}

const isFirstInLine = (one: Entry, other: Entry): boolean =>
  one.isSignup === other.isSignup ? one.order < other.order : one.isSignup;

/** Whether an event waits for its turn. */
export const isWaiting = ({ state, isGone }: Entry): boolean => state === 'waiting' && !isGone;

/** Makes a line with nobody in it. */
export const createLine = (): Line => ({
  waiting: createHeap(isFirstInLine, (entry) => !isWaiting(entry)),
  sending: null,
  parkedSignups: 0,
  waitingOthers: 0,
  size: 0,
});

/** How many wait behind a parked sign-up. */
export const countHeld = ({ parkedSignups, waitingOthers }: Line): number => (parkedSignups ? waitingOthers : 0);

/** The one whose turn it is: what is in hand, else the first that waits, unless a parked sign-up holds it. */
export function findHead({ waiting, sending, parkedSignups }: Line): Entry | null {
  if (sending) return sending;
  const first = waiting.peek();
  return first && !(parkedSignups && !first.isSignup) ? first : null;
}
