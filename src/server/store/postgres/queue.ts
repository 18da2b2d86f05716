/**
 * The outbox's queue, on pg-boss (jobs.ts) and our own table (events.ts). Each waiting event has a job for its line;
 * the worker that gets one takes whichever event of the line is first by then. So an event is safe once both are
 * written, in one transaction, and adding it need not read the line.
 */
import { sha256 } from '../../sha256.js';
import {
  type Counts,
  type Fate,
  isOf,
  type Lease,
  type NewEntry,
  type Queue,
  readCounts,
  readParked,
} from '../queue.js';
import { isTrue, readNumber, readText } from '../row.js';
import { createBatches } from './batches.js';
import { type PgPool, type Query, runInTransaction, runStatement } from './database.js';
import { type Statements, writeStatements } from './events.js';
import { createJobs, type Jobs, type Turn } from './jobs.js';
import type { Boss } from './options.js';
import { readSiteConnection } from './site-connection.js';

/** How often to look for the remains of dead workers and lost jobs when idle. */
const TIDY_EVERY_MS = 5000;

/** How many rows to process at a time. */
const SLICE = 1000;

/** What the queue uses. */
interface PgBossQueueOptions {
  readonly pool: PgPool;
  readonly boss: Boss;
  /** The name of pg-boss's queue. */
  readonly queue: string;
  readonly schema: string;
  readonly leaseMs: number;
  /** Resolves once tables and queue exist. */
  readonly getReady: () => Promise<void>;
}

/** The parts that the methods share. */
interface Parts {
  readonly statements: Statements;
  readonly jobs: Jobs;
}

const readLines = (rows: readonly unknown[]): readonly string[] => [
  ...new Set(rows.map((row) => readText(row, 'line') ?? '')),
];

const writeLines = (lines: readonly string[]): string => JSON.stringify(lines.map((line) => ({ line })));

const readCalls = (rows: readonly unknown[]) =>
  rows.map((row) => ({ line: readText(row, 'line') ?? '', delayMs: Number(Reflect.get(Object(row), 'delay_ms')) }));

/** A lease's token contains its turn, so that the turn can be ended without a lookup. */
const writeToken = ({ id }: Turn): string => `${id} ${crypto.randomUUID()}`;

const readTurn = (token: string): string => token.split(' ', 1)[0] ?? '';

const readLease = (row: unknown): Lease => ({
  key: readText(row, 'key') ?? '',
  token: readText(row, 'token') ?? '',
  userId: readText(row, 'user_id') ?? '',
  body: readText(row, 'body') ?? '',
  attempts: readNumber(row, 'attempts') ?? 0,
  isAbandoned: isTrue(row, 'is_abandoned'),
  ambiguousTries: readNumber(row, 'ambiguous_tries') ?? 0,
});

/** Writes events and their lines' jobs. Returns the keys that are new. */
async function addAll(query: Query, entries: readonly NewEntry[], { statements, jobs }: Parts) {
  const rows = await Promise.all(
    entries.map(async ({ key, userId, isSignup, body }) => ({
      key,
      user_id: userId,
      line: await sha256(userId),
      is_signup: isSignup,
      body,
    })),
  );
  const sorted = rows.sort((one, other) => (one.key < other.key ? -1 : 1)); // two that add the same do not deadlock
  const added = await query(statements.add, [JSON.stringify(sorted)]);
  await jobs.call(
    query,
    added.map((row) => ({ line: readText(row, 'line') ?? '', delayMs: 0 })),
  );
  return new Set(added.map((row) => readText(row, 'key')));
}

/** Leases the first event of each line. Also returns the turns that yielded nothing. */
async function leaseHeads(query: Query, turns: readonly Turn[], leaseMs: number, { statements }: Parts) {
  if (!turns.length) return { leases: [], idle: [] };
  const given = turns.map((turn) => ({ line: turn.line, token: writeToken(turn) }));
  const rows = await query(statements.lease, [JSON.stringify(given), leaseMs]);
  const taken = readLines(rows);
  return { leases: rows.map(readLease), idle: turns.filter(({ line }) => !taken.includes(line)) };
}

