/**
 * Versioned records, in SQL. The contract is records.ts.
 */
import { type Driver, type SqlStatement, type SqlValue, sql, type Work } from '../driver.js';
import { type Change, type NewRecord, PERSON_MAX, type Records, readRecord } from '../records.js';
import { readNumber } from '../row.js';

/** The table that records replaced: which code belongs to which key. The next migration takes over its rows. */
export const REFERRAL_STEPS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS {referrals} (
    key text PRIMARY KEY,
    ucc text NOT NULL,
    kind text,
    at_ms bigint NOT NULL,
    forget_after_ms bigint NOT NULL
  );
  CREATE INDEX IF NOT EXISTS cello_companion_referrals_age ON {referrals} (forget_after_ms);`,
];

/** The table of records. */
export const RECORD_STEPS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS {records} (
    key text PRIMARY KEY,
    version bigint NOT NULL,
    body text NOT NULL,
    email text,
    person text,
    due_ms bigint,
    forget_after_ms bigint,
    stage text NOT NULL,
    changed_ms bigint NOT NULL
  );
  CREATE INDEX IF NOT EXISTS cello_companion_records_email ON {records} (email) WHERE email IS NOT NULL;
  CREATE INDEX IF NOT EXISTS cello_companion_records_person ON {records} (person) WHERE person IS NOT NULL;
  CREATE INDEX IF NOT EXISTS cello_companion_records_due ON {records} (due_ms) WHERE due_ms IS NOT NULL;
  CREATE INDEX IF NOT EXISTS cello_companion_records_forget ON {records} (forget_after_ms)
    WHERE forget_after_ms IS NOT NULL;
  CREATE INDEX IF NOT EXISTS cello_companion_records_stage ON {records} (stage, changed_ms);`,
  `INSERT INTO {records} (key, version, body, stage, changed_ms, forget_after_ms)
    SELECT 'referral:' || key, 1,
      '{"site":{"ucc":"' || replace(replace(ucc, '\\', '\\\\'), '"', '\\"')
        || '","kind":' || coalesce('"' || kind || '"', 'null')
        || ',"atMs":' || at_ms || ',"untilMs":' || forget_after_ms || '},"claims":[]}',
      'open', at_ms, forget_after_ms
    FROM {referrals};
  DELETE FROM {referrals};`,
];

/** The most claims that are kept, oldest removed first: a flood of messages does not fill the disk. */
const CLAIMS_MAX = 200_000;

/** How often to check whether there are more. */
const BOUND_EVERY_MS = 600_000;

const COLUMNS = 'key, version, body, email, person, due_ms, forget_after_ms, stage, changed_ms';

const INSERT = `INSERT INTO {records} AS mine (${COLUMNS}) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)`;
const ADD = `${INSERT} ON CONFLICT (key) DO NOTHING RETURNING key`;
const PUT = `${INSERT} ON CONFLICT (key) DO UPDATE SET version = mine.version + 1, body = excluded.body,
  email = excluded.email, person = excluded.person, due_ms = excluded.due_ms,
  forget_after_ms = excluded.forget_after_ms, stage = excluded.stage, changed_ms = excluded.changed_ms RETURNING key`;
const REPLACE = `UPDATE {records} SET version = version + 1, body = ?, email = ?, person = ?, due_ms = ?,
  forget_after_ms = ?, stage = ?, changed_ms = ? WHERE key = ? AND version = ? RETURNING key`;

const BY_PERSON = `SELECT * FROM {records} WHERE email = ? OR person = ? ORDER BY changed_ms DESC LIMIT ${PERSON_MAX}`;
const DUE = 'SELECT * FROM {records} WHERE due_ms <= ? ORDER BY due_ms LIMIT ?';

const remove = (condition: string) =>
  `DELETE FROM {records} WHERE key IN (SELECT key FROM {records} WHERE ${condition}) RETURNING 1`;
const PURGE = remove('forget_after_ms <= ? LIMIT ?');
const BOUND = remove(`stage = 'claim' ORDER BY changed_ms DESC LIMIT ? OFFSET ${CLAIMS_MAX}`);
const PRUNE = remove("stage = 'done' AND changed_ms <= ? LIMIT ?");

/** One of the changes was out of date: nothing is written. */
class StaleError extends Error {
  override readonly name = 'StaleError';
}

const list = ({ body, email, user, dueMs, forgetAfterMs, stage }: NewRecord, nowMs: number): readonly SqlValue[] => [
  body,
  email,
  user,
  dueMs,
  forgetAfterMs,
  stage,
  nowMs,
];

function write({ key, version, next }: Change, nowMs: number): SqlStatement {
  if (!next)
    return version === 'any'
      ? sql('DELETE FROM {records} WHERE key = ?', key)
      : sql('DELETE FROM {records} WHERE key = ? AND version = ? RETURNING key', key, version);
  const values = list(next, nowMs);
  if (version === 'any') return sql(PUT, key, ...values);
  return version === 0 ? sql(ADD, key, ...values) : sql(REPLACE, ...values, key, version);
}

/** Always in the same order, so that two writers of the same records do not deadlock. */
function* commit(changes: readonly Change[], nowMs: number): Work<void> {
  for (const change of [...changes].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const rows = yield write(change, nowMs);
    if (!rows.length && change.version !== 'any') throw new StaleError();
  }
}

/** Keeps records in a database. */
export function createSqlRecords(driver: Driver, clock: () => number): Records {
  let boundAfterMs = Number.NEGATIVE_INFINITY;

  const bound = async (limit: number): Promise<number> => {
    const nowMs = clock();
    // A clock that was set back would delay the next check by as much.
    if (nowMs < boundAfterMs && boundAfterMs <= nowMs + BOUND_EVERY_MS) return 0;
    const gone = await driver.write(sql(BOUND, limit));
    if (gone.length < limit) boundAfterMs = nowMs + BOUND_EVERY_MS;
    return gone.length;
  };

  return {
    now: clock,
    async find(keys) {
      if (!keys.length) return [];
      const places = keys.map(() => '?').join(', ');
      return (await driver.read(sql(`SELECT * FROM {records} WHERE key IN (${places})`, ...keys))).map(readRecord);
    },
    async findByPerson(fingerprint) {
      return (await driver.read(sql(BY_PERSON, fingerprint, fingerprint))).map(readRecord);
    },
    async listDue(limit) {
      return (await driver.read(sql(DUE, clock(), limit))).map(readRecord);
    },
    async commit(changes, db) {
      try {
        await driver.transact(() => commit(changes, clock()), db);
        return true;
      } catch (error) {
        if (error instanceof StaleError) return false;
        throw error;
      }
    },
    async purge(limit) {
      const gone = await driver.write(sql(PURGE, clock(), limit));
      return gone.length + (await bound(limit));
    },
    async prune(olderThanMs, limit) {
      return (await driver.write(sql(PRUNE, clock() - olderThanMs, limit))).length;
    },
    async countDue() {
      const [row] = await driver.read(sql('SELECT count(*) AS total FROM {records} WHERE due_ms IS NOT NULL'));
      return readNumber(row, 'total') ?? 0;
    },
    scrub: () => driver.scrub(),
  };
}
