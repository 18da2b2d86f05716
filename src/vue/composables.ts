/**
 * The composables. On the server and until a component is mounted, none of them knows a code: what is hydrated must be
 * what the server rendered.
 */
import { onMounted, onUnmounted, type Ref, type ShallowRef, shallowReadonly, shallowRef } from 'vue';
import type { Calls, Session } from '../bindings/index.js';
import type { Companion, Referral } from '../browser/index.js';
import { useSession } from './session-key.js';

/** What `useCompanion` gives: the companion's methods, but for `stop`. */
export type CelloCalls = Calls;

/** Keeps a ref up to date while the component is mounted. */
function follow<T>({ subscribe }: Session, read: () => T | null): Readonly<Ref<T | null>> {
  const value: ShallowRef<T | null> = shallowRef(null);
  const update = () => {
    value.value = read();
  };
  let unsubscribe = (): void => undefined;
  onMounted(() => {
    unsubscribe = subscribe(update);
    update();
  });
  onUnmounted(() => unsubscribe());
  return shallowReadonly(value);
}

/**
 * Gives the referral code as a read-only ref. `null`: there is none, or none yet.
 *
 * @throws {TypeError} In an app without the plugin, or outside `setup`.
 * @example const ucc = useUcc(); // ucc.value === 'pNRB1aYqArN'
 */
export function useUcc(): Readonly<Ref<string | null>> {
  const session = useSession('useUcc()');
  return follow(session, session.ucc);
}

/**
 * Gives the code with everything known about it, `{ ucc, source, productId, referrerName }`, as a read-only ref. Unlike
 * `useUcc` it waits for Cello's script, at most as long as the option `timeout` says.
 *
 * @throws {TypeError} In an app without the plugin, or outside `setup`.
 */
export function useReferral(): Readonly<Ref<Referral | null>> {
  const session = useSession('useReferral()');
  return follow(session, session.referral);
}

/**
 * Gives the function that reports a sign-up or a demo that was no HTML form.
 *
 * @throws {TypeError} In an app without the plugin, or outside `setup`.
 * @example const report = useReport(); await report({ kind: 'demo', fields: { email }, key: booking.id });
 */
export const useReport = (): Companion['report'] => useSession('useReport()').calls.report;

/**
 * Gives the companion's other methods, such as `setConsent`. What is called before the companion has started waits for it.
 *
 * @throws {TypeError} In an app without the plugin, or outside `setup`.
 * @example const { setConsent } = useCompanion(); setConsent('granted');
 */
export const useCompanion = (): CelloCalls => useSession('useCompanion()').calls;
