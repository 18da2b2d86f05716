/**
 * Finds due events and leases them.
 */
import { type SqlStatement, sql, type Work } from '../driver.js';
import type { Lease } from '../queue.js';
import { isTrue, readNumber, readText } from '../row.js';
import { changeLine, readState, WHOLE, waitingRank } from './line.js';
import { RANK } from './queue-steps.js';

/** How many rows are corrected in one go, so that the event loop is not blocked. */
const MENDED_MAX = 500;

/** Whether a line needs attention: an event is due, or its time is too far ahead because a clock was set back. */
export const seeDue = (nowMs: number, latestMs: number): SqlStatement =>
  sql(
    `SELECT EXISTS (SELECT 1 FROM {outbox} WHERE head_due_ms <= ?) OR
      EXISTS (SELECT 1 FROM {outbox} WHERE head_due_ms > ?) AS is_due`,
    nowMs,
    latestMs,
  );

/**
 * Makes events due now that are too far ahead because a clock was set back; a lease given by that clock restarts now.
 */
function* mendClock(nowMs: number, leaseMs: number, latestMs: number): Work<void> {
  const late = yield sql(`SELECT place, rank FROM {outbox} WHERE head_due_ms > ? LIMIT ${MENDED_MAX}`, latestMs);
  for (const row of late) {
    const dueMs = readState(row) === 'sending' ? nowMs + leaseMs : nowMs;
    yield sql(
      'UPDATE {outbox} SET due_ms = ?, head_due_ms = ? WHERE place = ?',
      dueMs,
      dueMs,
      readNumber(row, 'place'),
    );
  }
}

/**
 * Returns an event whose lease has expired to the waiting ones. A sign-up that was added meanwhile may then be first.
 */
const abandon = (row: unknown): Work<void> =>
  changeLine(readText(row, 'user_id') ?? '', function* () {
    yield sql(
      `UPDATE {outbox} SET rank = ?, token = NULL, is_abandoned = 1, is_ambiguous = 1, ambiguous_tries = ambiguous_tries + 1
        WHERE place = ?`,
      waitingRank(isTrue(row, 'is_signup')),
      readNumber(row, 'place'),
    );
  });

function* lease(row: unknown, nowMs: number, leaseMs: number): Work<Lease> {
  const token = crypto.randomUUID();
  yield sql(
    `UPDATE {outbox} SET rank = ${RANK.sending}, due_ms = ?, head_due_ms = ?, token = ?, attempts = attempts + 1, is_abandoned = 0
      WHERE place = ?`,
    nowMs + leaseMs,
    nowMs + leaseMs,
    token,
    readNumber(row, 'place'),
  );
  return {
    key: readText(row, 'key') ?? '',
    userId: readText(row, 'user_id') ?? '',
    token,
    body: readText(row, 'body') ?? '',
    attempts: readNumber(row, 'attempts') ?? 0,
    isAbandoned: isTrue(row, 'is_abandoned'),
    ambiguousTries: readNumber(row, 'ambiguous_tries') ?? 0,
  };
}

const findDue = (nowMs: number, limit: number): SqlStatement =>
  sql(`SELECT * FROM ${WHOLE} WHERE head_due_ms <= ? ORDER BY head_due_ms, place LIMIT ?`, nowMs, limit);

/** Leases due events. */
export function* claim(limit: number, leaseMs: number, nowMs: number, latestMs: number): Work<readonly Lease[]> {
  yield* mendClock(nowMs, leaseMs, latestMs);
  let due = yield findDue(nowMs, limit);
  const overdue = due.filter((row) => readState(row) === 'sending');
  for (const row of overdue) yield* abandon(row);
  if (overdue.length) due = yield findDue(nowMs, limit);
  const leases: Lease[] = [];
  for (const row of due) if (readState(row) === 'waiting') leases.push(yield* lease(row, nowMs, leaseMs));
  return leases;
}
