/**
 * The keys of sent and discarded events: all that is left of them, so that a key is not accepted again.
 */

/** How an event ended. */
type End = 'sent' | 'discarded';

/** The keys already used. */
export interface KeyMemory {
  has(key: string): boolean;
  note(key: string, end: End): void;
  /** Removes the keys that are at least this old. Returns how many. */
  prune(olderThanMs: number): number;
  count(): Readonly<Record<End, number>>;
}

/**
 * The most keys of each kind, oldest removed first: about 10 MB, so that a long-running process does not grow without
 * limit.
 */
const MEMORY_MAX = 100_000;

/** Creates a memory of keys. */
export function createKeyMemory(clock: () => number): KeyMemory {
  const ends = { sent: new Map<string, number>(), discarded: new Map<string, number>() }; // oldest first
  const all = Object.values(ends);
  return {
    has: (key) => all.some((keys) => keys.has(key)),
    note(key, end) {
      const keys = ends[end];
      keys.set(key, clock());
      if (keys.size <= MEMORY_MAX) return;
      for (const oldest of keys.keys()) {
        keys.delete(oldest);
        return;
      }
    },
    prune(olderThanMs) {
      const untilMs = clock() - olderThanMs;
      let pruned = 0;
      for (const keys of all)
        for (const [key, endedMs] of keys) {
          if (endedMs > untilMs) break;
          keys.delete(key);
          pruned += 1;
        }
      return pruned;
    },
    count: () => ({ sent: ends.sent.size, discarded: ends.discarded.size }),
  };
}
