/**
 * The companion's methods, callable before it has started: a component's effects run before those of the provider
 * around it.
 */
import { type Companion, start } from '../browser/index.js';

/** What an app may call. Stopping is the provider's own business. */
export type Calls = Omit<Companion, 'stop'>;

export interface CallQueue {
  readonly calls: Calls;
  /**
   * Sends calls to this companion from now on, those that wait in the next microtask: React's StrictMode starts and stops
   * a provider before, and a call in between would go to a companion that has stopped.
   *
   * @returns The undo function: from then on, calls wait for the next one.
   */
  readonly connect: (companion: Companion) => () => void;
}

/** A mistake in one call must not take the others with it. The console shows it as what it is, an uncaught error. */
function attempt(call: () => void): void {
  try {
    call();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

export function createCallQueue(): CallQueue {
  // On a server nothing starts later.
  let current: Companion | null = typeof document === 'undefined' ? start() : null;
  const waiting = new Set<(companion: Companion) => void>();
  const flush = () => {
    const companion = current;
    if (!companion) return;
    const calls = [...waiting];
    waiting.clear();
    for (const call of calls) attempt(() => call(companion));
  };
  const run = (call: (companion: Companion) => void): (() => void) => {
    if (current && !waiting.size) call(current);
    else waiting.add(call);
    return () => void waiting.delete(call);
  };
  const ask = <T>(call: (companion: Companion) => Promise<T>): Promise<T> =>
    new Promise((resolve) => {
      run((companion) => resolve(call(companion)));
    });
  const calls: Calls = {
    getUcc: () => ask((companion) => companion.getUcc()),
    getReferral: () => ask((companion) => companion.getReferral()),
    report: (input) => ask((companion) => companion.report(input)),
    setUcc: (ucc) => ask((companion) => companion.setUcc(ucc)),
    setConsent: (state) => void run((companion) => companion.setConsent(state)),
    forget: () => void run((companion) => companion.forget()),
    attach(target, options) {
      let detach = (): void => undefined;
      const cancel = run((companion) => {
        detach = companion.attach(target, options);
      });
      return () => {
        cancel();
        detach();
      };
    },
  };
  return {
    calls,
    connect(companion) {
      current = companion;
      queueMicrotask(flush);
      return () => {
        current = null;
        // If no other start follows, a companion that has stopped answers: nobody waits forever.
        setTimeout(() => {
          current ??= companion;
          flush();
        });
      };
    },
  };
}
