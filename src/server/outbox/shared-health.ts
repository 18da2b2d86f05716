/**
 * Cello's health, as cached by this process and stored for all.
 */
import type { Queue } from '../store/index.js';
import { HEALTHY, type Health, printHealth, readHealth } from './health.js';

/** Health shared by all processes on one store. */
export interface SharedHealth {
  /** The health as this process last saw it. */
  get(): Health;
  /** Reloads it if it may be stale. */
  refresh(): Promise<void>;
  /** Reloads it. */
  load(): Promise<Health>;
  /**
   * Changes the shared health.
   *
   * @param compute - Returns the new health; `null`: no change. Called again if another process was faster.
   * @returns The health before the change; `null` if nothing was changed.
   */
  change(compute: (health: Health) => Health | null): Promise<Health | null>;
  /** How often this process saw the circuit open. */
  countOpenings(): number;
}

/** How often a change is tried when other processes change it at the same time. */
const SWAPS_MAX = 10;

/**
 * Creates shared health.
 *
 * @param pollMs - How soon to pick up what other processes found out, at the latest.
 * @param steadyClock - For durations: monotonic.
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
      return null; // others are faster, and know as much as we do
    },
    countOpenings: () => openings,
  };
}
