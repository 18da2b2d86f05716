/**
 * pg-boss's part: which worker gets a user's line, and when. A job means "this line may have something due". pg-boss
 * hands out one job per line at a time (policy `singleton`), in order of due time, and again if a worker dies.
 *
 * We do not use its policy `key_strict_fifo`, which reads all waiting jobs on each fetch (2.3 s with 100,000 of them,
 * PostgreSQL 15) and cannot move a sign-up forward. We keep the order within a line ourselves, and parked events too: a
 * pg-boss dead letter has left its queue and holds nothing back.
 */
import { CollisionError, type Query } from './database.js';
import type { Boss, BossDb } from './options.js';

/** A line's turn, held by a worker. */
export interface Turn {
  readonly id: string;
  readonly line: string;
}

/** When to process a line. */
export interface Call {
  readonly line: string;
  readonly delayMs: number;
}

/** pg-boss discards a job that waits longer. An outage may be long; a job is small. */
const RETENTION_SECONDS = 3650 * 86_400;

/** How often pg-boss retries a job after a worker died: the largest number it accepts. */
const RETRY_LIMIT = 2_147_483_647;

const POLICY = 'singleton';

/** Creates the queue if it does not exist. */
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
    `[cello-companion] pgBossStore: pg-boss already has a queue "${queue}" with policy "${standing.policy}". Choose another "queue"`,
  );
}

/** The jobs of one queue. */
export interface Jobs {
  /** Creates jobs in this transaction. */
  call(query: Query, calls: readonly Call[]): Promise<void>;
  /** Takes turns, at most one per line. */
  take(query: Query, limit: number): Promise<readonly Turn[]>;
  /** Ends turns, by their ids. */
  end(query: Query, ids: readonly string[]): Promise<void>;
  /** Whether a line has no jobs left, so that no worker will process it. Also ends the turns of dead workers. */
  isForgotten(query: Query, line: string): Promise<boolean>;
}

/** Violation of a unique index: two workers took a line at the same moment. */
const UNIQUE_VIOLATION = '23505';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const readLine = (data: unknown): string => {
  const line: unknown = isObject(data) ? Reflect.get(data, 'line') : null;
  return typeof line === 'string' ? line : '';
};

/**
 * Lets pg-boss use one of our connections. Left alone, it would continue after a conflict, in a transaction that is
 * lost.
 */
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

/** Manages the jobs of a queue. */
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
        // Never before the event itself is due: pg-boss counts in seconds and rounds.
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
