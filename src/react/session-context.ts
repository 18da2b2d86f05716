/**
 * How the provider reaches the hooks below it.
 */
import { type Context, createContext, useContext } from 'react';
import type { Session } from '../bindings/index.js';

export const SessionContext: Context<Session | null> = /* @__PURE__ */ createContext<Session | null>(null);

/** @throws {TypeError} Outside any provider. */
export function useSession(hook: string): Session {
  const session = useContext(SessionContext);
  if (session) return session;
  throw new TypeError(
    `[cello-companion] ${hook} must be used inside <CelloProvider>, and there is none around this component`,
  );
}
