/**
 * The tables of the events that wait for Cello, in SQLite.
 */

/** An event's rank in its user's line: lower ranks come first; between equal ranks, the older event. */
export const RANK = { sending: 0, signup: 1, parkedSignup: 2, other: 3, parked: 4, sent: 5, discarded: 6 } as const;

export const IS_PARKED = 'rank IN (2, 4)';

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

// `head_due_ms` is the `due_ms` of each line's first event, and null for the rest. The keys have their own table: a row
// that shrinks keeps its page, while the pages of waiting events are reused. The bodies also have their own table,
// together with Cello's error messages about them, which may name the person. It has no trigger, so that SQLite can
// clear it as a whole: see `clearRemains`.
const SECOND_EDITION = `CREATE TABLE {outbox} (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    is_signup INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    head_due_ms INTEGER,
    token TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    ambiguous_tries INTEGER NOT NULL DEFAULT 0,
    is_abandoned INTEGER NOT NULL DEFAULT 0,
    is_ambiguous INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    added_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX {outbox_line} ON {outbox} (user_id, rank, place);
  CREATE INDEX {outbox_due} ON {outbox} (head_due_ms, place) WHERE head_due_ms IS NOT NULL;
  CREATE INDEX {outbox_parked} ON {outbox} (place) WHERE ${IS_PARKED};
  CREATE TABLE {outbox_bodies} (place INTEGER PRIMARY KEY, body TEXT NOT NULL, reason TEXT) STRICT;
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
  INSERT INTO {outbox} (place, key, user_id, is_signup, rank, due_ms, token, attempts, ambiguous_tries, is_ambiguous, status, added_ms)
    SELECT place, key, user_id, is_signup,
      CASE state WHEN 'sending' THEN 0 WHEN 'parked' THEN iif(is_signup, 2, 4) ELSE iif(is_signup, 1, 3) END,
      coalesce(due_ms, 0), token, attempts, is_ambiguous, is_ambiguous, status, added_ms
    FROM {events} WHERE state NOT IN ('sent', 'discarded');
  INSERT INTO {outbox_bodies} (place, body, reason)
    SELECT place, coalesce(body, ''), reason FROM {events} WHERE state NOT IN ('sent', 'discarded');
  UPDATE {outbox} SET head_due_ms = due_ms WHERE rank IN (0, 1, 3) AND place = (
    SELECT first.place FROM {outbox} first WHERE first.user_id = {outbox}.user_id ORDER BY first.rank, first.place LIMIT 1);
  INSERT INTO {outbox_keys} (key, rank, ended_ms, request_id)
    SELECT key, iif(state = 'sent', 5, 6), added_ms, request_id FROM {events} WHERE state IN ('sent', 'discarded');
  DROP TABLE {events};`;

/** The tables of events. */
export const EVENT_STEPS: readonly string[] = [FIRST_EDITION, SECOND_EDITION];
