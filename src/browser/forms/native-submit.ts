/**
 * Detects that `form.submit()` makes the page leave. It fires no `submit` but a `formdata`, just like an autosave that
 * reads `new FormData(form)`. The difference: the page leaves immediately, without a link and without another click.
 */
import { documentOf, fits, isElement, listen, read } from '../page/index.js';

export interface Leaving {
  /** The form's data was read: calls back if the page leaves now. */
  readonly expect: (form: HTMLFormElement) => void;
  /** Records a click, which from now on is the likely reason for leaving. */
  readonly follow: (click: Event) => void;
}

/** How long after `form.submit()` a page starts to leave, at the latest; docs/forms-in-detail.md has the measurements. */
const LEAVING_MS = 100;

/** A link to another page, judging by its address. */
const LINK = 'a[href]:not([href^="#"],[href^="javascript:" i])';

/** What a script read: the form, and its page. */
interface Reading {
  form: HTMLFormElement;
  readonly page: Document;
  /** Stops expecting it. */
  readonly stop: () => void;
}

/** @param onLeft - Called with the form that made the page leave. */
export function createLeaving(onLeft: (form: HTMLFormElement) => void): Leaving {
  let last: Reading | null = null;
  let isFresh = false; // whether the script now running read it
  let clicks = 0;
  let link: Event | null = null;
  const isByLink = () => link && !link.defaultPrevented && performance.now() - link.timeStamp < LEAVING_MS;
  /**
   * Adds a new listener for each script that reads, because a page may save at `beforeunload`: a listener added during that
   * event is not called for it, and one added before it still is. Chromium calls a page's listeners for that event before
   * ours. If two forms were read, the last one counts.
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
      // No longer than needed: a `beforeunload` listener keeps a page out of some back/forward caches.
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
