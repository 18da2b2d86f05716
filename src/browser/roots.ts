/**
 * The trees of a page that forms stand in: its document, its shadow roots, and the documents of same-origin frames.
 */
import { findAll, fits, isDocument, isElement, isShadowRoot, listen, read } from './natives.js';

/** A tree with forms in it. */
export type Root = Document | ShadowRoot;

export interface Roots {
  /** Listens in a root, and looks for further ones inside. */
  readonly watch: (root: Root) => void;
  /** Watches the open shadow roots that an event came through, and the frame whose `load` it is. */
  readonly follow: (event: Event) => void;
  /** Looks for roots that have come since: walks every element once. */
  readonly look: () => void;
  /** The forms in all roots. */
  readonly forms: () => Element[];
  /** Stops listening everywhere. */
  readonly stop: () => void;
}

/** Whether something is a tree that forms can be watched in. */
export const isRoot = (target: EventTarget | null): target is Root => isDocument(target) || isShadowRoot(target);

/** What to listen on: a document's window, so that we come before any listener of the page. */
const targetOf = (root: Root): EventTarget | null => (isDocument(root) ? read(root, 'defaultView') : root);

/** The document in a frame of this origin, `null` in one of another. */
function documentIn(frame: Element): Document | null {
  try {
    return Reflect.get(frame, 'contentDocument') ?? null;
  } catch {
    return null; // SecurityError, where an engine throws although the standard says null
  }
}

/** Whether a frame has a companion of its own, which may have started after we entered: it is left to it. */
function isLeftToItsOwn(root: Root): boolean {
  const view = read(isDocument(root) ? root : read(root, 'ownerDocument'), 'defaultView');
  const companion: unknown = view && view !== window ? Reflect.get(view, 'CelloCompanion') : null;
  return typeof companion === 'function' && 'companion' in companion;
}

/**
 * @param types - The events to listen for.
 * @param listener - Called for each of them, in the capture phase.
 */
export function createRoots(types: readonly string[], listener: (event: Event) => void): Roots {
  const undos = new WeakMap<Root, () => void>();
  const roots = new Set<WeakRef<Root>>();
  const alive = () => [...roots].flatMap((root) => root.deref() ?? []);

  const lookIn = (root: Root) => {
    for (const element of findAll(root, '*')) {
      const shadow: ShadowRoot | null = read(element, 'shadowRoot');
      if (shadow) watch(shadow);
      else if (fits(element, 'iframe,frame')) enter(element);
    }
  };
  const watch = (root: Root) => {
    const target = targetOf(root);
    if (undos.has(root) || !target) return;
    const undo = listen(target, types, (event) => {
      if (!isLeftToItsOwn(root)) listener(event);
    });
    undos.set(root, undo);
    roots.add(new WeakRef(root));
    lookIn(root);
  };
  const enter = (frame: Element) => {
    const inside = documentIn(frame);
    if (inside) watch(inside);
  };
  return {
    watch,
    look() {
      for (const root of alive()) lookIn(root);
    },
    forms: () => alive().flatMap((root) => (isLeftToItsOwn(root) ? [] : findAll(root, 'form'))),
    follow(event) {
      const [target] = event.composedPath();
      if (event.type === 'load' && target && isElement(target) && fits(target, 'iframe,frame')) enter(target);
      for (const node of event.composedPath()) if (isShadowRoot(node)) watch(node);
    },
    stop() {
      for (const root of alive()) {
        undos.get(root)?.();
        undos.delete(root);
      }
      roots.clear();
    },
  };
}
