/**
 * How long to wait before the next try.
 */

const FIRST_DELAY_MS = 1000;
const LAST_DELAY_MS = 5 * 60_000;

/** By so much a delay is longer or shorter, so that what failed together does not come back together. */
const JITTER = 0.3;

/** The most that a `Retry-After` is believed. */
const RETRY_AFTER_MAX_MS = 86_400_000;

/**
 * The delay before the next try: about 1 s, then doubling up to 5 min, ± 30 %; never shorter than Cello asks for.
 *
 * @param attempts - How often it was tried before this failure.
 * @param retryAfterMs - What Cello asks for, if it does.
 * @param random - Gives a number from 0 up to 1.
 */
export function chooseDelay(attempts: number, retryAfterMs: number | null, random: () => number): number {
  const delayMs = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempts, 30));
  const jittered = Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
}
