/**
 * The trees of a page that contain forms: its document, its shadow roots, and the documents of same-origin frames.
 */
import {
  createListeners,
  documentIn,
  documentOf,
  findAll,
  isDocument,
  isElement,
  isShadowRoot,
  read,
} from '../page/index.js';

/** A tree with forms in it. */
export type Root = Document | ShadowRoot;

export interface Roots {
  /** Listens in a root passed in by the page, or on a single element that is in no root. */
  readonly watch: (root: Root | Element) => void;
  /** Listens in the open shadow roots that an event passed through, and in the frame whose `load` it is. */
  readonly follow: (type: string, path: readonly EventTarget[]) => void;
  /** This tree and all those inside it. Finds new shadow roots and frames. */
  readonly findTrees: (tree: Root) => Root[];
  /** Stops listening everywhere. */
  readonly stop: () => void;
}

/** Whether something is a tree in which we can watch forms. */
export const isRoot = (target: EventTarget | null): target is Root => isDocument(target) || isShadowRoot(target);

/** Whether a frame has its own companion, which may have started after we entered: we leave the frame to it. */
export function isLeftToItsOwn(page: Document): boolean {
  const view = read(page, 'defaultView');
  const companion: unknown = view && view !== window && Reflect.get(view, 'CelloCompanion');
  return typeof companion === 'function' && 'companion' in companion;
}

/** The tree inside an element: an open shadow root, or the document of a same-origin frame. */
const rootIn = (element: Element): Root | null => read(element, 'shadowRoot') ?? documentIn(element);

/**
 * Elements that may have a tree inside. The most common elements cannot have a shadow root
 * (https://dom.spec.whatwg.org/#dom-element-attachshadow), so we skip them.
 */
export const MAY_HOLD_TREE = ':not(a,br,button,form,img,input,label,li,option,path,script,td,tr)';

/**
 * @param types - The events to listen for.
 * @param listener - Called for each of them, in the capture phase. Because it is a single function, adding it twice has no
 *   effect; and if `document.open()` drops all listeners, the `load` that follows brings us back.
 */
export function createRoots(types: readonly string[], listener: (event: Event) => void): Roots {
  const listeners = createListeners(listener);

  const watch = (root: Root | Element) => {
    // On a window, we run before any listener of the page. A frame's `load` does not reach it.
    listeners.add((isDocument(root) && read(root, 'defaultView')) || root, types);
    listeners.add(root, ['load']);
  };
  const findTrees = (root: Root): Root[] => {
    if (isLeftToItsOwn(isDocument(root) ? root : documentOf(root))) return [];
    watch(root);
    const inside = findAll(root, MAY_HOLD_TREE).flatMap((element) => rootIn(element) ?? []);
    return [root, ...inside.flatMap(findTrees)];
  };
  return {
    watch,
    findTrees,
    follow(type, path) {
      const [target = null] = path;
      const inside = type === 'load' && isElement(target) && rootIn(target);
      if (inside) findTrees(inside);
      path.filter(isShadowRoot).forEach(watch);
    },
    stop: listeners.stop,
  };
}
