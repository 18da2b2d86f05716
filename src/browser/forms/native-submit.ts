/**
 * Whether a page is left by `form.submit()`. That fires no `submit`, but a `formdata`, and so does an autosave that
 * reads `new FormData(form)`. What tells them apart is that the page leaves at once, and neither by a link nor after a
 * further click.
 */
import { documentOf, fits, isElement, listen, read } from '../page/index.js';

export interface Leaving {
  /** The data of this form was read: calls back if the page leaves now. */
  readonly expect: (form: HTMLFormElement) => void;
  /** A click is what the page leaves by, from here on. */
  readonly follow: (click: Event) => void;
}

/** How long after `form.submit()` a page begins to leave, at the latest: docs/forms-in-detail.md has what was measured. */
const LEAVING_MS = 100;

/** A link to another page, as far as its address says it. */
const LINK = 'a[href]:not([href^="#"],[href^="javascript:" i])';

/** What a script read: the form, and the page that it stands in. */
interface Reading {
  form: HTMLFormElement;
  readonly page: Document;
  /** Expects it no longer. */
  readonly stop: () => void;
}

/**
 * @param onLeft - Called with the form by which the page leaves.
 */
export function createLeaving(onLeft: (form: HTMLFormElement) => void): Leaving {
  let last: Reading | null = null;
  let isFresh = false; // whether the running script read it
  let clicks = 0;
  let link: Event | null = null;
  const isByLink = () => link && !link.defaultPrevented && performance.now() - link.timeStamp < LEAVING_MS;
  /**
   * Listens anew for each script that reads, because one may save at `beforeunload`: what begins to listen within an
   * event is not called by it, and what listened before it still is. Chromium calls a page's listeners of that event
   * before ours. Of two forms the last one counts.
   */
  const watch = (form: HTMLFormElement, page: Document) => {
    const view = read(page, 'defaultView');
    if (!view) return;
    const since = clicks;
    const stop = listen(view, ['beforeunload'], () => {
      if (since === clicks && !isByLink()) onLeft(reading.form);
    });
    const reading: Reading = { form, page, stop };
    if (last?.form === form) setTimeout(last.stop);
    else last?.stop();
    last = reading;
    isFresh = true;
    queueMicrotask(() => {
      isFresh = false;
      // Not longer than needed: a page that listens for `beforeunload` is kept out of some back/forward caches.
      setTimeout(() => {
        stop();
        if (last === reading) last = null;
      }, LEAVING_MS);
    });
  };
  return {
    follow(click) {
      clicks += 1;
      link = click.composedPath().some((node) => isElement(node) && fits(node, LINK)) ? click : null;
    },
    expect(form) {
      const page = documentOf(form);
      if (isFresh && last?.page === page) last.form = form;
      else watch(form, page);
    },
  };
}
