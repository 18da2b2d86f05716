/**
 * A wait that can be interrupted.
 */

/** Lets callers wait, and wakes them all. */
export interface Wakeup {
  /** Ends all waits, and the next wait with an earlier mark. */
  ring(): void;
  /** Marks the current moment. */
  mark(): number;
  /** Resolves at the first ring after `mark`, or after `ms`. Leaves no timer behind. */
  wait(ms: number, mark: number): Promise<void>;
}

/** Creates a wakeup. */
export function createWakeup(): Wakeup {
  const waiting = new Set<() => void>();
  let rings = 0;
  return {
    ring() {
      rings += 1;
      for (const wake of waiting) wake();
    },
    mark: () => rings,
    async wait(ms, mark) {
      if (rings !== mark) return;
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        waiting.add(wake);
      });
    },
  };
}
