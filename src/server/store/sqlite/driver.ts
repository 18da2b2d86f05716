/**
 * The driver on a SQLite handle. All requests in one turn of the event loop share a transaction, because it is the
 * commit that is expensive, not its contents.
 */
import { createMistake } from '../../input/index.js';
import type { Concerns, Driver, SqlStatement, Work } from '../driver.js';
import { readNumber } from '../row.js';
import { StoreBusyError } from '../store-busy-error.js';
import {
  type Database,
  hasVersions,
  isBusy,
  isDatabase,
  lockForWriting,
  migrate,
  prepareDatabase,
  runAsPart,
  runInTransaction,
  runUnsynced,
  runWithoutWaiting,
  type Statement,
  spellSqlite,
} from './database.js';

/** How many requests may share a transaction, so that the event loop runs in between. */
const BATCH_MAX = 200;

/** How long a request waits while another process writes, without blocking the event loop. */
const PATIENCE_MS = 75;
const RETRY_MS = 2;

/** How long to wait before clearing erased data again if the database still has readers. */
const SCRUB_AGAIN_MS = 1000;

/** A caller's work, and how to report its outcome. */
interface Request {
  /** Does the work, and returns the function that reports it once it is committed. */
  run(): () => void;
  reject(error: unknown): void;
  /** Whether the commit waits for the disk. */
  readonly isSynced: boolean;
}

/** A request in the queue. */
interface Waiting extends Request {
  readonly untilMs: number;
  /** It was in a batch that failed: running each request alone shows which one caused it. */
  readonly isAlone: boolean;
}

/** better-sqlite3 rejects `all` on a statement that returns no rows, and it is the only one that says so in advance. */
const isSilent = (statement: Statement): boolean => Reflect.get(statement, 'reader') === false;

/** Runs a statement and returns its rows. */
type Runner = (statement: SqlStatement) => readonly unknown[];

/** Runs statements on a handle, which keeps the prepared statements. */
function createRunner(db: Database): Runner {
  const prepared = new Map<string, Statement>();
  return ({ text, values }) => {
    const statement = prepared.get(text) ?? db.prepare(spellSqlite(text));
    prepared.set(text, statement);
    if (!isSilent(statement)) return statement.all(...values);
    statement.run(...values);
    return [];
  };
}

/** Runs work to its end without a pause. */
function runWork<T>(run: (statement: SqlStatement) => readonly unknown[], work: () => Work<T>): T {
  const steps = work();
  let step = steps.next();
  while (!step.done) step = steps.next(run(step.value));
  return step.value;
}

/** Lets work join the site's transaction, on the site's own handle or on the store's. */
function createJoin(db: Database, run: Runner, getReady: () => void) {
  const runners = new WeakMap<Database, Runner>([[db, run]]);

  const getRunner = (given: Database): Runner => {
    const known = runners.get(given);
    if (known) return known;
    translateBusy(() => runWithoutWaiting(db, getReady));
    if (!hasVersions(given))
      throw createMistake({ caller: 'add', path: 'db' }, 'a handle on the file that the store has', given);
    const runOnTheirs = createRunner(given);
    runners.set(given, runOnTheirs);
    return runOnTheirs;
  };

  return <T>(work: () => Work<T>, given: unknown): T => {
    if (!isDatabase(given))
      throw createMistake({ caller: 'add', path: 'db' }, "a SQLite handle, like the store's", given);
    const runOnTheirs = getRunner(given);
    const runLocked = () => {
      lockForWriting(given);
      return runWork(runOnTheirs, work);
    };
    return translateBusy(() => runWithoutWaiting(given, () => runAsPart(given, runLocked)));
  };
}

/**
 * Creates the driver. Throws whatever the handle throws, except if the database is locked: then it tries again later.
 */
