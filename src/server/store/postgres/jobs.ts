/**
 * pg-boss's part: who gets a user's line in hand, and when. A job says "this line may have something due". pg-boss gives
 * one job of a line at a time (policy `singleton`), in the order in which they are due, and again when a worker died.
 *
 * Not by its policy `key_strict_fifo`, which reads all waiting jobs at each fetch (2.3 s with 100,000 of them, PostgreSQL
 * 15), and cannot bring a sign-up forward. The order within a line is ours. So are parked events: a dead letter of
 * pg-boss's has left its queue, and holds nothing.
 */
import { CollisionError, type Query } from './database.js';
import type { Boss, BossDb } from './options.js';

/** A line's turn, in a worker's hands. */
export interface Turn {
  readonly id: string;
  readonly line: string;
}

/** When a line is to be looked at. */
export interface Call {
  readonly line: string;
  readonly delayMs: number;
}

/** pg-boss throws away a job that waits longer. An outage may be long; a job is small. */
const RETENTION_SECONDS = 3650 * 86_400;

/** How often pg-boss gives a job to another worker after one died. As often as it can count. */
const RETRY_LIMIT = 2_147_483_647;

const POLICY = 'singleton';

/** Makes the queue, if it is not there. */
export async function prepareQueue(boss: Boss, queue: string): Promise<void> {
  const standing = await boss.getQueue(queue);
  if (!standing)
    return boss.createQueue(queue, {
      policy: POLICY,
      retryLimit: RETRY_LIMIT,
      retentionSeconds: RETENTION_SECONDS,
    });
  if (standing.policy === POLICY) return;
  throw new Error(
    `[cello-companion] pgBossStore: pg-boss has a queue "${queue}" of policy "${standing.policy}". Give another name as "queue"`,
  );
}

/** The jobs of one queue. */
export interface Jobs {
  /** Makes jobs, in this transaction. */
  call(query: Query, calls: readonly Call[]): Promise<void>;
  /** Takes lines in hand, at most one turn of a line. */
  take(query: Query, limit: number): Promise<readonly Turn[]>;
  /** Ends turns, by their ids. */
  end(query: Query, ids: readonly string[]): Promise<void>;
  /** Whether nobody will look at a line any more: its jobs are gone. Ends the turns of dead workers on the way. */
  isForgotten(query: Query, line: string): Promise<boolean>;
}

/** A unique index that refuses: two workers took a line in the same moment. */
const UNIQUE_VIOLATION = '23505';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const readLine = (data: unknown): string => {
  const line: unknown = isObject(data) ? Reflect.get(data, 'line') : null;
  return typeof line === 'string' ? line : '';
};

/** Lets pg-boss speak on a connection of ours. It would go on after a collision, in a transaction that is lost. */
const createBossDb = (query: Query): BossDb => ({
  async executeSql(text, values) {
    try {
      return { rows: [...(await query(text, values))] };
    } catch (error) {
      if (error instanceof Error && Reflect.get(error, 'code') === UNIQUE_VIOLATION)
        throw new CollisionError('two workers took one line', { cause: error });
      throw error;
    }
  },
});

/** Speaks of the jobs of a queue. */
export function createJobs(boss: Boss, queue: string, leaseMs: number): Jobs {
  const expireInSeconds = Math.ceil(leaseMs / 1000);

  const end: Jobs['end'] = async (query, ids) => {
    if (ids.length) await boss.deleteJob(queue, [...ids], { db: createBossDb(query) });
  };

  return {
    end,
    async call(query, calls) {
      if (!calls.length) return;
      const jobs = calls.map(({ line, delayMs }) => ({
        data: { line },
        singletonKey: line,
        // Never before the event itself is due: pg-boss counts in seconds, and rounds.
        startAfter: delayMs > 0 ? (Math.ceil(delayMs) + 1) / 1000 : 0,
        expireInSeconds,
      }));
      await boss.insert(queue, jobs, { db: createBossDb(query) });
    },
    async take(query, limit) {
      const jobs = await boss.fetch(queue, { batchSize: limit, db: createBossDb(query) });
      return jobs.map(({ id, data }) => ({ id, line: readLine(data) }));
    },
    async isForgotten(query, line) {
      const jobs = await boss.findJobs(queue, { key: line, db: createBossDb(query) });
      const dead = jobs.filter(({ state, startedOn }) => state === 'active' && isOver(startedOn, leaseMs));
      await end(
        query,
        dead.map(({ id }) => id),
      );
      return !jobs.some((job) => LIVE.includes(job.state) && !dead.includes(job));
    },
  };
}

const LIVE = ['created', 'retry', 'active'];

const isOver = (startedOn: Date | null, leaseMs: number): boolean =>
  startedOn !== null && Date.now() - startedOn.getTime() > leaseMs;