/** Leases up to `limit` events. */
async function takeUp(query: Query, limit: number, leaseMs: number, parts: Parts): Promise<readonly Lease[]> {
  const { statements, jobs } = parts;
  const turns = await jobs.take(query, limit);
  const first = await leaseHeads(query, turns, leaseMs, parts);
  if (!first.idle.length) return first.leases;
  // The line is parked, or not due yet, or was held by a dead worker.
  const idle = writeLines(first.idle.map(({ line }) => line));
  const abandoned = readLines(await query(statements.abandonLines, [idle]));
  const again = first.idle.filter(({ line }) => abandoned.includes(line));
  const second = await leaseHeads(query, again, leaseMs, parts);
  const put = first.idle.filter((turn) => !again.includes(turn) || second.idle.includes(turn));
  await jobs.end(
    query,
    put.map(({ id }) => id),
  );
  await jobs.call(query, readCalls(await query(statements.findHeads, [writeLines(put.map(({ line }) => line))])));
  return [...first.leases, ...second.leases];
}

/** The outcome of an attempt, in the shape that `settle` reads. */
const writeFate = ({ key, token }: Lease, fate: Fate) => ({
  key,
  token,
  state: fate.state,
  delay_ms: fate.state === 'waiting' ? fate.delayMs : 0,
  reason: fate.state === 'sent' ? null : fate.reason,
  status: fate.state === 'sent' ? null : (fate.status ?? null),
  is_ambiguous: fate.state !== 'sent' && fate.isAmbiguous,
  request_id: fate.state === 'sent' ? fate.requestId : null,
});

/** An attempt that ended. */
interface Ended {
  readonly lease: Lease;
  readonly fate: Fate;
}

/**
 * Writes the outcomes of attempts and ends their turns. If another worker has the event by now, the turn is also
 * theirs, or ends by itself when its lease expires. An outcome that was written before, in a commit that was never
 * confirmed, counts as written.
 */
async function settleAll(query: Query, ended: readonly Ended[], { statements, jobs }: Parts) {
  const fates = ended.map(({ lease, fate }) => writeFate(lease, fate));
  const given = JSON.stringify(fates);
  const rows = await query(statements.settle, [given]);
  const lineOf = new Map(rows.map((row) => [readText(row, 'key'), readText(row, 'line') ?? '']));
  const settled = ended.filter(({ lease }) => lineOf.has(lease.key));
  await jobs.end(
    query,
    settled.map(({ lease }) => readTurn(lease.token)),
  );
  const calls = settled.flatMap(({ lease, fate }) =>
    fate.state === 'waiting' ? [{ line: lineOf.get(lease.key) ?? '', delayMs: fate.delayMs }] : [],
  );
  await jobs.call(query, calls);
  const before = settled.length < ended.length ? await query(statements.findSettled, [given]) : [];
  const written = new Set([...lineOf.keys(), ...before.map((row) => readText(row, 'key'))]);
  return ended.map(({ lease }) => written.has(lease.key));
}

/** Creates jobs for everything that waits in these lines. */
async function callLines(query: Query, lines: readonly string[], { statements, jobs }: Parts): Promise<void> {
  if (lines.length) await jobs.call(query, readCalls(await query(statements.findCalls, [writeLines(lines)])));
}

/** Frees events whose lease has expired. */
async function freeOverdue(query: Query, parts: Parts): Promise<void> {
  const rows = await query(parts.statements.abandonOverdue);
  await parts.jobs.end(
    query,
    rows.map((row) => readTurn(readText(row, 'token') ?? '')),
  );
  await callLines(query, readLines(rows), parts);
}

/** Creates jobs for waiting events whose job was deleted, cancelled or failed. */
async function callForgotten(query: Query, parts: Parts): Promise<void> {
  const stale = readLines(await query(parts.statements.findStale));
  const forgotten: string[] = [];
  for (const line of stale) if (await parts.jobs.isForgotten(query, line)) forgotten.push(line);
  await callLines(query, forgotten, parts);
}

/** Removes a person's unsent events, a slice at a time. */
async function eraseAll(transact: PgTransact, person: Parameters<typeof isOf>[0], parts: Parts): Promise<number> {
  const { statements } = parts;
  let erased = 0;
  for (let place = -1, isMore = true; isMore; ) {
    const rows = await transact((query) => query(statements.listOpen, [place, SLICE]));
    const theirs = rows.filter((row) => isOf(person, readText(row, 'body') ?? '', readText(row, 'user_id') ?? ''));
    const keys = JSON.stringify(theirs.map((row) => ({ key: readText(row, 'key') })));
    if (theirs.length)
      erased += await transact(async (query) => {
        const gone = await query(statements.erase, [keys]);
        await callLines(query, readLines(gone), parts);
        return gone.length;
      });
    isMore = rows.length === SLICE;
    place = readNumber(rows.at(-1), 'place') ?? place;
  }
  return erased;
}

