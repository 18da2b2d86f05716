/**
 * Claims due events, as many as concurrency and Cello's health allow.
 */
import type { Fate, Lease } from '../store/index.js';
import { type HandOptions, type Hands, tellUnlessBusy } from './hand.js';

/** No attempt was made: the event is due again as before. */
const GIVEN_BACK: Fate = { state: 'waiting', delayMs: 0, reason: '', isAmbiguous: false };

/** Claims due events. */
export interface Claimer {
  /** Returns whether there were any. Never rejects. Claims nothing after `untilMs`. */
  claim(untilMs: number): Promise<boolean>;
  /** Makes the next claim free what dead processes held. */
  freeSoon(): void;
}

/** Creates a claimer. Of several concurrent callers, one reads the store for all. */
export function createClaimer(options: HandOptions & { readonly concurrency: number }, hands: Hands): Claimer {
  const { queue, probe, concurrency, leaseMs, onAmbiguous, onError, steadyClock } = options;
  let claiming: Promise<boolean> | null = null;
  let freedMs = Number.NEGATIVE_INFINITY;

  const free = async (): Promise<void> => {
    const nowMs = steadyClock();
    if (nowMs - freedMs < leaseMs) return;
    freedMs = nowMs;
    await queue.free?.();
  };

  /** Another process started the probe first. */
  const giveBack = async (leases: readonly Lease[]): Promise<boolean> => {
    for (const lease of leases) await queue.settle(lease, GIVEN_BACK);
    return false;
  };

  const claimOnce = async (untilMs: number): Promise<boolean> => {
    const fromMs = steadyClock();
    if (fromMs >= untilMs || hands.count() >= concurrency) return false;
    if (queue.hasCostlyClaims && hands.countRecording()) return false; // soon there is room for more in one claim
    await free();
    const room = await probe.admit(concurrency - hands.count());
    if (!room) return false;
    const leases = await queue.claim(room, leaseMs, onAmbiguous === 'park');
    if (!leases.length) return false;
    if (!(await probe.reserve())) return giveBack(leases);
    for (const lease of leases) hands.take(lease, fromMs);
    return true;
  };

  const claimSafely = async (untilMs: number): Promise<boolean> => {
    try {
      return await claimOnce(untilMs);
    } catch (error) {
      tellUnlessBusy(error, onError);
      return false;
    } finally {
      claiming = null;
    }
  };

  return {
    async claim(untilMs) {
      await claiming;
      claiming ??= claimSafely(untilMs);
      return claiming;
    },
    freeSoon() {
      freedMs = Number.NEGATIVE_INFINITY;
    },
  };
}
