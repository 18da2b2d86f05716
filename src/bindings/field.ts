/**
 * The field that a framework has rendered: the companion fills it as it fills any other that an author wrote.
 */

/**
 * Shows a field to the companion. It fills a form at its first use, and this is one: nothing is hydrated any more, and the
 * code is known. The event does not bubble, so the companion's listener on `window` hears it and handlers of the page do
 * not, except those that capture.
 *
 * In a microtask, because React restores a controlled field after an event inside one of its effects, and so undoes what
 * was filled.
 */
export function showField(field: HTMLInputElement): void {
  queueMicrotask(() => {
    const view = field.ownerDocument.defaultView;
    if (field.isConnected && view) field.dispatchEvent(new view.Event('focusin', { composed: true }));
  });
}