type PgTransact = <T>(work: (query: Query) => Promise<T>, isSynced?: boolean) => Promise<T>;

/** How the queue gets to its tables, once they exist. */
function createAccess(pool: PgPool, getReady: () => Promise<void>, parts: Parts) {
  const transact: PgTransact = async (work, isSynced) => {
    await getReady();
    return runInTransaction(pool, work, isSynced);
  };

  const read = async (text: string, values: readonly unknown[] = []): Promise<readonly unknown[]> => {
    await getReady();
    return runStatement(pool, text, values);
  };

  /** Changes an event that no worker holds, and creates jobs for whatever that unblocks. */
  const change = (text: string, values: readonly unknown[]): Promise<boolean> =>
    transact(async (query) => {
      const lines = readLines(await query(text, values));
      await callLines(query, lines, parts);
      return lines.length > 0;
    });

  return { transact, read, change };
}

type Read = ReturnType<typeof createAccess>['read'];

/** What is read, and written, by one statement each. */
function createReadings(
  read: Read,
  statements: Statements,
): Pick<Queue, 'listParked' | 'find' | 'prune' | 'count' | 'readHealth' | 'swapHealth'> {
  return {
    listParked: async (limit) => (await read(statements.listParked, [limit])).map(readParked),
    async find(key) {
      const [row] = await read(statements.find, [key]);
      const state = (['sending', 'parked'] as const).find((one) => one === readText(row, 'state')) ?? 'waiting';
      return row === undefined ? null : { ...readParked(row), state };
    },
    async prune(olderThanMs) {
      let pruned = 0;
      for (let gone = SLICE; gone === SLICE; pruned += gone)
        gone = (await read(statements.prune, [olderThanMs, SLICE])).length;
      return pruned;
    },
    async count(): Promise<Counts> {
      const [oldest] = await read(statements.findOldest);
      const ageMs: unknown = Reflect.get(Object(oldest), 'age_ms');
      const oldestWaitingMs = typeof ageMs === 'number' ? Math.max(0, Math.round(ageMs)) : null;
      return { ...readCounts(await read(statements.count)), oldestWaitingMs };
    },
    async readHealth() {
      const [row] = await read(statements.readHealth);
      return readText(row, 'text');
    },
    swapHealth: async (before, after) => (await read(statements.swapHealth, [before, after])).length > 0,
  };
}

/** Creates the queue. */
export function createPgBossQueue({ pool, boss, queue, schema, leaseMs, getReady }: PgBossQueueOptions): Queue {
  const parts: Parts = { statements: writeStatements(schema), jobs: createJobs(boss, queue, leaseMs) };
  const { statements } = parts;
  const { transact, read, change } = createAccess(pool, getReady, parts);
  let tidiedMs = performance.now();

  const add = createBatches((entries: readonly NewEntry[]) =>
    transact(async (query) => {
      const added = await addAll(query, entries, parts);
      return entries.map(({ key }) => added.delete(key));
    }),
  );

  // An outcome lost in a power failure leaves its event leased, and it is found as abandoned: no need to wait for the
  // disk.
  const settle = createBatches((ended: readonly Ended[]) => transact((query) => settleAll(query, ended, parts), false));

  const tidy = async (): Promise<void> => {
    tidiedMs = performance.now();
    await transact(async (query) => {
      await freeOverdue(query, parts);
      await callForgotten(query, parts);
    });
  };

  return {
    ...createReadings(read, statements),
    longestLeaseMs: leaseMs,
    hasCostlyClaims: true,
    async add(entry, db) {
      if (db === undefined) return add(entry);
      const theirs = readSiteConnection(db);
      await getReady();
      return theirs(async (query) => (await addAll(query, [entry], parts)).has(entry.key));
    },
    async claim(limit, givenMs, isOnce = true) {
      const leases = await transact((query) => takeUp(query, limit, givenMs, parts), isOnce);
      if (leases.length < limit && performance.now() - tidiedMs >= TIDY_EVERY_MS) await tidy();
      return leases;
    },
    free: () => transact((query) => freeOverdue(query, parts)),
    settle: (lease, fate) => settle({ lease, fate }),
    resend: (key, body) => change(statements.resend, [key, body]),
    discard: (key) => change(statements.discard, [key]),
    erase: (person) => eraseAll(transact, person, parts),
  };
}
