/**
 * Time that only goes forward.
 */

/**
 * Makes a clock for durations out of one that may be set back, by a person or by NTP: while that one stands behind what it
 * said before, ours goes on from there.
 *
 * @param clock - In ms.
 * @returns A clock in ms, of no particular beginning.
 */
export function createSteadyClock(clock: () => number): () => number {
  let lastMs = clock();
  let skippedMs = 0;
  return () => {
    const nowMs = clock();
    if (nowMs < lastMs) skippedMs += lastMs - nowMs;
    lastMs = nowMs;
    return nowMs + skippedMs;
  };
}
