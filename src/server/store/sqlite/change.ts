/**
 * Adding, changing and removing events.
 */
import { type SqlStatement, sql, type Work } from '../driver.js';
import { isOf, type Lease, type NewEntry, type Person } from '../queue.js';
import { isTrue, readNumber, readText } from '../row.js';
import { changeLine, waitingRank } from './line.js';
import { RANK } from './queue-steps.js';

/** Adds an event, unless its key is taken. */
export function* add({ key, userId, isSignup, body }: NewEntry, nowMs: number): Work<boolean> {
  const known = yield sql(
    'SELECT 1 FROM {outbox} WHERE key = ? UNION ALL SELECT 1 FROM {outbox_keys} WHERE key = ?',
    key,
    key,
  );
  if (known.length) return false;
  yield* changeLine(userId, function* () {
    const [row] = yield sql(
      'INSERT INTO {outbox} (key, user_id, is_signup, rank, due_ms, added_ms) VALUES (?, ?, ?, ?, ?, ?) RETURNING place',
      key,
      userId,
      isSignup ? 1 : 0,
      waitingRank(isSignup),
      nowMs,
      nowMs,
    );
    yield sql('INSERT INTO {outbox_bodies} (place, body) VALUES (?, ?)', readNumber(row, 'place'), body);
  });
  return true;
}

/** Permanently removes an event, and keeps its key. `which` is the condition that finds it, with its values. */
export function* finish(
  rank: number,
  nowMs: number,
  requestId: string | null,
  { text, values }: SqlStatement,
): Work<boolean> {
  const [row] = yield sql(`DELETE FROM {outbox} WHERE ${text} RETURNING place, key, user_id`, ...values);
  if (row === undefined) return false;
  yield sql('DELETE FROM {outbox_bodies} WHERE place = ?', readNumber(row, 'place'));
  const key = readText(row, 'key') ?? '';
  yield sql(
    'INSERT INTO {outbox_keys} (key, rank, ended_ms, request_id) VALUES (?, ?, ?, ?)',
    key,
    rank,
    nowMs,
    requestId,
  );
  yield* changeLine(readText(row, 'user_id') ?? '', function* () {});
  return true;
}

/** Changes a parked or waiting event. Returns `false` if it is neither. */
function* changeAtRest(key: string, change: (row: unknown) => Work<unknown>): Work<boolean> {
  const [row] = yield sql(`SELECT * FROM {outbox} WHERE key = ? AND rank <> ${RANK.sending}`, key);
  if (row === undefined) return false;
  yield* changeLine(readText(row, 'user_id') ?? '', () => change(row));
  return true;
}

/** The condition that an event is held under this lease. */
export const ours = ({ key, token }: Lease): SqlStatement =>
  sql(`key = ? AND token = ? AND rank = ${RANK.sending}`, key, token);

/** Returns a leased event to the waiting ones, or parks it. */
export function* putBack(
  held: Lease,
  rank: (isSignup: boolean) => number,
  dueMs: number,
  { reason, status = null, isAmbiguous }: { reason: string; status?: number | null; isAmbiguous: boolean },
): Work<boolean> {
  const { text, values } = ours(held);
  const [row] = yield sql(`SELECT place, user_id, is_signup FROM {outbox} WHERE ${text}`, ...values);
  if (row === undefined) return false;
  const place = readNumber(row, 'place');
  const more = isAmbiguous ? 1 : 0;
  yield* changeLine(held.userId, function* () {
    yield sql(
      `UPDATE {outbox} SET rank = ?, due_ms = ?, token = NULL, status = ?, is_ambiguous = max(is_ambiguous, ?),
        ambiguous_tries = ambiguous_tries + ? WHERE place = ?`,
      rank(isTrue(row, 'is_signup')),
      dueMs,
      status,
      more,
      more,
      place,
    );
    yield sql('UPDATE {outbox_bodies} SET reason = ? WHERE place = ?', reason, place);
  });
  return true;
}

/** Makes a parked or waiting event due now. */
export const resend = (key: string, body: string | null, nowMs: number): Work<boolean> =>
  changeAtRest(key, function* (row) {
    const place = readNumber(row, 'place');
    yield sql(
      'UPDATE {outbox} SET rank = ?, due_ms = ?, attempts = 0, ambiguous_tries = 0 WHERE place = ?',
      waitingRank(isTrue(row, 'is_signup')),
      nowMs,
      place,
    );
    if (body !== null) yield sql('UPDATE {outbox_bodies} SET body = ? WHERE place = ?', body, place);
  });

/** Removes those of these rows that belong to a person. Returns how many. */
export function* eraseAmong(rows: readonly unknown[], person: Person): Work<number> {
  const found = rows.filter((row) => isOf(person, readText(row, 'body') ?? '', readText(row, 'user_id') ?? ''));
  for (const row of found)
    yield* changeLine(readText(row, 'user_id') ?? '', function* () {
      const place = readNumber(row, 'place');
      yield sql('DELETE FROM {outbox} WHERE place = ?', place);
      yield sql('DELETE FROM {outbox_bodies} WHERE place = ?', place);
    });
  return found.length;
}

/**
 * Overwrites the remains of rows that moved within the file: `secure_delete` covers deleted rows, but not rows that
 * SQLite moves when it merges or splits pages. Clearing a table as a whole overwrites all of it.
 *
 * @param max - With more bodies than this, nothing is done, because it would block the event loop.
 */
export function* clearRemains(max: number): Work<void> {
  const rows = yield sql('SELECT place, body, reason FROM {outbox_bodies} ORDER BY place LIMIT ?', max + 1);
  if (rows.length > max) return;
  yield sql('DELETE FROM {outbox_bodies}');
  for (const row of rows)
    yield sql(
      'INSERT INTO {outbox_bodies} (place, body, reason) VALUES (?, ?, CAST(? AS text))',
      readNumber(row, 'place'),
      readText(row, 'body'),
      readText(row, 'reason'),
    );
}
