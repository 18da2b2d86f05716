/**
 * The outbox's queue on pg-boss: pg-boss knows when an event is due and who has it in hand, and gives it to another
 * worker when one dies. Our own table knows the events, their keys for ever, and their order. Both are written in one
 * transaction, so that neither knows of an event that the other does not.
 *
 * A job is a knock on the door: "this event may be due". At most one event of a user is in hand at a time, the first of
 * its line. An event behind the first has no job; whoever takes the first away, knocks for the next (`knock`). All that
 * happens to a user's line happens under one advisory lock, so that no knock is lost.
 */

import { type Counts, type Fate, type Lease, type Queue, readCounts, readParked } from '../queue.js';
import { isTrue, readNumber, readText } from '../row.js';
import type { Query, Transact } from './database.js';
import type { Boss, BossDb } from './options.js';

/** pg-boss throws a job away that waits longer. An outage may be long; a job is small. */
const RETENTION_DAYS = 3650;

/** How often pg-boss gives a job to another worker after one died. As often as it can count. */
const RETRY_LIMIT = 2_147_483_647;

/** The table of events: SQL, a statement each. */
export const createEventSteps = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.events (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    user_id text NOT NULL,
    is_signup boolean NOT NULL,
    state text NOT NULL,
    body text,
    token text,
    job_id uuid,
    attempts integer NOT NULL DEFAULT 0,
    reason text,
    status integer,
    is_ambiguous boolean NOT NULL DEFAULT false,
    is_abandoned boolean NOT NULL DEFAULT false,
    request_id text,
    added_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz
  )`,
  `CREATE INDEX events_line ON ${schema}.events (user_id) WHERE state NOT IN ('sent', 'discarded')`,
  `CREATE INDEX events_job ON ${schema}.events (job_id) WHERE job_id IS NOT NULL`,
  `CREATE INDEX events_state ON ${schema}.events (state)`,
];

/** The lock of a user's line. Two users that share a number wait for each other now and then, and that is all. */
const lockLines = (schema: string) =>
  `SELECT pg_advisory_xact_lock(number) FROM (
    SELECT DISTINCT hashtextextended('${schema}' || user_id, 0) AS number FROM unnest($1::text[]) AS user_id ORDER BY number
  ) AS lines`;

/**
 * The first of each line: what is in hand, then sign-ups, then the rest by age. A parked sign-up stands in the way of the
 * rest, any other parked event of nobody.
 */
const findFirsts = (schema: string) =>
  `SELECT DISTINCT ON (user_id) * FROM ${schema}.events
  WHERE user_id = ANY($1::text[]) AND state NOT IN ('sent', 'discarded') AND (state <> 'parked' OR is_signup)
  ORDER BY user_id, state = 'sending' DESC, is_signup DESC, state = 'parked', place`;

const countStates = (schema: string) =>
  `SELECT state, count(*) AS total, count(*) FILTER (WHERE state = 'waiting' AND NOT is_signup AND EXISTS (
    SELECT 1 FROM ${schema}.events other
    WHERE other.user_id = mine.user_id AND other.state = 'parked' AND other.is_signup)) AS held
  FROM ${schema}.events mine GROUP BY state`;

/** A lease's token carries the job, so that it can be ended without being looked up. */
const readJobId = (token: string): string => token.split(' ', 1)[0] ?? '';

/** What the queue stands on. */
interface PgBossQueueOptions {
  readonly transact: Transact;
  readonly boss: Boss;
  /** The name of pg-boss's queue. */
  readonly queue: string;
  readonly schema: string;
  readonly leaseMs: number;
}

/** Makes the queue. */
export function createPgBossQueue({ transact, boss, queue, schema, leaseMs }: PgBossQueueOptions): Queue {
  const table = `${schema}.events`;

  const dbOf = (query: Query): BossDb => ({
    executeSql: async (text, values) => ({ rows: [...(await query(text, values)).rows] }),
  });

  const lock = (query: Query, userIds: readonly string[]) => query(lockLines(schema), [userIds]);

  const createJob = async (query: Query, key: string, delayMs: number): Promise<void> => {
    const id = crypto.randomUUID();
    await boss.send(
      queue,
      { key },
      {
        id,
        startAfter: delayMs / 1000,
        expireInSeconds: Math.ceil(leaseMs / 1000),
        retentionDays: RETENTION_DAYS,
        retryLimit: RETRY_LIMIT,
        retryDelay: 0,
        db: dbOf(query),
      },
    );
    await query(`UPDATE ${table} SET job_id = $2 WHERE key = $1`, [key, id]);
  };

  /** Makes a job for the first of each line, where it has none. Gives back the firsts. Under the lines' lock. */
  const knock = async (query: Query, userIds: readonly string[]): Promise<readonly unknown[]> => {
    const { rows } = await query(findFirsts(schema), [userIds]);
    for (const row of rows)
      if (readText(row, 'state') === 'waiting' && readText(row, 'job_id') === null)
        await createJob(query, readText(row, 'key') ?? '', 0);
    return rows;
  };

  const complete = (query: Query, jobId: string) => boss.complete(queue, jobId, {}, { db: dbOf(query) });

  const lease = async (query: Query, row: unknown): Promise<Lease> => {
    const key = readText(row, 'key') ?? '';
    const token = `${readText(row, 'job_id')} ${crypto.randomUUID()}`;
    await query(
      `UPDATE ${table} SET state = 'sending', token = $2, attempts = attempts + 1, is_abandoned = false WHERE key = $1`,
      [key, token],
    );
    return {
      key,
      token,
      userId: readText(row, 'user_id') ?? '',
      body: readText(row, 'body') ?? '',
      attempts: readNumber(row, 'attempts') ?? 0,
      isAbandoned: isTrue(row, 'is_abandoned'),
    };
  };

  /** Takes the jobs' events in hand where it is their turn, and puts the others back into their line. */
  const takeUp = async (query: Query, jobIds: readonly string[]): Promise<Lease[]> => {
    const { rows: found } = await query(`SELECT DISTINCT user_id FROM ${table} WHERE job_id = ANY($1::uuid[])`, [
      jobIds,
    ]);
    const userIds = found.map((row) => readText(row, 'user_id') ?? '');
    await lock(query, userIds);
    // pg-boss gives a job out again only when its worker said nothing in time.
    await query(
      `UPDATE ${table} SET state = 'waiting', is_abandoned = true WHERE job_id = ANY($1::uuid[]) AND state = 'sending'`,
      [jobIds],
    );
    const { rows: firsts } = await query(findFirsts(schema), [userIds]);
    const isOurs = (row: unknown) =>
      jobIds.includes(readText(row, 'job_id') ?? '') && readText(row, 'state') === 'waiting';
    const leases: Lease[] = [];
    for (const row of firsts) if (isOurs(row)) leases.push(await lease(query, row));
    const taken = leases.map(({ token }) => readJobId(token));
    const others = jobIds.filter((jobId) => !taken.includes(jobId));
    if (!others.length) return leases;
    await query(`UPDATE ${table} SET job_id = NULL WHERE job_id = ANY($1::uuid[])`, [others]);
    for (const jobId of others) await complete(query, jobId);
    await knock(query, userIds);
    return leases;
  };

  const write = async (query: Query, { key, token }: Lease, fate: Fate): Promise<boolean> => {
    const mine = "WHERE key = $1 AND token = $2 AND state = 'sending' RETURNING key";
    const set =
      fate.state === 'sent'
        ? query(
            `UPDATE ${table} SET state = 'sent', body = NULL, job_id = NULL, settled_at = now(), request_id = $3 ${mine}`,
            [key, token, fate.requestId],
          )
        : query(
            `UPDATE ${table} SET state = $3, job_id = NULL, reason = $4, is_ambiguous = is_ambiguous OR $5, status = $6 ${mine}`,
            [key, token, fate.state, fate.reason, fate.isAmbiguous, fate.state === 'parked' ? fate.status : null],
          );
    return (await set).rows.length > 0;
  };

  /** Changes an event that is parked or waits, under the lock of its line, then knocks for whoever is first now. */
  const changeAtRest = (key: string, change: string, values: unknown[]): Promise<boolean> =>
    transact(async (query) => {
      const { rows: found } = await query(`SELECT user_id FROM ${table} WHERE key = $1`, [key]);
      const userIds = found.map((row) => readText(row, 'user_id') ?? '');
      await lock(query, userIds);
      const { rows } = await query(
        `UPDATE ${table} SET ${change} WHERE key = $1 AND state IN ('parked', 'waiting') RETURNING key`,
        [key, ...values],
      );
      if (rows.length) await knock(query, userIds);
      return rows.length > 0;
    });

  const select = async (text: string, values: unknown[]): Promise<readonly unknown[]> => {
    const { rows } = await transact((query) => query(text, values));
    return rows;
  };

  return {
    longestLeaseMs: leaseMs,
    add: ({ key, userId, isSignup, body }) =>
      transact(async (query) => {
        await lock(query, [userId]);
        const { rows } = await query(
          `INSERT INTO ${table} (key, user_id, is_signup, state, body) VALUES ($1, $2, $3, 'waiting', $4)
          ON CONFLICT (key) DO NOTHING RETURNING key`,
          [key, userId, isSignup, body],
        );
        if (rows.length) await knock(query, [userId]);
        return rows.length > 0;
      }),
    claim: (limit) =>
      transact(async (query) => {
        const jobs = await boss.fetch(queue, { batchSize: limit, db: dbOf(query) });
        return jobs.length
          ? takeUp(
              query,
              jobs.map(({ id }) => id),
            )
          : [];
      }),
    settle: (held, fate) =>
      transact(async (query) => {
        // The job before the line, as in `claim`: in another order two workers could wait for each other.
        await complete(query, readJobId(held.token));
        await lock(query, [held.userId]);
        if (!(await write(query, held, fate))) throw new LostLease();
        if (fate.state === 'waiting') await createJob(query, held.key, fate.delayMs);
        await knock(query, [held.userId]);
        return true;
      }).catch((error: unknown) => {
        if (error instanceof LostLease) return false;
        throw error;
      }),
    async listParked(limit) {
      return (await select(`SELECT * FROM ${table} WHERE state = 'parked' ORDER BY place LIMIT $1`, [limit])).map(
        readParked,
      );
    },
    async find(key) {
      const [row] = await select(`SELECT * FROM ${table} WHERE state NOT IN ('sent', 'discarded') AND key = $1`, [key]);
      const state = (['sending', 'parked'] as const).find((one) => one === readText(row, 'state')) ?? 'waiting';
      return row === undefined ? null : { ...readParked(row), state };
    },
    resend: (key, body) =>
      changeAtRest(key, "state = 'waiting', attempts = 0, job_id = NULL, body = coalesce($2, body)", [body]),
    discard: (key) => changeAtRest(key, "state = 'discarded', body = NULL, job_id = NULL, settled_at = now()", []),
    async count(): Promise<Counts> {
      return readCounts(await select(countStates(schema), []));
    },
  };
}

/** Somebody else has the event: the transaction is rolled back, and with it the end of a job that is his now. */
class LostLease extends Error {
  override readonly name = 'LostLease';
}
