/**
 * The events that wait for Cello, in a SQLite database.
 *
 * Whatever is asked costs a logarithm, however many wait: of each user only the first of the line stands in the index of
 * what is due, triggers count, and what is sent leaves but its key.
 */
import { type Driver, type SqlStatement, sql, type Work } from '../driver.js';
import {
  type Counts,
  isOf,
  type Lease,
  type NewEntry,
  type OpenEntry,
  type Person,
  type Queue,
  readParked,
} from '../queue.js';
import { isTrue, readNumber, readText } from '../row.js';
import { IS_PARKED, RANK } from './queue-steps.js';

/** Events with their bodies. */
const WHOLE = '{outbox} JOIN {outbox_bodies} USING (place)';

/** The longest that an event is put off. What is due later was written by a clock that has been set back since. */
const DELAY_MAX_MS = 600_000;

/** So many are looked through or removed in one go, so that the event loop goes on between two. */
const SLICE = 500;

const waitingRank = (isSignup: boolean): number => (isSignup ? RANK.signup : RANK.other);
const parkedRank = (isSignup: boolean): number => (isSignup ? RANK.parkedSignup : RANK.parked);

const STATES: Readonly<Record<number, OpenEntry['state']>> = {
  [RANK.sending]: 'sending',
  [RANK.parkedSignup]: 'parked',
  [RANK.parked]: 'parked',
};

const readState = (row: unknown): OpenEntry['state'] => STATES[readNumber(row, 'rank') ?? -1] ?? 'waiting';

/** The first of a user's line. */
const findFirst = (userId: string): SqlStatement =>
  sql('SELECT place, rank, due_ms, head_due_ms FROM {outbox} WHERE user_id = ? ORDER BY rank, place LIMIT 1', userId);

/** Whether it is somebody's turn: a parked sign-up holds the rest, and what is parked is in nobody's way. */
const hasTurn = (row: unknown): boolean => row !== undefined && readState(row) !== 'parked';

