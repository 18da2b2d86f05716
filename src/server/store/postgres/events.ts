/**
 * The table of events, and the longer statements on it. All times are PostgreSQL's.
 */

/**
 * The table, as migration steps. `line` stands for the user wherever pg-boss, or anyone looking into it, can see it.
 */
export const EVENT_STEPS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS {events} (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    user_id text NOT NULL,
    line text NOT NULL,
    is_signup boolean NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    body text,
    token text,
    attempts integer NOT NULL DEFAULT 0,
    ambiguous_tries integer NOT NULL DEFAULT 0,
    reason text,
    status integer,
    is_ambiguous boolean NOT NULL DEFAULT false,
    is_abandoned boolean NOT NULL DEFAULT false,
    request_id text,
    added_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    checked_at timestamptz
  );
  CREATE INDEX IF NOT EXISTS cello_companion_events_line ON {events} (line)
    WHERE state NOT IN ('sent', 'discarded');
  CREATE INDEX IF NOT EXISTS cello_companion_events_due ON {events} (due_at) WHERE state = 'waiting';
  CREATE INDEX IF NOT EXISTS cello_companion_events_lease ON {events} (lease_until) WHERE state = 'sending';
  CREATE INDEX IF NOT EXISTS cello_companion_events_parked ON {events} (place) WHERE state = 'parked';
  CREATE INDEX IF NOT EXISTS cello_companion_events_age ON {events} (added_at)
    WHERE state IN ('waiting', 'sending');
  CREATE INDEX IF NOT EXISTS cello_companion_events_settled ON {events} (settled_at)
    WHERE state IN ('sent', 'discarded');
  CREATE INDEX IF NOT EXISTS cello_companion_events_state ON {events} (state);
  CREATE TABLE IF NOT EXISTS {health} (is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one), text text);`,
];

/** The statements for a schema. */
export type Statements = Readonly<Record<keyof ReturnType<typeof writeStatements>, string>>;

const OPEN = "state NOT IN ('sent', 'discarded')";

/** The statements that take up the lines of users, and free what dead workers hold. */
function writeLineStatements(events: string) {
  // A parked sign-up holds back the rest of its line; any other parked event does not.
  const heads = `SELECT DISTINCT ON (line) key, line, state, due_at FROM ${events}
    WHERE line = ANY (ARRAY(SELECT line FROM given)) AND ${OPEN} AND (state <> 'parked' OR is_signup)
    ORDER BY line, state = 'sending' DESC, is_signup DESC, state = 'parked', place`;
  const abandon = `state = 'waiting', is_abandoned = true, is_ambiguous = true, ambiguous_tries = ambiguous_tries + 1,
    due_at = now(), token = NULL`;
  return {
    /** Leases the first event of each line, if it is due. */
    lease: `WITH given AS (SELECT * FROM json_to_recordset($1::json) AS given (line text, token text)),
      heads AS (${heads})
      UPDATE ${events} mine SET state = 'sending', token = given.token, attempts = attempts + 1,
        lease_until = now() + $2::double precision * interval '1 millisecond'
      FROM heads JOIN given USING (line)
      WHERE mine.key = heads.key AND mine.state = 'waiting' AND mine.due_at <= now()
      RETURNING mine.key, mine.user_id, mine.line, mine.token, mine.body, mine.attempts - 1 AS attempts,
        mine.is_abandoned, mine.ambiguous_tries`,
    /** When the first event of each line is due. */
    findHeads: `WITH given AS (SELECT * FROM json_to_recordset($1::json) AS given (line text)), heads AS (${heads})
      SELECT line, extract(epoch FROM due_at - now())::double precision * 1000 AS delay_ms
      FROM heads WHERE state = 'waiting'`,
    /** pg-boss gives a line to one worker at a time, so an event still leased in it belonged to a dead worker. */
    abandonLines: `WITH given AS (SELECT * FROM json_to_recordset($1::json) AS given (line text))
      UPDATE ${events} SET ${abandon} WHERE line = ANY (ARRAY(SELECT line FROM given)) AND state = 'sending' RETURNING line`,
    /** Returns the previous token. */
    abandonOverdue: `WITH overdue AS (SELECT key, token FROM ${events} WHERE state = 'sending' AND lease_until < now()
        ORDER BY lease_until LIMIT 100 FOR UPDATE SKIP LOCKED)
      UPDATE ${events} mine SET ${abandon} FROM overdue WHERE mine.key = overdue.key
      RETURNING mine.line, overdue.token`,
    /** One call for each waiting event in these lines. A superfluous call ends when it finds nothing due. */
    findCalls: `WITH given AS (SELECT * FROM json_to_recordset($1::json) AS given (line text))
      SELECT line, greatest(0, extract(epoch FROM due_at - now()) * 1000)::double precision AS delay_ms
      FROM ${events} WHERE state = 'waiting' AND line = ANY (ARRAY(SELECT line FROM given))`,
    /** Lines that should have been processed long ago, least recently checked first. */
    findStale: `UPDATE ${events} SET checked_at = now() WHERE key IN (
        SELECT key FROM ${events} mine WHERE state = 'waiting' AND due_at < now() - interval '5 seconds'
          AND NOT EXISTS (SELECT 1 FROM ${events} other WHERE other.line = mine.line AND other.${OPEN}
            AND (other.state = 'sending' OR (other.state = 'parked' AND other.is_signup AND NOT mine.is_signup)))
        ORDER BY checked_at NULLS FIRST LIMIT 50 FOR UPDATE SKIP LOCKED)
      RETURNING line`,
  };
}

/**
 * Writes the statements for the tables in a schema. Multiple rows are passed as one JSON string, because not every
 * library binds arrays. Their lines are matched as an array, for which PostgreSQL uses the index even without
 * statistics.
 */
export function writeStatements(schema: string) {
  const events = `${schema}.events`;
  const health = `${schema}.health`;
  return {
    ...writeLineStatements(events),
    add: `INSERT INTO ${events} (key, user_id, line, is_signup, body)
      SELECT key, user_id, line, is_signup, body
      FROM json_to_recordset($1::json) AS given (key text, user_id text, line text, is_signup boolean, body text)
      ON CONFLICT (key) DO NOTHING RETURNING key, line`,
    settle: `UPDATE ${events} mine SET state = given.state, reason = given.reason, status = given.status,
        body = CASE WHEN given.state = 'sent' THEN NULL ELSE mine.body END, request_id = given.request_id,
        due_at = now() + given.delay_ms * interval '1 millisecond', is_abandoned = false,
        is_ambiguous = mine.is_ambiguous OR given.is_ambiguous,
        ambiguous_tries = mine.ambiguous_tries + given.is_ambiguous::integer,
        settled_at = CASE WHEN given.state = 'sent' THEN now() END
      FROM json_to_recordset($1::json) AS given (key text, token text, state text, delay_ms double precision,
        reason text, status integer, is_ambiguous boolean, request_id text)
      WHERE mine.key = given.key AND mine.token = given.token AND mine.state = 'sending' RETURNING mine.key, mine.line`,
    /** A lease that ended otherwise has lost its token. */
    findSettled: `SELECT key FROM json_to_recordset($1::json) AS given (key text, token text)
      JOIN ${events} mine USING (key, token) WHERE mine.state <> 'sending'`,
    resend: `UPDATE ${events} SET state = 'waiting', due_at = now(), attempts = 0, ambiguous_tries = 0,
        body = coalesce($2, body) WHERE key = $1 AND state IN ('parked', 'waiting') RETURNING line`,
    discard: `UPDATE ${events} SET state = 'discarded', body = NULL, settled_at = now()
      WHERE key = $1 AND state IN ('parked', 'waiting') RETURNING line`,
    listParked: `SELECT * FROM ${events} WHERE state = 'parked' ORDER BY place LIMIT $1`,
    find: `SELECT * FROM ${events} WHERE key = $1 AND ${OPEN}`,
    listOpen: `SELECT place, key, line, user_id, body FROM ${events} WHERE place > $1 AND ${OPEN} ORDER BY place LIMIT $2`,
    erase: `DELETE FROM ${events} WHERE key IN (SELECT key FROM json_to_recordset($1::json) AS given (key text))
      RETURNING line`,
    prune: `DELETE FROM ${events} WHERE key IN (SELECT key FROM ${events}
        WHERE state IN ('sent', 'discarded') AND settled_at < now() - $1::double precision * interval '1 millisecond'
        LIMIT $2) RETURNING key`,
    count: `SELECT state, count(*) AS total, CASE state WHEN 'waiting' THEN (
        SELECT count(*) FROM ${events} WHERE state = 'waiting' AND NOT is_signup AND line IN (
          SELECT line FROM ${events} WHERE state = 'parked' AND is_signup)) END AS held
      FROM ${events} GROUP BY state`,
    findOldest: `SELECT extract(epoch FROM now() - min(added_at))::double precision * 1000 AS age_ms
      FROM ${events} WHERE state IN ('waiting', 'sending')`,
    readHealth: `SELECT text FROM ${health}`,
    swapHealth: `INSERT INTO ${health} AS mine (text) SELECT $2::text WHERE $1::text IS NULL
      OR EXISTS (SELECT 1 FROM ${health})
      ON CONFLICT (is_one) DO UPDATE SET text = excluded.text WHERE mine.text IS NOT DISTINCT FROM $1::text
      RETURNING is_one`,
  };
}