export function createSqliteDriver(db: Database, concerns: Concerns): Driver {
  const run = createRunner(db);
  let isReady = false;

  const getReady = () => {
    if (isReady) return;
    prepareDatabase(db);
    for (const [concern, steps] of Object.entries(concerns)) migrate(db, concern, steps);
    isReady = true;
  };

  const commit = (requests: readonly Request[]): readonly (() => void)[] =>
    runWithoutWaiting(db, () => {
      getReady();
      const runAll = () => runInTransaction(db, () => requests.map((request) => request.run()));
      return requests.some(({ isSynced }) => isSynced) ? runAll() : runUnsynced(db, runAll);
    });

  const enqueue = createBatches(commit);

  const transact = <T>(work: () => Work<T>, isSynced: boolean): Promise<T> =>
    new Promise((resolve, reject) => {
      const runIt = () => {
        const result = runWork(run, work);
        return () => resolve(result);
      };
      enqueue({ run: runIt, reject, isSynced });
    });

  const write = (statement: SqlStatement, isSynced: boolean) =>
    transact(function* (): Work<readonly unknown[]> {
      return yield statement;
    }, isSynced);

  const join = createJoin(db, run, getReady);

  translateFirst(() => runWithoutWaiting(db, getReady));
  return {
    async read(statement) {
      return translateBusy(() =>
        runWithoutWaiting(db, () => {
          getReady();
          return run(statement);
        }),
      );
    },
    write: (statement) => write(statement, true),
    // Errors on the site's handle are thrown at once: a synchronous transaction would hear of a rejection too late.
    transact: (work, given) => (given === undefined ? transact(work, true) : Promise.resolve(join(work, given))),
    unsynced: { write: (statement) => write(statement, false), transact: (work) => transact(work, false) },
    async scrub() {
      scrub(db);
    },
  };
}

function translateBusy<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isBusy(error) ? createBusyError(error) : error;
  }
}

const createBusyError = (cause: unknown): StoreBusyError =>
  new StoreBusyError('[cello-companion] another connection has the SQLite database', { cause });

/** Prepares a database at once, unless it is locked: any other problem should show at startup. */
function translateFirst(prepare: () => void): void {
  try {
    prepare();
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

/** Collects the requests of one turn and commits them together. */
function createBatches(commit: (requests: readonly Request[]) => readonly (() => void)[]) {
  let waiting: Waiting[] = [];
  let isPlanned = false;

  const settle = (batch: readonly Waiting[]) => {
    try {
      for (const resolve of commit(batch)) resolve();
    } catch (error) {
      if (isBusy(error)) postpone(batch, error);
      else if (batch.length > 1) waiting = [...batch.map((one) => ({ ...one, isAlone: true })), ...waiting];
      else batch[0]?.reject(error);
    }
  };

  const postpone = (batch: readonly Waiting[], error: unknown) => {
    const nowMs = performance.now();
    for (const { untilMs, reject } of batch) if (untilMs <= nowMs) reject(createBusyError(error));
    waiting = [...batch.filter(({ untilMs }) => untilMs > nowMs), ...waiting];
    if (waiting.length) plan((next) => setTimeout(next, RETRY_MS));
  };

  const flush = () => {
    isPlanned = false;
    settle(waiting.splice(0, waiting[0]?.isAlone ? 1 : BATCH_MAX));
    if (waiting.length) plan(setImmediate);
  };

  const plan = (defer: (next: () => void) => unknown) => {
    if (isPlanned) return;
    isPlanned = true;
    defer(flush);
  };

  return (request: Request) => {
    waiting.push({ ...request, untilMs: performance.now() + PATIENCE_MS, isAlone: false });
    plan(setImmediate);
  };
}

/**
 * Erased data stays in the WAL until a checkpoint truncates it, which waits for readers. We do not wait, but try again.
 * https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
 */
function scrub(db: Database): void {
  try {
    const row = runWithoutWaiting(db, () => db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
    if (readNumber(row, 'busy') === 0) return;
  } catch (error) {
    if (!isBusy(error)) return; // closed meanwhile: the next one to open it overwrites the WAL
  }
  setTimeout(scrub, SCRUB_AGAIN_MS, db).unref();
}