/** Does something to a user's line, and marks who is its first then. */
function* changeLine<T>(userId: string, change: () => Work<T>): Work<T> {
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

function* add({ key, userId, isSignup, body }: NewEntry, nowMs: number): Work<boolean> {
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

/** Whether a line is to be looked at: somebody's turn has come, or will not come because a clock was set back. */
const seeDue = (nowMs: number, latestMs: number): SqlStatement =>
  sql(
    `SELECT EXISTS (SELECT 1 FROM {outbox} WHERE head_due_ms <= ?) OR
      EXISTS (SELECT 1 FROM {outbox} WHERE head_due_ms > ?) AS is_due`,
    nowMs,
    latestMs,
  );

/** What a clock that was set back put off for too long is due now; a lease that was given by it lasts from now on. */
function* mendClock(nowMs: number, leaseMs: number, latestMs: number): Work<void> {
  const late = yield sql(`SELECT place, rank FROM {outbox} WHERE head_due_ms > ? LIMIT ${SLICE}`, latestMs);
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

/** Puts back what somebody had in hand until the lease was over. Then a sign-up that came meanwhile may be first. */
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

function* claim(limit: number, leaseMs: number, nowMs: number, latestMs: number): Work<readonly Lease[]> {
  yield* mendClock(nowMs, leaseMs, latestMs);
  let due = yield findDue(nowMs, limit);
  const overdue = due.filter((row) => readState(row) === 'sending');
  for (const row of overdue) yield* abandon(row);
  if (overdue.length) due = yield findDue(nowMs, limit);
  const leases: Lease[] = [];
  for (const row of due) if (readState(row) === 'waiting') leases.push(yield* lease(row, nowMs, leaseMs));
  return leases;
}

/** Takes an event out for good, and keeps its key. `which` names it, with these values. */
function* finish(rank: number, nowMs: number, requestId: string | null, { text, values }: SqlStatement): Work<boolean> {
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

/** Changes one that is parked or waits. Gives back `false` if it is neither. */
function* changeAtRest(key: string, change: (row: unknown) => Work<unknown>): Work<boolean> {
  const [row] = yield sql(`SELECT * FROM {outbox} WHERE key = ? AND rank <> ${RANK.sending}`, key);
  if (row === undefined) return false;
  yield* changeLine(readText(row, 'user_id') ?? '', () => change(row));
  return true;
}

const ours = ({ key, token }: Lease): SqlStatement =>
  sql(`key = ? AND token = ? AND rank = ${RANK.sending}`, key, token);

/** Puts one that was in hand back, or aside. */
function* putBack(
  held: Lease,
  rank: (isSignup: boolean) => number,
  dueMs: number,
  { reason, status = null, isAmbiguous }: { reason: string; status?: number | null; isAmbiguous: boolean },
): Work<boolean> {
  const { text, values } = ours(held);
  const [row] = yield sql(`SELECT place, user_id, is_signup FROM {outbox} WHERE ${text}`, ...values);
  if (row === undefined) return false;
  const more = isAmbiguous ? 1 : 0;
  yield* changeLine(held.userId, function* () {
    yield sql(
      `UPDATE {outbox} SET rank = ?, due_ms = ?, token = NULL, reason = ?, status = ?, is_ambiguous = max(is_ambiguous, ?),
        ambiguous_tries = ambiguous_tries + ? WHERE place = ?`,
      rank(isTrue(row, 'is_signup')),
      dueMs,
      reason,
      status,
      more,
      more,
      readNumber(row, 'place'),
    );
  });
  return true;
}

/**
 * Overwrites what rows that moved within the file left where they were: `secure_delete` knows of rows that are deleted, not
 * of those that SQLite moves when it merges or splits pages. A table that is cleared as a whole is overwritten as a whole.
 *
 * @param max - With more bodies than this nothing is done: they would keep the event loop.
 */
function* clearRemains(max: number): Work<void> {
  const rows = yield sql('SELECT place, body FROM {outbox_bodies} ORDER BY place LIMIT ?', max + 1);
  if (rows.length > max) return;
  yield sql('DELETE FROM {outbox_bodies}');
  for (const row of rows)
    yield sql(
      'INSERT INTO {outbox_bodies} (place, body) VALUES (?, ?)',
      readNumber(row, 'place'),
      readText(row, 'body'),
    );
}

const COUNT = sql('SELECT rank, total FROM {outbox_counts}');
const HELD = sql(`SELECT count(*) AS total FROM {outbox} WHERE rank = ${RANK.other} AND user_id IN (
  SELECT user_id FROM {outbox} WHERE ${IS_PARKED} AND is_signup = 1)`);
const OLDEST = sql(`SELECT added_ms FROM {outbox} WHERE NOT (${IS_PARKED}) ORDER BY place LIMIT 1`);

/** Reads a count out of the rows of the three. */
function readCounts(rows: readonly unknown[], held: number, addedMs: number | null, nowMs: number): Counts {
  const totals = new Map(rows.map((row) => [readNumber(row, 'rank'), readNumber(row, 'total') ?? 0]));
  const total = (...ranks: number[]) => ranks.reduce((sum, rank) => sum + (totals.get(rank) ?? 0), 0);
  return {
    waiting: total(RANK.signup, RANK.other) - held,
    held,
    sending: total(RANK.sending),
    parked: total(RANK.parkedSignup, RANK.parked),
    sent: total(RANK.sent),
    discarded: total(RANK.discarded),
    oldestWaitingMs: addedMs === null ? null : Math.max(0, nowMs - addedMs),
  };
}

/** Keeps events in a SQLite database. */
export function createSqliteQueue(driver: Driver, clock: () => number): Queue {
  let hasRemains = false;

  const eraseSlice = (rows: readonly unknown[], person: Person): Promise<number> =>
    driver.transact(function* () {
      const found = rows.filter((row) => isOf(person, readText(row, 'body') ?? '', readText(row, 'user_id') ?? ''));
      for (const row of found)
        yield* changeLine(readText(row, 'user_id') ?? '', function* () {
          const place = readNumber(row, 'place');
          yield sql('DELETE FROM {outbox} WHERE place = ?', place);
          yield sql('DELETE FROM {outbox_bodies} WHERE place = ?', place);
        });
      return found.length;
    });

  /** What was removed stands in the WAL until it is cut off: done while there is nothing else to do. */
  const tidyUp = async (): Promise<void> => {
    if (!hasRemains) return;
    hasRemains = false;
    await driver.transact(() => clearRemains(SLICE));
    await driver.scrub();
  };

  const remove = async (work: () => Work<boolean>): Promise<boolean> => {
    const isRemoved = await driver.transact(work);
    hasRemains ||= isRemoved;
    return isRemoved;
  };

  return {
    add: (entry, db) => driver.transact(() => add(entry, clock()), db),
    async claim(limit, leaseMs) {
      const nowMs = clock();
      const latestMs = nowMs + Math.max(DELAY_MAX_MS, leaseMs);
      const [seen] = await driver.read(seeDue(nowMs, latestMs));
      if (isTrue(seen, 'is_due')) return driver.transact(() => claim(limit, leaseMs, nowMs, latestMs));
      await tidyUp();
      return []; // an idle worker writes nothing
    },
    async settle(held, fate) {
      const nowMs = clock();
      if (fate.state === 'waiting')
        return driver.transact(() => putBack(held, waitingRank, nowMs + Math.min(fate.delayMs, DELAY_MAX_MS), fate));
      if (fate.state === 'parked') return driver.transact(() => putBack(held, parkedRank, nowMs, fate));
      return remove(() => finish(RANK.sent, nowMs, fate.requestId, ours(held)));
    },
    async listParked(limit) {
      const rows = await driver.read(sql(`SELECT * FROM ${WHOLE} WHERE ${IS_PARKED} ORDER BY place LIMIT ?`, limit));
      return rows.map(readParked);
    },
    async find(key) {
      const [row] = await driver.read(sql(`SELECT * FROM ${WHOLE} WHERE key = ?`, key));
      return row === undefined ? null : { ...readParked(row), state: readState(row) };
    },
    resend: (key, body) =>
      driver.transact(() =>
        changeAtRest(key, function* (row) {
          const place = readNumber(row, 'place');
          yield sql(
            'UPDATE {outbox} SET rank = ?, due_ms = ?, attempts = 0, ambiguous_tries = 0 WHERE place = ?',
            waitingRank(isTrue(row, 'is_signup')),
            clock(),
            place,
          );
          if (body !== null) yield sql('UPDATE {outbox_bodies} SET body = ? WHERE place = ?', body, place);
        }),
      ),
    discard: (key) =>
      remove(() => finish(RANK.discarded, clock(), null, sql(`key = ? AND rank <> ${RANK.sending}`, key))),
    async erase(person) {
      let erased = 0;
      for (let place: number | null = 0; place !== null; ) {
        const rows: readonly unknown[] = await driver.read(
          sql(`SELECT place, user_id, body FROM ${WHOLE} WHERE place > ? ORDER BY place LIMIT ${SLICE}`, place),
        );
        if (rows.length) erased += await eraseSlice(rows, person);
        place = readNumber(rows.at(-1), 'place');
      }
      await driver.transact(() => clearRemains(10 * SLICE));
      await driver.scrub();
      return erased;
    },
    async prune(olderThanMs) {
      const untilMs = clock() - olderThanMs;
      const slice = sql(
        `DELETE FROM {outbox_keys} WHERE key IN (SELECT key FROM {outbox_keys} WHERE ended_ms <= ? LIMIT ${SLICE}) RETURNING 1`,
        untilMs,
      );
      for (let pruned = 0; ; ) {
        const { length } = await driver.write(slice);
        pruned += length;
        if (length < SLICE) return pruned;
      }
    },
    async count() {
      const [counted, [held], [oldest]] = await Promise.all([
        driver.read(COUNT),
        driver.read(HELD),
        driver.read(OLDEST),
      ]);
      return readCounts(counted, readNumber(held, 'total') ?? 0, readNumber(oldest, 'added_ms'), clock());
    },
    async readHealth() {
      const [row] = await driver.read(sql('SELECT health FROM {outbox_health} WHERE id = 1'));
      return readText(row, 'health');
    },
    swapHealth: (before, after) =>
      driver.transact(function* () {
        const [row] = yield sql('SELECT health FROM {outbox_health} WHERE id = 1');
        if (readText(row, 'health') !== before) return false;
        yield sql(
          'INSERT INTO {outbox_health} (id, health) VALUES (1, CAST(? AS text)) ON CONFLICT (id) DO UPDATE SET health = excluded.health',
          after,
        );
        return true;
      }),
  };
}
