/**
 * What we store and send, and when: never in the task in which we start. A page is busiest then, and every access to
 * cookies and storage waits for another process of the browser.
 */
import type { ConsentState } from './consent.js';
import type { Messenger } from './messages/index.js';
import type { Settings } from './options.js';
import { createIdleQueue, type Guard, isPrerendering, outdateCookies } from './page/index.js';
import type { Finder } from './referral/index.js';

export interface Storing {
  /** Whether anything may be stored and sent: not on a page that may never be shown. */
  readonly mayWrite: () => boolean;
  /** Makes the next look read the cookies again. What the start itself has read is good until its task is over. */
  readonly outdate: () => void;
  /** Stores the current code and sends the capture, if that is not done yet. */
  readonly keep: () => void;
  /** Deletes what is stored. */
  readonly erase: () => void;
  /** Sends what waits. */
  readonly flush: () => void;
  /** The first of them when the page is idle. */
  readonly keepLater: () => void;
  /** Does what was put off: a form is used, or the page is hidden or goes away. */
  readonly finish: (isLeaving?: boolean) => void;
  readonly stop: () => void;
}

/** What storing needs from the rest. */
export interface StoringParts {
  readonly settings: Settings;
  readonly guard: Guard;
  readonly consent: ConsentState;
  readonly finder: Finder;
  readonly messenger: Messenger;
}

export function createStoring({ settings, guard, consent, finder, messenger }: StoringParts): Storing {
  const queue = createIdleQueue(guard);
  let isStarting = true;
  let isLeaving = false;
  const timer = setTimeout(() => {
    isStarting = false;
  });
  const mayWrite = () => consent.mayStore() && !isPrerendering();
  const keep = () => {
    const found = finder.current();
    const at = new Date().toISOString();
    const isNew = found && mayWrite() && finder.store(found, at);
    if (isNew && settings.send.includes('capture')) messenger.capture(found, at, isLeaving);
  };
  const erase = () => {
    finder.erase();
    messenger.clear();
  };
  const flush = () => {
    if (mayWrite() && !isLeaving) messenger.flush();
  };
  /** In the order in which it was asked for: what is deleted must not be what was stored after. */
  const run = (work: () => void) => {
    queue.add(work);
    if (!isStarting) queue.run();
  };
  return {
    mayWrite,
    outdate() {
      if (!isStarting) outdateCookies();
    },
    keep: () => run(keep),
    erase: () => run(erase),
    flush: () => run(flush),
    keepLater: () => queue.add(keep),
    finish(isGoing = false) {
      isLeaving = isGoing;
      queue.run();
      isLeaving = false;
    },
    stop() {
      clearTimeout(timer);
      queue.stop();
    },
  };
}
