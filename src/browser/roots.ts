/**
 * The trees of a page that forms stand in: its document, its shadow roots, and the documents of same-origin frames.
 */
import {
  documentIn,
  documentOf,
  findAll,
  isDocument,
  isElement,
  isForm,
  isShadowRoot,
  listen,
  read,
} from './natives.js';

/** A tree with forms in it. */
export type Root = Document | ShadowRoot;

export interface Roots {
  /** Listens in a root that the page hands over, or on one form where it stands in none. */
  readonly watch: (root: Root | HTMLFormElement) => void;
  /** Listens in the open shadow roots that an event came through, and in the frame whose `load` it is. */
  readonly follow: (event: Event) => void;
  /** All forms in the page's tree and in this one. Finds shadow roots and frames that have come since. */
  readonly findForms: (tree: Root) => HTMLFormElement[];
  /** Stops listening everywhere. */
  readonly stop: () => void;
}

/** Whether something is a tree that forms can be watched in. */
export const isRoot = (target: EventTarget | null): target is Root => isDocument(target) || isShadowRoot(target);

/** Whether a frame has a companion of its own, which may have started after we entered: it is left to it. */
export function isLeftToItsOwn(page: Document): boolean {
  const view = read(page, 'defaultView');
  const companion: unknown = view && view !== window && Reflect.get(view, 'CelloCompanion');
  return typeof companion === 'function' && 'companion' in companion;
}

/**
 * What a page has most of, and cannot have a shadow root (https://dom.spec.whatwg.org/#dom-element-attachshadow), is not
 * asked for one.
 */
const HOST = ':not(a,br,button,form,img,input,label,li,option,path,script,td,tr)';

const shadowRootOf = (element: Element): ShadowRoot | null => read(element, 'shadowRoot');

/**
 * @param types - The events to listen for.
 * @param listener - Called for each of them, in the capture phase. As it is one function, listening twice is listening
 *   once; and a `document.open()`, which drops all listeners, costs us nothing: the `load` after it brings us back.
 */
export function createRoots(types: readonly string[], listener: (event: Event) => void): Roots {
  const ending = new AbortController();

  const watch = (root: Root | HTMLFormElement) => {
    // On a window we come before any listener of the page. A frame's `load` does not reach it.
    listen((isDocument(root) && read(root, 'defaultView')) || root, types, listener, ending);
    listen(root, ['load'], listener, ending);
  };
  const findForms = (root: Root): HTMLFormElement[] => {
    if (isLeftToItsOwn(isDocument(root) ? root : documentOf(root))) return [];
    watch(root);
    const inside = [...findAll(root, HOST).map(shadowRootOf), ...findAll(root, 'frame,iframe').map(documentIn)];
    return [...findAll(root, 'form').filter(isForm), ...inside.flatMap((tree) => (tree ? findForms(tree) : []))];
  };
  return {
    watch,
    findForms,
    follow(event) {
      const path = event.composedPath();
      const [target = null] = path;
      const page = event.type === 'load' && isElement(target) && documentIn(target);
      if (page) findForms(page);
      // Where the target is the innermost node already, no shadow root lies between it and the listener.
      if (event.target !== target) path.filter(isShadowRoot).forEach(watch);
    },
    stop: () => ending.abort(),
  };
}
