/**
 * How many events are in each state, from counters kept by triggers.
 */
import { type Driver, sql } from '../driver.js';
import type { Counts } from '../queue.js';
import { readNumber } from '../row.js';
import { IS_PARKED, RANK } from './queue-steps.js';

const COUNT = sql('SELECT rank, total FROM {outbox_counts}');
const HELD = sql(`SELECT count(*) AS total FROM {outbox} WHERE rank = ${RANK.other} AND user_id IN (
  SELECT user_id FROM {outbox} WHERE ${IS_PARKED} AND is_signup = 1)`);
const OLDEST = sql(`SELECT added_ms FROM {outbox} WHERE NOT (${IS_PARKED}) ORDER BY place LIMIT 1`);

/** Combines the rows of the three queries into counts. */
function readCounts(rows: readonly unknown[], held: number, addedMs: number | null, nowMs: number): Counts {
  const totals = new Map(rows.map((row) => [readNumber(row, 'rank'), readNumber(row, 'total') ?? 0]));
  const total = (...ranks: number[]) => ranks.reduce((sum, rank) => sum + (totals.get(rank) ?? 0), 0);
  return {
    waiting: total(RANK.signup, RANK.other) - held,
    held,
    sending: total(RANK.sending),
    parked: total(RANK.parkedSignup, RANK.parked),
    sent: total(RANK.sent),
    discarded: total(RANK.discarded),
    oldestWaitingMs: addedMs === null ? null : Math.max(0, nowMs - addedMs),
  };
}

/** Counts the events. */
export async function count(driver: Driver, nowMs: number): Promise<Counts> {
  const [counted, [held], [oldest]] = await Promise.all([driver.read(COUNT), driver.read(HELD), driver.read(OLDEST)]);
  return readCounts(counted, readNumber(held, 'total') ?? 0, readNumber(oldest, 'added_ms'), nowMs);
}
