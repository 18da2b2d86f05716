/**
 * The provider: the companion runs while it is mounted.
 */
import { createElement, type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { createSession, type Session } from '../bindings/index.js';
import type { Options } from '../browser/index.js';
import { SessionContext } from './session-context.js';

/** The options of `start()`, as props. */
export interface CelloProviderProps extends Options {
  readonly children?: ReactNode;
}

/** The options that have changed since the start, by value: an array written in JSX is a new one at each render. */
function findChanged(before: Options, now: Options): string[] {
  const differs = (name: string) =>
    JSON.stringify(Reflect.get(before, name)) !== JSON.stringify(Reflect.get(now, name));
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(differs);
}

/** Options are read once, at the start; consent alone follows its prop. */
function follow({ calls }: Session, before: Options, now: Options): void {
  for (const name of findChanged(before, now)) {
    if (name !== 'consent')
      console.warn(`[cello-companion] "${name}" has changed and is ignored: give <CelloProvider> a key to start anew`);
    else if (now.consent) calls.setConsent(now.consent);
  }
}

/**
 * Starts the companion when it is mounted, and stops it when it is unmounted. Put it around the whole app: what is
 * unmounted can carry nothing. On a server it renders its children and does nothing.
 *
 * @throws {TypeError} On an unknown option or a bad value, when it is mounted.
 * @example <CelloProvider endpoint="/api/cello"><App /></CelloProvider>
 */
export function CelloProvider({ children, ...options }: CelloProviderProps): ReactElement {
  const [session] = useState(createSession);
  const latest = useRef<Options>(options);
  const opened = useRef<Options | null>(null);
  // A ref, because a new object of options at each render must start nothing.
  useEffect(() => {
    if (opened.current) follow(session, latest.current, options);
    latest.current = options;
  });
  useEffect(() => {
    opened.current = latest.current;
    const close = session.open(latest.current);
    return () => {
      opened.current = null;
      close();
    };
  }, [session]);
  return createElement(SessionContext.Provider, { value: session }, children);
}
