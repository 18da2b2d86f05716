/**
 * A wait that can be cut short.
 */

/** Lets some wait, and wakes them all. */
export interface Wakeup {
  /** Ends all waits, and the next wait of whoever took a mark before. */
  ring(): void;
  /** Marks a moment. */
  mark(): number;
  /** Resolves at the first ring after the mark, or after so many ms. Leaves no timer behind. */
  wait(ms: number, mark: number): Promise<void>;
}

/** Makes a wakeup. */
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
