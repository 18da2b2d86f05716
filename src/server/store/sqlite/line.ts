/**
 * One user's line of events: which is first, and that only the first one is found when it is due.
 */
import { type SqlStatement, sql, type Work } from '../driver.js';
import type { OpenEntry } from '../queue.js';
import { readNumber } from '../row.js';
import { RANK } from './queue-steps.js';

/** Events with their bodies. */
export const WHOLE = '{outbox} JOIN {outbox_bodies} USING (place)';

/** The rank of an event that waits. */
export const waitingRank = (isSignup: boolean): number => (isSignup ? RANK.signup : RANK.other);

/** The rank of an event that is parked. */
export const parkedRank = (isSignup: boolean): number => (isSignup ? RANK.parkedSignup : RANK.parked);

const STATES: Readonly<Record<number, OpenEntry['state']>> = {
  [RANK.sending]: 'sending',
  [RANK.parkedSignup]: 'parked',
  [RANK.parked]: 'parked',
};

/** Reads an event's state from its row. */
export const readState = (row: unknown): OpenEntry['state'] => STATES[readNumber(row, 'rank') ?? -1] ?? 'waiting';

/** The first event in a user's line. */
const findFirst = (userId: string): SqlStatement =>
  sql('SELECT place, rank, due_ms, head_due_ms FROM {outbox} WHERE user_id = ? ORDER BY rank, place LIMIT 1', userId);

/** Whether the line has an event to send: a parked sign-up holds back the rest, any other parked event does not. */
const hasTurn = (row: unknown): boolean => row !== undefined && readState(row) !== 'parked';

/** Changes a user's line, then marks its new first event. */
export function* changeLine<T>(userId: string, change: () => Work<T>): Work<T> {
  const [before] = yield findFirst(userId);
  const result = yield* change();
  const [after] = yield findFirst(userId);
  const place = readNumber(after, 'place');
  const placeBefore = readNumber(before, 'place');
  if (placeBefore !== null && placeBefore !== place)
    yield sql('UPDATE {outbox} SET head_due_ms = NULL WHERE place = ? AND head_due_ms IS NOT NULL', placeBefore);
  const dueMs = hasTurn(after) ? readNumber(after, 'due_ms') : null;
  if (readNumber(after, 'head_due_ms') !== dueMs)
    yield sql('UPDATE {outbox} SET head_due_ms = ? WHERE place = ?', dueMs, place);
  return result;
}
