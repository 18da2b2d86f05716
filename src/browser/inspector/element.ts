/**
 * Elements without markup: a page with Trusted Types allows no HTML from a string.
 */

/** What is put into an element: others, and texts. */
export type Content = Node | string;

/** A page may have an element that is called `createElement`. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K): HTMLElementTagNameMap[K] {
  const prototype: object = Document.prototype;
  return Reflect.get(prototype, 'createElement').call(document, tag);
}

/** Creates an element of the panel. */
export function create(tag: string, name: string | null, ...contents: readonly Content[]): HTMLElement {
  const element: HTMLElement = Document.prototype.createElement.call(document, tag);
  if (name) element.className = name;
  element.append(...contents);
  return element;
}

/** Creates a button. */
export function createButton(text: string, onClick: () => void): HTMLButtonElement {
  const button = make('button');
  button.type = 'button';
  button.append(text);
  button.addEventListener('click', onClick);
  return button;
}
