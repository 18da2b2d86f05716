/**
 * What a visitor's consent allows: the table of docs/consent.md as code.
 */

/** The visitor's choice, as the site's consent manager reports it. */
export type Consent = 'granted' | 'pending' | 'denied';

/** What one choice allows. */
interface Permissions {
  /** To look for a code: to ask Cello, to fill forms, to extend links. */
  readonly mayFind: boolean;
  /** To read and write our own cookie and storage: a code is remembered and captured, a message is tried again. */
  readonly mayStore: boolean;
  /** To tell the endpoint what the visitor submits. */
  readonly maySend: boolean;
}

const PERMISSIONS: Readonly<Record<Consent, Permissions>> = {
  granted: { mayFind: true, mayStore: true, maySend: true },
  pending: { mayFind: true, mayStore: false, maySend: true },
  denied: { mayFind: false, mayStore: false, maySend: false },
};

/** Whether something names a choice. */
export const isConsent = (value: unknown): value is Consent =>
  typeof value === 'string' && Object.keys(PERMISSIONS).includes(value);

/** What is allowed at the moment. */
export type ConsentState = { readonly [permission in keyof Permissions]: () => boolean } & {
  /**
   * Takes another choice.
   *
   * @returns Whether what we stored has to be deleted: always when it is denied, and when it is no longer granted.
   *   What stays pending keeps what an earlier page stored.
   */
  readonly change: (choice: Consent) => boolean;
};

/**
 * @param choice - Where the visitor stands when the page opens. Not remembered.
 */
export function createConsent(choice: Consent): ConsentState {
  let current = choice;
  return {
    mayFind: () => PERMISSIONS[current].mayFind,
    mayStore: () => PERMISSIONS[current].mayStore,
    maySend: () => PERMISSIONS[current].maySend,
    change(next) {
      const wasStoring = PERMISSIONS[current].mayStore;
      current = next;
      return next === 'denied' || (wasStoring && !PERMISSIONS[next].mayStore);
    },
  };
}

/** The choice of a visitor of whom the site says nothing: https://w3c.github.io/gpc/ */
export const defaultConsent = (navigator: object): Consent =>
  Reflect.get(navigator, 'globalPrivacyControl') === true ? 'pending' : 'granted';
