/**
 * Cello's health, as this process knows it and as the store has it.
 */
import type { Queue } from '../store/index.js';
import { HEALTHY, type Health, printHealth, readHealth } from './health.js';

/** Health that all processes over one store share. */
export interface SharedHealth {
  /** What this process knows. */
  get(): Health;
  /** Looks it up if what is known may be old. */
  refresh(): Promise<void>;
  /** Looks it up. */
  load(): Promise<Health>;
  /**
   * Changes what all know.
   *
   * @param compute - Gives what is to be known; `null`: nothing is to be changed. Called again if others were faster.
   * @returns What was known before; `null` if nothing was changed.
   */
  change(compute: (health: Health) => Health | null): Promise<Health | null>;
  /** How often this process saw the circuit open. */
  countOpenings(): number;
}

/** So often a change is tried when other processes change it at the same moment. */
const SWAPS_MAX = 10;

/**
 * Makes shared health.
 *
 * @param pollMs - What others found out is looked up after so long at the latest.
 * @param steadyClock - For durations: never goes back.
 */
export function createSharedHealth(
  queue: Pick<Queue, 'readHealth' | 'swapHealth'>,
  pollMs: number,
  steadyClock: () => number,
): SharedHealth {
  let text: string | null = null;
  let health = HEALTHY;
  let readMs = Number.NEGATIVE_INFINITY;
  let openings = 0;

  const learn = (newer: string | null): void => {
    const wasBlocked = health.blocked !== null;
    text = newer;
    health = readHealth(newer);
    if (health.blocked && !wasBlocked) openings += 1;
  };

  return {
    get: () => health,
    async refresh() {
      const nowMs = steadyClock();
      if (nowMs - readMs < pollMs && !health.blocked && !health.wait) return;
      learn(await queue.readHealth());
      readMs = nowMs;
    },
    async load() {
      learn(await queue.readHealth());
      return health;
    },
    async change(compute) {
      for (let swaps = 0; swaps < SWAPS_MAX; swaps += 1) {
        const before = health;
        const after = compute(before);
        if (!after) return null;
        const newer = printHealth(after);
        const isSwapped = await queue.swapHealth(text, newer);
        learn(isSwapped ? newer : await queue.readHealth());
        if (isSwapped) return before;
      }
      return null; // others are faster: they know as much as we do
    },
    countOpenings: () => openings,
  };
}
