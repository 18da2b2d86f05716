/**
 * Work that can wait until the page has a moment: storage, cookies and requests hold a page up, and when we start it is busy.
 */
import type { Guard } from './console.js';

export interface IdleQueue {
  /** Runs a function when the page is idle, after what waits already; one that waits itself moves to the end. */
  readonly add: (work: () => void) => void;
  /** Runs everything that waits, now and in order. */
  readonly run: () => void;
  /** Drops what waits, and takes nothing more. */
  readonly stop: () => void;
}

/** How long a page may be too busy: a visitor who stays shorter leaves by `pagehide`. */
const BUSY_MAX_MS = 1000;
/** Safari has no idle callbacks: https://caniuse.com/requestidlecallback. By then, most pages are drawn. */
const DRAWN_MS = 50;

/** Calls back when the page is idle. Returns the undo function. */
function whenIdle(work: () => void): () => void {
  if (typeof window.requestIdleCallback !== 'function') {
    const timer = setTimeout(work, DRAWN_MS);
    return () => clearTimeout(timer);
  }
  const id = window.requestIdleCallback(work, { timeout: BUSY_MAX_MS });
  return () => window.cancelIdleCallback(id);
}

/** @param guard - Keeps our errors away from the page, and one piece of work from another. */
export function createIdleQueue(guard: Guard): IdleQueue {
  const waiting = new Set<() => void>();
  let isStopped = false;
  let cancel = (): void => undefined;
  const run = () => {
    cancel();
    const all = [...waiting];
    waiting.clear();
    for (const work of all) guard(work)(undefined);
  };
  return {
    run,
    add(work) {
      if (isStopped) return;
      if (!waiting.size) cancel = whenIdle(run);
      waiting.delete(work);
      waiting.add(work);
    },
    stop() {
      isStopped = true;
      waiting.clear();
      cancel();
    },
  };
}
