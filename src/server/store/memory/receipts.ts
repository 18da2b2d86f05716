/**
 * Which messages the endpoint has handled, in memory. The rules are those of receipts.ts.
 */
import type { Answer } from '../../../message.js';
import { type Claim, LEASE_MS, RECEIPT_MS, type Receipts } from '../receipts.js';
import { StoreBusyError } from '../store-busy-error.js';

/** The most entries of each kind, about 30 MB at worst, so that a flood cannot fill the memory. */
const MEMORY_MAX = 100_000;

/** A message that a caller has claimed and not settled yet. */
interface Work {
  readonly digest: string;
  readonly token: string;
  readonly leaseUntilMs: number;
}

/** A message that was handled. */
interface Done {
  readonly digest: string;
  readonly answer: Answer;
  readonly forgetAfterMs: number;
}

/** What a handled message means for a message with this digest; `null` if it has expired. */
function judgeDone(entry: Done | undefined, digest: string, nowMs: number): Claim | null {
  if (!entry || entry.forgetAfterMs <= nowMs) return null;
  return entry.digest === digest ? { state: 'done', answer: entry.answer } : { state: 'conflict' };
}

function judgeWork(entry: Work | undefined, digest: string, nowMs: number): Claim | null {
  if (!entry) return null;
  if (entry.digest !== digest) return { state: 'conflict' };
  return entry.leaseUntilMs > nowMs ? { state: 'busy' } : null;
}

/**
 * Remembers messages in memory: the newest 100,000 of the last 14 days, plus all that are in progress.
 *
 * @param getNow - A clock in ms that only goes forward.
 */
export function createMemoryReceipts(getNow: () => number): Receipts {
  const work = new Map<string, Work>(); // oldest first: a claim moves its key to the end
  const done = new Map<string, Done>(); // oldest first

  /** Removes up to two expired entries per call, so that in the long run none is left. */
  const purgeDone = (nowMs: number) => {
    let left = 2;
    for (const [key, { forgetAfterMs }] of done) {
      if (left === 0 || (forgetAfterMs > nowMs && done.size <= MEMORY_MAX)) return;
      done.delete(key);
      left -= 1;
    }
  };

  /** Makes room by removing only an expired claim. */
  const makeRoom = (nowMs: number) => {
    if (work.size < MEMORY_MAX) return;
    const [oldest] = work;
    if (!oldest || oldest[1].leaseUntilMs > nowMs)
      throw new StoreBusyError(`[cello-companion] ${MEMORY_MAX} messages are in progress`);
    work.delete(oldest[0]);
  };

  return {
    async claim({ key, digest }) {
      const nowMs = getNow();
      const known = judgeDone(done.get(key), digest, nowMs) ?? judgeWork(work.get(key), digest, nowMs);
      if (known) return known;
      done.delete(key);
      work.delete(key);
      makeRoom(nowMs);
      const token = crypto.randomUUID();
      work.set(key, { digest, token, leaseUntilMs: nowMs + LEASE_MS });
      return { state: 'ours', token };
    },
    async settle({ key }, token, answer) {
      const entry = work.get(key);
      if (entry?.token !== token) return;
      const nowMs = getNow();
      work.delete(key);
      done.set(key, { digest: entry.digest, answer, forgetAfterMs: nowMs + RECEIPT_MS });
      purgeDone(nowMs);
    },
    async release({ key }, token) {
      if (work.get(key)?.token === token) work.delete(key);
    },
  };
}
