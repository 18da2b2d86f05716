/**
 * What a page's life brings: Cello's script, a code, a connection, or the end.
 */
import type { Guard } from './console.js';
import { listen, read } from './dom.js';

/** Whether the page is only prepared, and maybe never shown: https://developer.chrome.com/docs/web-platform/prerender-pages */
export const isPrerendering = (): boolean => Reflect.get(Document.prototype, 'prerendering', document) === true;

/** Settles when the page is shown: at once, unless it is only prepared. */
export async function whenShown(): Promise<void> {
  if (isPrerendering()) await new Promise((resolve) => listen(document, ['prerenderingchange'], resolve));
}

/** What there is to do at a moment of a page's life. */
export interface Moments {
  /** Cello's script may be there now. */
  readonly ask: () => void;
  /** A code may be there now, or forms that were not. */
  readonly look: () => void;
  /** What waits may be sent now: the page is back, or the connection is; another tab may have left something. */
  readonly send: () => void;
  /** The page goes away. */
  readonly leave: () => void;
}

function momentsOf({ type, target }: Event, isPersisted: boolean): readonly (keyof Moments)[] {
  if (type === 'pagehide') return ['leave'];
  if (type === 'visibilitychange') return read(document, 'hidden') ? [] : ['send'];
  // In the capture phase a window hears the `load` of every image and script, Cello's among them.
  if (type === 'load' && target !== document) return ['ask'];
  const isBack = isPersisted || type === 'online' || type === 'prerenderingchange';
  return isBack ? ['ask', 'look', 'send'] : ['ask', 'look'];
}

/**
 * Watches the page's life.
 *
 * @returns The undo.
 */
export const watchPage = (moments: Moments, guard: Guard): (() => void) =>
  listen(
    window,
    ['DOMContentLoaded', 'load', 'pageshow', 'pagehide', 'online', 'prerenderingchange', 'visibilitychange'],
    guard((event) => {
      for (const moment of momentsOf(event, Reflect.get(event, 'persisted') === true)) moments[moment]();
    }),
  );
