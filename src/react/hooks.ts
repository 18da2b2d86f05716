/**
 * The hooks. On the server and while a page hydrates, none of them knows a code.
 */
import { useSyncExternalStore } from 'react';
import type { Calls } from '../bindings/index.js';
import type { Companion, Referral } from '../browser/index.js';
import { useSession } from './session-context.js';

/** What `useCompanion` gives: the companion's methods, but for `stop`. */
export type CelloCalls = Calls;

const knowNothing = () => null;

/**
 * Gives the referral code, and renders again when it changes. `null`: there is none, or none yet.
 *
 * @throws {TypeError} Outside `<CelloProvider>`.
 * @example const ucc = useUcc(); // 'pNRB1aYqArN'
 */
export function useUcc(): string | null {
  const { subscribe, ucc } = useSession('useUcc()');
  return useSyncExternalStore(subscribe, ucc, knowNothing);
}

/**
 * Gives the code with everything known about it: `{ ucc, source, productId, referrerName }`. Unlike `useUcc` it waits for
 * Cello's script, at most as long as the option `timeout` says.
 *
 * @throws {TypeError} Outside `<CelloProvider>`.
 */
export function useReferral(): Referral | null {
  const { subscribe, referral } = useSession('useReferral()');
  return useSyncExternalStore(subscribe, referral, knowNothing);
}

/**
 * Gives the function that reports a sign-up or a demo that was no HTML form; it is the same one at every render.
 *
 * @throws {TypeError} Outside `<CelloProvider>`.
 * @example const report = useReport(); await report({ kind: 'demo', fields: { email }, key: booking.id });
 */
export const useReport = (): Companion['report'] => useSession('useReport()').calls.report;

/**
 * Gives the companion's other methods, such as `setConsent`; it is the same object at every render. What is called before
 * the companion has started waits for it.
 *
 * @throws {TypeError} Outside `<CelloProvider>`.
 * @example const { setConsent } = useCompanion(); setConsent('granted');
 */
export const useCompanion = (): CelloCalls => useSession('useCompanion()').calls;
