/**
 * Whether a page is left by `form.submit()`. That fires no `submit`, but a `formdata`, and so does an autosave that
 * reads `new FormData(form)`. What tells them apart is that the page leaves at once, and neither by a link nor after a
 * further click.
 */
import { documentOf, fits, isElement, listen, read } from './natives.js';

export interface Leaving {
  /** The data of this form was read: calls back if the page leaves now. */
  readonly expect: (form: HTMLFormElement) => void;
  /** A click is what the page leaves by, from here on. */
  readonly follow: (click: Event) => void;
}

/** How long after `form.submit()` a page begins to leave, at the latest: docs/forms.md has what was measured. */
const LEAVING_MS = 100;

/** A link to another page, as far as its address says it. */
const LINK = 'a[href]:not([href^="#"],[href^="javascript:" i])';

/**
 * @param onLeft - Called with the form by which the page leaves.
 */
export function createLeaving(onLeft: (form: HTMLFormElement) => void): Leaving {
  let expected: HTMLFormElement | null = null;
  let watched: Window | null = null;
  let isFresh = false;
  let link: Event | null = null;
  let expectedAt = 0;
  let timer = 0;
  let stop = () => {};
  const isByLink = () => link && !link.defaultPrevented && performance.now() - link.timeStamp < LEAVING_MS;
  const age = () => {
    isFresh = false;
  };
  /**
   * Listens anew for each script that reads: where one saves at `beforeunload`, what begins within the event is not
   * called by it. Chromium calls the listeners of that event in their order, a page's before ours.
   */
  const watch = (view: Window | null) => {
    if (view === watched && isFresh) return;
    stop();
    watched = view;
    if (!view) return;
    stop = listen(view, ['beforeunload'], leave);
    isFresh = true;
    queueMicrotask(age);
  };
  const leave = () => {
    if (expected && !isByLink()) onLeft(expected);
    expected = null;
  };
  /** Not longer than needed: a page that listens for `beforeunload` is kept out of some back/forward caches. */
  const end = () => {
    const restMs = expectedAt + LEAVING_MS - performance.now();
    timer = restMs > 0 ? setTimeout(end, restMs) : 0;
    if (!timer) watch(null);
  };
  return {
    follow(click) {
      expected = null;
      link = click.composedPath().some((node) => isElement(node) && fits(node, LINK)) ? click : null;
    },
    expect(form) {
      expected = form;
      expectedAt = performance.now();
      watch(read(documentOf(form), 'defaultView'));
      timer ||= setTimeout(end, LEAVING_MS);
    },
  };
}
