/**
 * What a companion can be asked to do, through either door.
 */
import { type Found, readOwn } from '../message.js';
import { parseUcc } from '../ucc.js';
import { type Consent, isConsent } from './consent.js';
import { type AttachOptions, type Forms, isRoot, type Target } from './forms/index.js';
import { parseKind, parseReport, type Reported, type ReportResult } from './messages/index.js';
import { isElement, PREFIX } from './page/index.js';
import type { Finder, Referral } from './referral/index.js';

/** Where a companion keeps what the inspector reads: no method, and not for sites. */
export const INTERNALS = /* @__PURE__ */ Symbol.for('cello-companion');

export interface Companion {
  /**
   * Gets the referral code, `null` if there is none. Waits for Cello's script for at most the option `timeout`, counted
   * from `start()`; always settles, never rejects.
   */
  getUcc(): Promise<string | null>;
  /** Gets the referral code with everything known about it; waits like `getUcc`. */
  getReferral(): Promise<Referral | null>;
  /**
   * Fills and watches a form, whatever the option `forms` says about it; or every form in an element, a shadow root or a
   * frame's document; or an element without a form, which then acts as one and is submitted by a click on its
   * `[type=submit]`, or on its only button.
   *
   * @returns A function that detaches it again.
   * @throws {TypeError} If it is none of these.
   * @example const detach = companion.attach(document.querySelector('#signup'), { kind: 'signup' });
   */
  attach(target: Target, options?: AttachOptions): () => void;
  /**
   * Sends a message for a sign-up or demo that did not use an HTML form. Settles within the option `timeout`; rejects only
   * with a `TypeError` for malformed input.
   *
   * @example await companion.report({ kind: 'demo', fields: { email }, key: booking.id });
   */
  report(input?: Reported): Promise<ReportResult>;
  /**
   * Sets a code known from elsewhere: a mobile deep link, or a code that a person typed.
   *
   * @returns The referral; rejects with a `TypeError` if the code is malformed.
   */
  setUcc(ucc: string): Promise<Referral>;
  /**
   * Sets the visitor's consent. It is not remembered: the site's consent manager reports it on every page.
   *
   * @throws {TypeError} If it is not `granted`, `pending` or `denied`.
   */
  setConsent(state: Consent): void;
  /** Drops the remembered code and every message waiting to be sent. Only a new link brings a code back. */
  forget(): void;
  /** Undoes everything that `start` did. */
  stop(): void;
}

/** The methods by name: the commands of the global. */
export const METHODS: readonly (keyof Companion)[] = [
  'getUcc',
  'getReferral',
  'attach',
  'report',
  'setUcc',
  'setConsent',
  'forget',
  'stop',
];

function parseCode(ucc: unknown): string {
  const parsed = parseUcc(ucc);
  if (parsed) return parsed;
  throw new TypeError(`${PREFIX} a code must be 1 to 255 characters without spaces, got ${typeof ucc}`);
}

function parseConsent(state: unknown): Consent {
  if (isConsent(state)) return state;
  throw new TypeError(`${PREFIX} consent must be "granted", "pending" or "denied", got ${typeof state}`);
}

/** The parts that do the work. */
export interface Parts extends Pick<Companion, 'report' | 'forget' | 'stop'> {
  readonly finder: Pick<Finder, 'current' | 'ask' | 'settled' | 'set' | 'describe'>;
  readonly forms: Pick<Forms, 'attach'>;
  /** Looks for a code everywhere, and updates everything that depends on it. */
  readonly update: () => Found | null;
  readonly mayFind: () => boolean;
  readonly changeConsent: (state: Consent) => void;
  readonly internals: object;
}

/** Creates the companion that a page sees: the single place where input is parsed. */
export function createApi(parts: Parts): Companion & { readonly [INTERNALS]: object } {
  const { finder, forms, update, mayFind, changeConsent, report, forget, stop, internals } = parts;
  const settle = async (): Promise<Found | null> => {
    if (mayFind()) {
      finder.ask();
      if (update()?.source !== 'manual') await finder.settled();
    }
    return update();
  };
  return {
    [INTERNALS]: internals,
    getUcc: async () => (await settle())?.ucc ?? null,
    async getReferral() {
      const found = await settle();
      return found && finder.describe(found);
    },
    attach(target, options = {}) {
      if (!isElement(target) && !isRoot(target))
        throw new TypeError(
          `${PREFIX} attach expects a form or another element, a shadow root or a document, got ${typeof target}`,
        );
      return forms.attach(target, {
        kind: parseKind(readOwn(options, 'kind')),
        send: readOwn(options, 'send') !== false,
      });
    },
    report,
    async setUcc(ucc) {
      const parsed = parseCode(ucc);
      finder.set(parsed);
      update();
      return finder.describe({ ucc: parsed, source: 'manual' });
    },
    setConsent: (state) => changeConsent(parseConsent(state)),
    forget,
    stop,
  };
}

/** A companion for a page we cannot serve: it has every method, knows no code and does nothing. */
export const createInertApi = (stop: () => void = () => undefined): Companion => ({
  getUcc: async () => null,
  getReferral: async () => null,
  attach: () => () => undefined,
  async report(input = {}) {
    parseReport(input);
    return { ok: false, reason: 'no-code' };
  },
  setUcc: async (ucc) => ({ ucc: parseCode(ucc), source: 'manual', productId: null, referrerName: null }),
  setConsent: (state) => void parseConsent(state),
  forget: () => undefined,
  stop,
});
