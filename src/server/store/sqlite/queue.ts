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

/** Where an event stands in its user's line: the smaller one is first, and of two alike the older one. */
const RANK = { sending: 0, signup: 1, parkedSignup: 2, other: 3, parked: 4, sent: 5, discarded: 6 } as const;

const IS_PARKED = 'rank IN (2, 4)';

const FIRST_EDITION = `CREATE TABLE {events} (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    is_signup INTEGER NOT NULL,
    state TEXT NOT NULL,
    due_ms INTEGER,
    body TEXT,
    token TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    status INTEGER,
    is_ambiguous INTEGER NOT NULL DEFAULT 0,
    request_id TEXT,
    added_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX {events_due} ON {events} (due_ms) WHERE due_ms IS NOT NULL;
  CREATE INDEX {events_line} ON {events} (user_id) WHERE state NOT IN ('sent', 'discarded');
  CREATE INDEX {events_state} ON {events} (state);`;

// `head_due_ms` is `due_ms` of the first of each line, and null for the rest. The keys stand in a table of their own: a row
// that only shrinks keeps its page, and the pages of those that wait are used again.
const SECOND_EDITION = `CREATE TABLE {outbox} (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    is_signup INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    head_due_ms INTEGER,
    body TEXT NOT NULL,
    token TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    ambiguous_tries INTEGER NOT NULL DEFAULT 0,
    is_abandoned INTEGER NOT NULL DEFAULT 0,
    is_ambiguous INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    status INTEGER,
    added_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX {outbox_line} ON {outbox} (user_id, rank, place);
  CREATE INDEX {outbox_due} ON {outbox} (head_due_ms, place) WHERE head_due_ms IS NOT NULL;
  CREATE INDEX {outbox_parked} ON {outbox} (place) WHERE ${IS_PARKED};
  CREATE TABLE {outbox_keys} (
    key TEXT PRIMARY KEY,
    rank INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    request_id TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX {outbox_keys_age} ON {outbox_keys} (ended_ms);
  CREATE TABLE {outbox_health} (id INTEGER PRIMARY KEY, health TEXT) STRICT;
  CREATE TABLE {outbox_counts} (rank INTEGER PRIMARY KEY, total INTEGER NOT NULL) STRICT;
  INSERT INTO {outbox_counts} (rank, total) VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0);
  CREATE TRIGGER {outbox_added} AFTER INSERT ON {outbox} BEGIN
    UPDATE {outbox_counts} SET total = total + 1 WHERE rank = new.rank;
  END;
  CREATE TRIGGER {outbox_left} AFTER DELETE ON {outbox} BEGIN
    UPDATE {outbox_counts} SET total = total - 1 WHERE rank = old.rank;
  END;
  CREATE TRIGGER {outbox_moved} AFTER UPDATE OF rank ON {outbox} WHEN old.rank <> new.rank BEGIN
    UPDATE {outbox_counts} SET total = total + iif(rank = new.rank, 1, -1) WHERE rank IN (old.rank, new.rank);
  END;
  CREATE TRIGGER {outbox_key_added} AFTER INSERT ON {outbox_keys} BEGIN
    UPDATE {outbox_counts} SET total = total + 1 WHERE rank = new.rank;
  END;
  CREATE TRIGGER {outbox_key_left} AFTER DELETE ON {outbox_keys} BEGIN
    UPDATE {outbox_counts} SET total = total - 1 WHERE rank = old.rank;
  END;
  INSERT INTO {outbox} (place, key, user_id, is_signup, rank, due_ms, body, token, attempts, ambiguous_tries, is_ambiguous, reason, status, added_ms)
    SELECT place, key, user_id, is_signup,
      CASE state WHEN 'sending' THEN 0 WHEN 'parked' THEN iif(is_signup, 2, 4) ELSE iif(is_signup, 1, 3) END,
      coalesce(due_ms, 0), coalesce(body, ''), token, attempts, is_ambiguous, is_ambiguous, reason, status, added_ms
    FROM {events} WHERE state NOT IN ('sent', 'discarded');
  UPDATE {outbox} SET head_due_ms = due_ms WHERE rank IN (0, 1, 3) AND place = (
    SELECT first.place FROM {outbox} first WHERE first.user_id = {outbox}.user_id ORDER BY first.rank, first.place LIMIT 1);
  INSERT INTO {outbox_keys} (key, rank, ended_ms, request_id)
    SELECT key, iif(state = 'sent', 5, 6), added_ms, request_id FROM {events} WHERE state IN ('sent', 'discarded');
  DROP TABLE {events};`;

/** The tables of events. */
export const EVENT_STEPS: readonly string[] = [FIRST_EDITION, SECOND_EDITION];

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
    yield sql(
      'INSERT INTO {outbox} (key, user_id, is_signup, rank, due_ms, body, added_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
      key,
      userId,
      isSignup ? 1 : 0,
      waitingRank(isSignup),
      nowMs,
      body,
      nowMs,
    );
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
  sql('SELECT * FROM {outbox} WHERE head_due_ms <= ? ORDER BY head_due_ms, place LIMIT ?', nowMs, limit);

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
  const [row] = yield sql(`DELETE FROM {outbox} WHERE ${text} RETURNING key, user_id`, ...values);
  if (row === undefined) return false;
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
  let hasSent = false;

  const eraseSlice = (rows: readonly unknown[], person: Person): Promise<number> =>
    driver.transact(function* () {
      const found = rows.filter((row) => isOf(person, readText(row, 'body') ?? '', readText(row, 'user_id') ?? ''));
      for (const row of found)
        yield* changeLine(readText(row, 'user_id') ?? '', function* () {
          yield sql('DELETE FROM {outbox} WHERE place = ?', readNumber(row, 'place'));
        });
      return found.length;
    });

  /** What is sent stands in the WAL until it is cut off: done while there is nothing else to do. */
  const tidyUp = async (): Promise<void> => {
    if (!hasSent) return;
    hasSent = false;
    await driver.scrub();
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
      hasSent = true;
      return driver.transact(() => finish(RANK.sent, nowMs, fate.requestId, ours(held)));
    },
    async listParked(limit) {
      const rows = await driver.read(sql(`SELECT * FROM {outbox} WHERE ${IS_PARKED} ORDER BY place LIMIT ?`, limit));
      return rows.map(readParked);
    },
    async find(key) {
      const [row] = await driver.read(sql('SELECT * FROM {outbox} WHERE key = ?', key));
      return row === undefined ? null : { ...readParked(row), state: readState(row) };
    },
    resend: (key, body) =>
      driver.transact(() =>
        changeAtRest(key, function* (row) {
          yield sql(
            'UPDATE {outbox} SET rank = ?, due_ms = ?, attempts = 0, ambiguous_tries = 0, body = coalesce(?, body) WHERE key = ?',
            waitingRank(isTrue(row, 'is_signup')),
            clock(),
            body,
            key,
          );
        }),
      ),
    discard: (key) =>
      driver.transact(() => finish(RANK.discarded, clock(), null, sql(`key = ? AND rank <> ${RANK.sending}`, key))),
    async erase(person) {
      let erased = 0;
      for (let place: number | null = 0; place !== null; ) {
        const rows: readonly unknown[] = await driver.read(
          sql(`SELECT place, user_id, body FROM {outbox} WHERE place > ? ORDER BY place LIMIT ${SLICE}`, place),
        );
        if (rows.length) erased += await eraseSlice(rows, person);
        place = readNumber(rows.at(-1), 'place');
      }
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
