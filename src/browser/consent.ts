/**
 * What a visitor's consent allows: the table of docs/consent.md as code.
 */

/** The visitor's consent, as the site's consent manager reports it. */
export type Consent = 'granted' | 'pending' | 'denied';

/** What each consent value allows. */
interface Permissions {
  /** Whether we may look for a code: ask Cello, fill forms, extend links. */
  readonly mayFind: boolean;
  /** Whether we may use our own cookie and storage: remember and capture a code, retry a message. */
  readonly mayStore: boolean;
  /** Whether we may tell the endpoint what the visitor submits. */
  readonly maySend: boolean;
}

const PERMISSIONS: Readonly<Record<Consent, Permissions>> = {
  granted: { mayFind: true, mayStore: true, maySend: true },
  pending: { mayFind: true, mayStore: false, maySend: true },
  denied: { mayFind: false, mayStore: false, maySend: false },
};

/** Whether a value is a valid consent. */
export const isConsent = (value: unknown): value is Consent =>
  typeof value === 'string' && Object.keys(PERMISSIONS).includes(value);

/** What is currently allowed. */
export type ConsentState = { readonly [permission in keyof Permissions]: () => boolean } & {
  readonly current: () => Consent;
  /** Whether the page has set it, after the start. */
  readonly isSet: () => boolean;
  /**
   * Changes the consent.
   *
   * @returns Whether what we stored must be deleted: always when consent is denied, and when it is no longer granted.
   *   If it stays pending, what an earlier page stored is kept.
   */
  readonly change: (choice: Consent) => boolean;
};

/** @param choice - The visitor's consent when the page opens. Not remembered. */
export function createConsent(choice: Consent): ConsentState {
  let current = choice;
  let isSet = false;
  return {
    mayFind: () => PERMISSIONS[current].mayFind,
    mayStore: () => PERMISSIONS[current].mayStore,
    maySend: () => PERMISSIONS[current].maySend,
    current: () => current,
    isSet: () => isSet,
    change(next) {
      isSet = true;
      const wasStoring = PERMISSIONS[current].mayStore;
      current = next;
      return next === 'denied' || (wasStoring && !PERMISSIONS[next].mayStore);
    },
  };
}

/** The consent to assume when the site says nothing: https://w3c.github.io/gpc/ */
export const defaultConsent = (navigator: object): Consent =>
  Reflect.get(navigator, 'globalPrivacyControl') === true ? 'pending' : 'granted';
