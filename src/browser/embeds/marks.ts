/**
 * Marks: on a widget, around it, or around what was clicked to open it elsewhere on the page.
 */
import { attribute, isElement, isShadowRoot, rootOf } from '../page/index.js';

const MARKED = '[data-cello-companion=signup i],[data-cello-companion=demo i],[data-cello-companion=off i]';

/** The nearest marked element at or around this one, also around the host of a shadow root. */
export function findMarked(element: Element): Element | null {
  const marked = Element.prototype.closest.call(element, MARKED);
  if (marked) return marked;
  const root = rootOf(element);
  return isShadowRoot(root) ? findMarked(root.host) : null;
}

function markAround(element: Element): string {
  const marked = findMarked(element);
  return (marked && attribute(marked, 'data-cello-companion')?.toLowerCase()) ?? '';
}

export interface Marks {
  /** `signup`, `demo`, `off`, or nothing. */
  readonly of: (element: Element | null) => string;
  /** Something was clicked, which may open a widget. */
  readonly click: (target: EventTarget | null) => void;
  /** A frame came: it has the mark of what was clicked. */
  readonly inherit: (frame: Element) => void;
}

export function createMarks(): Marks {
  const inherited = new WeakMap<Element, string>();
  let clicked = '';
  return {
    of: (element) => (element ? markAround(element) || inherited.get(element) || '' : ''),
    click(target) {
      clicked = isElement(target) ? markAround(target) : '';
    },
    inherit(frame) {
      if (clicked && !inherited.has(frame)) inherited.set(frame, clicked);
    },
  };
}
