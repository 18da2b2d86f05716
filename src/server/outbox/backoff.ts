/**
 * How long to wait before the next attempt.
 */

const FIRST_DELAY_MS = 1000;
const LAST_DELAY_MS = 5 * 60_000;

/** How much a delay varies, so that events that failed together do not retry together. */
const JITTER = 0.3;

/** The longest `Retry-After` that we honor. */
const RETRY_AFTER_MAX_MS = 86_400_000;

/**
 * The delay before the next attempt: about 1 s, then doubling up to 5 min, ± 30 %; never shorter than Cello asks for.
 *
 * @param attempts - How many attempts there were before this failure.
 * @param retryAfterMs - The wait that Cello asks for, if any.
 * @param random - Returns a number from 0 up to, but not including, 1.
 */
export function chooseDelay(attempts: number, retryAfterMs: number | null, random: () => number): number {
  const delayMs = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempts, 30));
  const jittered = Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
}
