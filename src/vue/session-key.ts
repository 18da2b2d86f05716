/**
 * How the plugin reaches the composables.
 */
import { type InjectionKey, inject } from 'vue';
import type { Session } from '../bindings/index.js';

export const SESSION: InjectionKey<Session> = /* @__PURE__ */ Symbol('cello-companion');

/** @throws {TypeError} In an app without the plugin, or outside `setup`. */
export function useSession(composable: string): Session {
  const session = inject(SESSION, null);
  if (session) return session;
  throw new TypeError(
    `[cello-companion] ${composable} must be used in setup(), in an app with app.use(celloCompanion(…))`,
  );
}
