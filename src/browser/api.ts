/**
 * What a companion can be asked, by either door.
 */
import type { Handling } from './forms/index.js';
import type { Reported, ReportResult } from './messages/index.js';
import type { Consent } from './options.js';
import type { Referral } from './referral/index.js';

export interface Companion {
  /**
   * The referral code, `null` if there is none. Waits for Cello's script until the option `timeout` is over, counted
   * from `start()`; always settles, never rejects.
   */
  getUcc(): Promise<string | null>;
  /** The referral code with what is known of it; waits as `getUcc` does. */
  getReferral(): Promise<Referral | null>;
  /**
   * Fills and watches a form that the option `forms` leaves out, or every form in a shadow root or in a frame's
   * document that the page hands over.
   *
   * @returns The undo.
   * @throws {TypeError} If it is none of the three.
   */
  attach(target: HTMLFormElement | ShadowRoot | Document, handling?: Handling): () => void;
  /**
   * Sends a message for a sign-up or demo that was no HTML form. Settles within the option `timeout`; rejects only with
   * a `TypeError` for a malformed input.
   *
   * @example await companion.report({ kind: 'demo', fields: { email }, key: booking.id });
   */
  report(input?: Reported): Promise<ReportResult>;
  /**
   * Takes a code known from elsewhere: a mobile deep link, a code that a person typed.
   *
   * @returns The referral; rejects with a `TypeError` if the code is malformed.
   */
  setUcc(ucc: string): Promise<Referral>;
  /**
   * Tells where the visitor's consent stands. Not remembered: the site's consent tool says it on each page.
   *
   * @throws {TypeError} If it is not `granted`, `pending` or `denied`.
   */
  setConsent(state: Consent): void;
  /** Drops the remembered code and everything that waits to be sent. Only a new link brings a code back. */
  forget(): void;
  /** Undoes everything that `start` did. */
  stop(): void;
}

/** The verbs by name: the commands of the global. */
export const VERBS: readonly (keyof Companion)[] = [
  'getUcc',
  'getReferral',
  'attach',
  'report',
  'setUcc',
  'setConsent',
  'forget',
  'stop',
];
