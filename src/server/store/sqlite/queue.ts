/**
 * The events that wait for Cello, in a SQLite database.
 */

import { type Queue, readCounts, readParked } from '../queue.js';
import { readNumber, readText } from '../row.js';
import { type Database, migrate, runInTransaction } from './database.js';

// `due_ms` is null for what nobody tries any more, so that its index holds the open ones only, however many were sent.
const MIGRATIONS = [
  `CREATE TABLE cello_companion_events (
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
  CREATE INDEX cello_companion_events_due ON cello_companion_events (due_ms) WHERE due_ms IS NOT NULL;
  CREATE INDEX cello_companion_events_line ON cello_companion_events (user_id) WHERE state NOT IN ('sent', 'discarded');
  CREATE INDEX cello_companion_events_state ON cello_companion_events (state);`,
];

/** A parked sign-up of the same user. */
const IS_HELD = `EXISTS (SELECT 1 FROM cello_companion_events other WHERE other.user_id = mine.user_id
  AND other.state NOT IN ('sent', 'discarded') AND other.state = 'parked' AND other.is_signup > mine.is_signup)`;

// The conditions are those of `isBehind`. The condition that repeats the index's is there so that it is used.
const FIND_DUE = `SELECT key, user_id, body, attempts, state FROM cello_companion_events mine
  WHERE due_ms <= ? AND NOT EXISTS (
    SELECT 1 FROM cello_companion_events other
    WHERE other.user_id = mine.user_id AND other.place <> mine.place AND other.state NOT IN ('sent', 'discarded') AND (
      (other.state = 'sending' AND other.due_ms > ?)
      OR (other.state = 'parked' AND other.is_signup > mine.is_signup)
      OR (other.state <> 'parked' AND (other.is_signup > mine.is_signup
        OR (other.is_signup = mine.is_signup AND other.place < mine.place)))
    ))
  ORDER BY due_ms, place LIMIT ?`;

const COUNT = `SELECT state, count(*) AS total, sum(CASE WHEN state = 'waiting' THEN ${IS_HELD} ELSE 0 END) AS held
  FROM cello_companion_events mine GROUP BY state`;

/** Keeps events in a SQLite database. */
export function createSqliteQueue(db: Database, clock: () => number): Queue {
  migrate(db, 'events', MIGRATIONS);
  const add = db.prepare(
    "INSERT INTO cello_companion_events (key, user_id, is_signup, state, due_ms, body, added_ms) VALUES (?, ?, ?, 'waiting', ?, ?, ?) ON CONFLICT (key) DO NOTHING",
  );
  const findDue = db.prepare(FIND_DUE);
  const take = db.prepare(
    "UPDATE cello_companion_events SET state = 'sending', due_ms = ?, token = ?, attempts = attempts + 1 WHERE key = ?",
  );
  const mine = "WHERE key = ? AND token = ? AND state = 'sending'";
  const finish = db.prepare(
    `UPDATE cello_companion_events SET state = 'sent', due_ms = NULL, body = NULL, request_id = ? ${mine}`,
  );
  const putBack = db.prepare(
    `UPDATE cello_companion_events SET state = 'waiting', due_ms = ?, reason = ?, is_ambiguous = max(is_ambiguous, ?) ${mine}`,
  );
  const park = db.prepare(
    `UPDATE cello_companion_events SET state = 'parked', due_ms = NULL, reason = ?, status = ?, is_ambiguous = max(is_ambiguous, ?) ${mine}`,
  );
  const listParked = db.prepare("SELECT * FROM cello_companion_events WHERE state = 'parked' ORDER BY place LIMIT ?");
  const findParked = db.prepare("SELECT * FROM cello_companion_events WHERE state = 'parked' AND key = ?");
  const resend = db.prepare(
    "UPDATE cello_companion_events SET state = 'waiting', due_ms = ?, attempts = 0, body = coalesce(?, body) WHERE state = 'parked' AND key = ?",
  );
  const discard = db.prepare(
    "UPDATE cello_companion_events SET state = 'discarded', body = NULL WHERE state = 'parked' AND key = ?",
  );
  const count = db.prepare(COUNT);
  const isChanged = (result: unknown): boolean => readNumber(result, 'changes') !== 0;

  return {
    async add({ key, userId, isSignup, body }) {
      const nowMs = clock();
      return isChanged(add.run(key, userId, isSignup ? 1 : 0, nowMs, body, nowMs));
    },
    async claim(limit, leaseMs) {
      const nowMs = clock();
      if (!findDue.all(nowMs, nowMs, 1).length) return []; // an idle worker writes nothing
      return runInTransaction(db, () =>
        findDue.all(nowMs, nowMs, limit).map((row) => {
          const key = readText(row, 'key') ?? '';
          const token = crypto.randomUUID();
          take.run(nowMs + leaseMs, token, key);
          return {
            key,
            userId: readText(row, 'user_id') ?? '',
            token,
            body: readText(row, 'body') ?? '',
            attempts: readNumber(row, 'attempts') ?? 0,
            isAbandoned: readText(row, 'state') === 'sending',
          };
        }),
      );
    },
    async settle({ key, token }, fate) {
      if (fate.state === 'sent') return isChanged(finish.run(fate.requestId, key, token));
      const isAmbiguous = fate.isAmbiguous ? 1 : 0;
      return fate.state === 'waiting'
        ? isChanged(putBack.run(clock() + fate.delayMs, fate.reason, isAmbiguous, key, token))
        : isChanged(park.run(fate.reason, fate.status, isAmbiguous, key, token));
    },
    async listParked(limit) {
      return listParked.all(limit).map(readParked);
    },
    async findParked(key) {
      const row = findParked.get(key);
      return row ? readParked(row) : null;
    },
    async resend(key, body) {
      return isChanged(resend.run(clock(), body, key));
    },
    async discard(key) {
      return isChanged(discard.run(key));
    },
    async count() {
      return readCounts(count.all());
    },
  };
}
