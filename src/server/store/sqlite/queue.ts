/**
 * The events that wait for Cello, in a SQLite database.
 *
 * Each operation is logarithmic, however many events wait: only the first event of each user's line is in the index of
 * due events, triggers keep the counts, and a sent event leaves only its key.
 */
import { type Driver, sql, type Work } from '../driver.js';
import { type Person, type Queue, readParked } from '../queue.js';
import { isTrue, readNumber, readText } from '../row.js';
import { add, clearRemains, eraseAmong, finish, ours, putBack, resend } from './change.js';
import { claim, seeDue } from './claim.js';
import { count } from './count.js';
import { parkedRank, readState, WHOLE, waitingRank } from './line.js';
import { IS_PARKED, RANK } from './queue-steps.js';

/** The longest delay of an event. One that is due later was written before a clock was set back. */
const DELAY_MAX_MS = 600_000;

/** How many rows are read or removed in one go, so that the event loop runs in between. */
const SLICE = 500;

/** With more bodies than this, rewriting them is too expensive, both when idle and for an erasure. */
const CLEARED_MAX = 500;
const CLEARED_MAX_ERASING = 5000;

async function erase(driver: Driver, person: Person): Promise<number> {
  let erased = 0;
  for (let place: number | null = 0; place !== null; ) {
    const rows: readonly unknown[] = await driver.read(
      sql(`SELECT place, user_id, body FROM ${WHOLE} WHERE place > ? ORDER BY place LIMIT ${SLICE}`, place),
    );
    if (rows.length) erased += await driver.transact(() => eraseAmong(rows, person));
    place = readNumber(rows.at(-1), 'place');
  }
  await driver.transact(() => clearRemains(CLEARED_MAX_ERASING));
  await driver.scrub();
  return erased;
}

async function prune(driver: Driver, untilMs: number): Promise<number> {
  const slice = sql(
    `DELETE FROM {outbox_keys} WHERE key IN (SELECT key FROM {outbox_keys} WHERE ended_ms <= ? LIMIT ${SLICE}) RETURNING 1`,
    untilMs,
  );
  for (let pruned = 0; ; ) {
    const { length } = await driver.write(slice);
    pruned += length;
    if (length < SLICE) return pruned;
  }
}

const createHealthText = (driver: Driver): Pick<Queue, 'readHealth' | 'swapHealth'> => ({
  async readHealth() {
    const [row] = await driver.read(READ_HEALTH);
    return readText(row, 'health');
  },
  swapHealth: (before, after) =>
    driver.transact(function* () {
      const [row] = yield READ_HEALTH;
      if (readText(row, 'health') !== before) return false;
      yield sql(
        'INSERT INTO {outbox_health} (id, health) VALUES (1, CAST(? AS text)) ON CONFLICT (id) DO UPDATE SET health = excluded.health',
        after,
      );
      return true;
    }),
});

const READ_HEALTH = sql('SELECT health FROM {outbox_health} WHERE id = 1');

/** Removes events, and afterwards their remains in the files. */
function createRemover(driver: Driver) {
  let hasRemains = false;
  return {
    async remove(work: () => Work<boolean>): Promise<boolean> {
      const isRemoved = await driver.transact(work);
      hasRemains ||= isRemoved;
      return isRemoved;
    },
    /** Truncates the WAL, which still contains removed data. Done when there is nothing else to do. */
    async tidyUp(): Promise<void> {
      if (!hasRemains) return;
      hasRemains = false;
      await driver.transact(() => clearRemains(CLEARED_MAX));
      await driver.scrub();
    },
  };
}

/** Stores events in a SQLite database. */
export function createSqliteQueue(driver: Driver, clock: () => number): Queue {
  const { remove, tidyUp } = createRemover(driver);
  return {
    ...createHealthText(driver),
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
      return remove(() => finish(RANK.sent, nowMs, fate.requestId, ours(held)));
    },
    async listParked(limit) {
      const rows = await driver.read(sql(`SELECT * FROM ${WHOLE} WHERE ${IS_PARKED} ORDER BY place LIMIT ?`, limit));
      return rows.map(readParked);
    },
    async find(key) {
      const [row] = await driver.read(sql(`SELECT * FROM ${WHOLE} WHERE key = ?`, key));
      return row === undefined ? null : { ...readParked(row), state: readState(row) };
    },
    resend: (key, body) => driver.transact(() => resend(key, body, clock())),
    discard: (key) =>
      remove(() => finish(RANK.discarded, clock(), null, sql(`key = ? AND rank <> ${RANK.sending}`, key))),
    erase: (person) => erase(driver, person),
    prune: (olderThanMs) => prune(driver, clock() - olderThanMs),
    count: () => count(driver, clock()),
  };
}
