/**
 * Time that only goes forward.
 */

/**
 * Creates a clock for durations from one that may be set back, by a person or by NTP: while that clock is behind its
 * earlier readings, ours continues from there.
 *
 * @param clock - In ms.
 * @returns A clock in ms, with an arbitrary starting point.
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
