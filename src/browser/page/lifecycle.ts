/**
 * The events of a page's lifecycle: Cello's script, a code, a connection, or the end.
 */
import type { Guard } from './console.js';
import { listen, read } from './dom.js';

/** Whether the page is prerendered and may never be shown: https://developer.chrome.com/docs/web-platform/prerender-pages */
export const isPrerendering = (): boolean => Reflect.get(Document.prototype, 'prerendering', document) === true;

/** Resolves when the page is shown: immediately, unless it is prerendered. */
export async function whenShown(): Promise<void> {
  if (isPrerendering()) await new Promise((resolve) => listen(document, ['prerenderingchange'], resolve));
}

/** What to do at each moment of a page's lifecycle. */
export interface Moments {
  /** Cello's script may have loaded. */
  readonly ask: () => void;
  /** A code, or new forms, may have appeared. */
  readonly look: () => void;
  /** Waiting messages may be sent: the page or the connection is back, or another tab may have left some. */
  readonly send: () => void;
  /** The page is no longer seen: a phone may end it without another event. */
  readonly hide: () => void;
  /** The page is going away. */
  readonly leave: () => void;
}

function momentsOf({ type, target }: Event, isPersisted: boolean): readonly (keyof Moments)[] {
  if (type === 'pagehide') return ['leave'];
  if (type === 'visibilitychange') return [read(document, 'hidden') ? 'hide' : 'send'];
  // In the capture phase, a window sees the `load` of every image and script, including Cello's.
  if (type === 'load' && target !== document) return ['ask'];
  const isBack = isPersisted || type === 'online' || type === 'prerenderingchange';
  return isBack ? ['ask', 'look', 'send'] : ['ask', 'look'];
}

/**
 * Watches the page's lifecycle.
 *
 * @returns The undo function.
 */
export const watchPage = (moments: Moments, guard: Guard): (() => void) =>
  listen(
    window,
    ['DOMContentLoaded', 'load', 'pageshow', 'pagehide', 'online', 'prerenderingchange', 'visibilitychange'],
    guard((event) => {
      for (const moment of momentsOf(event, Reflect.get(event, 'persisted') === true)) moments[moment]();
    }),
  );
