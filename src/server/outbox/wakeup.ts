/**
 * A wait that can be cut short.
 */

/** A bell: `wait` sleeps until it rings, or the time is over. */
export interface Bell {
  /** Ends the wait. With nobody waiting, the next wait ends at once, so that no ring is lost. */
  ring(): void;
  /** Resolves at the next ring, or after so many ms. Leaves no timer behind. */
  wait(ms: number): Promise<void>;
}

/** Makes a bell for one who waits. */
export function createBell(): Bell {
  let isRung = false;
  let wake: (() => void) | null = null;
  return {
    ring() {
      isRung = true;
      wake?.();
    },
    async wait(ms) {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      isRung = false;
    },
  };
}
