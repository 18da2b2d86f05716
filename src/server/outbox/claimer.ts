/**
 * Takes what is due in hand, as much as there is room for and as Cello's health admits.
 */
import type { Fate, Lease } from '../store/index.js';
import { type HandOptions, type Hands, tellUnlessBusy } from './hand.js';

/** Nobody tried: the event is due as it was. */
const GIVEN_BACK: Fate = { state: 'waiting', delayMs: 0, reason: '', isAmbiguous: false };

/** Takes what is due in hand. */
export interface Claimer {
  /** Gives back whether there was any. Never rejects. After that moment nothing is taken. */
  claim(untilMs: number): Promise<boolean>;
  /** Frees what dead processes held, at the next claim. */
  freeSoon(): void;
}

/** Makes a claimer. Of several who claim at the same moment, one looks into the store for all. */
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

  /** Another process was quicker to probe. */
  const giveBack = async (leases: readonly Lease[]): Promise<boolean> => {
    for (const lease of leases) await queue.settle(lease, GIVEN_BACK);
    return false;
  };

  const claimOnce = async (untilMs: number): Promise<boolean> => {
    const fromMs = steadyClock();
    if (fromMs >= untilMs || hands.count() >= concurrency) return false;
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
