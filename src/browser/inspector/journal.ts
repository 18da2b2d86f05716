/**
 * What the inspector keeps for the next page of this tab: whether it is open, and what became of the messages. No code and
 * nothing that a visitor entered.
 */
import { readOwn } from '../../message.js';
import { openRecords } from '../messages/index.js';
import type { Internals } from './internals.js';
import type { MessageState } from './snapshot.js';

const KEY = 'cello-companion-inspector';
const MESSAGES_MAX = 20;

interface Kept {
  readonly isOpen: boolean | null;
  readonly messages: readonly MessageState[];
}

const STATES: readonly unknown[] = ['arrived', 'waiting', 'lost'] satisfies MessageState['state'][];
const isState = (value: unknown): value is MessageState['state'] => STATES.includes(value);
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function parseMessage(value: unknown): MessageState[] {
  const [id, type, state] = ['id', 'type', 'state'].map((key) => readOwn(value, key));
  if (typeof id !== 'string' || typeof type !== 'string' || !isState(state)) return [];
  const [answer = null, page = null] = ['answer', 'page'].map((key) => textOrNull(readOwn(value, key)));
  return [{ id, type, state, answer, page, tries: Number(readOwn(value, 'tries')) || 0 }];
}

function read(): Kept {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
    const [isOpen, messages] = ['isOpen', 'messages'].map((key) => readOwn(value, key));
    return {
      isOpen: typeof isOpen === 'boolean' ? isOpen : null,
      messages: Array.isArray(messages) ? messages.flatMap(parseMessage) : [],
    };
  } catch {
    return { isOpen: null, messages: [] }; // SecurityError: no storage in this frame. SyntaxError: not ours
  }
}

function write(kept: Kept): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // SecurityError, QuotaExceededError: then it is known on this page alone.
  }
}

export interface Journal {
  /** Whether the panel was left open; `null`: this tab has no panel yet. */
  readonly isOpen: () => boolean | null;
  readonly setOpen: (isOpen: boolean) => void;
  /** Every message that we know of, oldest first. */
  readonly readMessages: (parts: Internals) => MessageState[];
}

/** @param isKept - Whether to write anything: the command that only looks does not. */
export function openJournal(isKept: boolean): Journal {
  const before = read();
  let isOpen = before.isOpen;
  let written = '';
  const known = new Map(before.messages.map((message) => [message.id, message]));
  const seen = new WeakSet<object>();
  const records = openRecords(() => localStorage);
  const save = () => {
    const kept: Kept = { isOpen, messages: [...known.values()].slice(-MESSAGES_MAX) };
    const text = JSON.stringify(kept);
    if (isKept && text !== written) write(kept);
    written = text;
  };
  /** What is waiting in the browser, whichever page left it there. */
  const addWaiting = () => {
    const ids = records.ids();
    for (const [id, { state }] of known) if (state === 'waiting' && !ids.includes(id)) known.delete(id);
    for (const id of ids) {
      const queued = records.get(id);
      if (!queued) continue;
      const { type, page } = queued.message;
      const { answer = null, tries = 0 } = known.get(id) ?? {};
      known.set(id, { id, type, page, answer, state: 'waiting', tries: Math.max(tries, queued.tries) });
    }
  };
  const addAttempts = ({ messenger }: Internals) => {
    for (const attempt of messenger.attempts) {
      if (seen.has(attempt)) continue;
      seen.add(attempt);
      const { id, type, failure } = attempt;
      const { tries = 0, page = location.pathname } = known.get(id) ?? {};
      const answer = failure && `${failure.reason}${failure.error === null ? '' : `, "${failure.error}"`}`;
      const state = !failure ? 'arrived' : failure.isFinal ? 'lost' : 'waiting';
      known.set(id, { id, type, page, answer, state, tries: tries + 1 });
    }
  };
  return {
    isOpen: () => isOpen,
    setOpen(next) {
      isOpen = next;
      save();
    },
    readMessages(parts) {
      addAttempts(parts);
      addWaiting();
      if (known.size) save();
      return [...known.values()];
    },
  };
}
