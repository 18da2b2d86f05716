/**
 * A provider's share of the page's companion, from mount to unmount, and what it knows of the referral.
 */
import type { Consent, Options, Referral } from '../browser/index.js';
import { type Calls, createCallQueue } from './calls.js';
import { hold } from './holding.js';

export type { Calls } from './calls.js';

export interface Session {
  readonly calls: Calls;
  /** The code as soon as one is found, `null` while there is none. */
  readonly ucc: () => string | null;
  /** The code with everything known about it, once Cello's script has answered or its time is up. */
  readonly referral: () => Referral | null;
  /** Calls back whenever one of the two changes; returns the undo function. */
  readonly subscribe: (listener: () => void) => () => void;
  /**
   * Starts the page's companion, or joins the one that runs.
   *
   * @returns The undo function.
   * @throws {TypeError} On an unknown option or a bad value.
   */
  readonly open: (options: Options) => () => void;
}

/** What is known now, and who wants to hear of changes. */
function createKnown() {
  const listeners = new Set<() => void>();
  let ucc: string | null = null;
  let referral: Referral | null = null;
  return {
    ucc: () => ucc,
    referral: () => referral,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** Takes a code, and what is known about it: what was known about another one goes. */
    take(code: string | null, next: Referral | null) {
      const about = next ?? (referral?.ucc === code ? referral : null);
      if (code === ucc && JSON.stringify(about) === JSON.stringify(referral)) return;
      ucc = code;
      referral = about;
      for (const listener of [...listeners]) listener();
    },
  };
}

const EVENTS = ['cello-companion:referral', 'cello-companion:cleared'];

function readCode(event: Event): string | null {
  const ucc: unknown = Reflect.get(Object(Reflect.get(event, 'detail')), 'ucc');
  return typeof ucc === 'string' ? ucc : null;
}

/** Listens for a code that is found, and for one that no longer counts; returns the undo function. */
function followCode(onChange: (ucc: string | null) => void): () => void {
  const hear = (event: Event) => onChange(readCode(event));
  for (const name of EVENTS) document.addEventListener(name, hear);
  return () => {
    for (const name of EVENTS) document.removeEventListener(name, hear);
  };
}

export function createSession(): Session {
  const { calls, connect } = createCallQueue();
  const { take, ...known } = createKnown();
  /** What the app said last outlives a stop: React's StrictMode, or a page shown again, must not undo a refusal. */
  let consent: Consent | undefined;
  return {
    ...known,
    calls: {
      ...calls,
      setConsent(state) {
        calls.setConsent(state);
        consent = state;
      },
    },
    open(options) {
      let isOpen = true;
      const describe = async () => {
        const referral = await holding.companion.getReferral();
        if (isOpen) take(referral?.ucc ?? null, referral);
      };
      const unfollow = followCode((ucc) => {
        take(ucc, null);
        if (ucc) queueMicrotask(() => void describe());
      });
      const join = () => {
        try {
          return hold(consent ? { ...options, consent } : options);
        } catch (error) {
          unfollow();
          throw error;
        }
      };
      const holding = join();
      const disconnect = connect(holding.companion);
      void describe();
      return () => {
        isOpen = false;
        unfollow();
        disconnect();
        holding.release();
        take(null, null);
      };
    },
  };
}
