/**
 * DOM access that a page cannot shadow. An `<input name=elements>` hides `form.elements`, an `<img name=cookie>` hides
 * `document.cookie`, an `<a id=addEventListener>` hides `window.addEventListener` (DOM clobbering,
 * https://html.spec.whatwg.org/multipage/dom.html#dom-tree-accessors). Accessors on the prototype are never hidden.
 */

/** Reads a property through an object's prototype, whatever kind of object it is. */
const ask = (target: object, key: string) => Reflect.get(Object.getPrototypeOf(target), key, target);

/** Reads a property of a form, an element or a document as its prototype defines it. Works across frames. */
export const read: <T extends object, K extends string & keyof T>(target: T, key: K) => T[K] = ask;

/** The root of the tree that a node is in: a document, a shadow root, or its topmost ancestor if it is in neither. */
export const rootOf = (node: Node): Node & ParentNode => ask(node, 'getRootNode').call(node);

/** Sets a property of a document as its prototype defines it. */
export const write = <T extends object, K extends string & keyof T>(target: T, key: K, value: T[K]): boolean =>
  Reflect.set(Object.getPrototypeOf(target), key, value, target);

/** The descendants of a form, a document or a shadow root that match a selector. */
export const findAll = (root: ParentNode, selector: string): Element[] => [
  ...read(root, 'querySelectorAll').call(root, selector),
];

/** An attribute of an element, `null` if missing. */
export const attribute = (element: Element, name: string): string | null =>
  Element.prototype.getAttribute.call(element, name);

/** Whether an element matches a selector. */
export const fits = (element: Element, selector: string): boolean => Element.prototype.matches.call(element, selector);

const hasNodeType = (target: EventTarget | null, type: number): boolean => !!target && ask(target, 'nodeType') === type;

/** Whether something is an element, from any frame. */
export const isElement = (target: EventTarget | null): target is Element => hasNodeType(target, 1);

/** Whether something is a document, from any frame. */
export const isDocument = (target: EventTarget | null): target is Document => hasNodeType(target, 9);

/** Whether something is a shadow root; other fragments have no host. */
export const isShadowRoot = (target: EventTarget | null): target is ShadowRoot =>
  hasNodeType(target, 11) && 'host' in Object(target);

/** Whether something is a form, from any frame. */
export const isForm = (target: EventTarget | null): target is HTMLFormElement =>
  isElement(target) && fits(target, 'form') && !!ask(target, 'elements'); // an XML document may have its own kind of `form`

/** The document that contains an element. */
export const documentOf = (element: Node): Document => read(element, 'ownerDocument') ?? document;

const FRAME = 'frame,iframe:not([sandbox]),iframe[sandbox~=allow-same-origin]';

/**
 * The document of a same-origin frame; `null` for any other element. A frame whose address is on another origin is not
 * accessed, because WebKit would log an error.
 */
export function documentIn(frame: Element): Document | null {
  const isNear =
    fits(frame, FRAME) &&
    /^(\/|about:|javascript:|blob:\/|$)/.test(`${ask(frame, 'src')}`.replace(location.origin, ''));
  return isNear ? ask(frame, 'contentDocument') : null;
}

/** Creates an input for a page. */
export const createInput = (page: Document): HTMLInputElement => ask(page, 'createElement').call(page, 'input');

/** Without a prototype, so that a page that adds to `Object.prototype` adds nothing to these. */
const OPTIONS: AddEventListenerOptions = /* @__PURE__ */ Object.assign(/* @__PURE__ */ Object.create(null), {
  capture: true,
  passive: true,
});

/**
 * Calls an event-target method that the page may have hidden. Vitest puts a simulated DOM's members on Node's own global
 * object, which that DOM's prototype does not accept as a target: in that case, the object's own method is the right one.
 */
function call(target: EventTarget, method: keyof EventTarget, ...args: readonly unknown[]): void {
  try {
    Reflect.apply(EventTarget.prototype[method], target, args);
  } catch {
    Reflect.apply(target[method], target, args); // TypeError: not a target of this DOM
  }
}

const add = (target: EventTarget, types: readonly string[], listener: (event: Event) => void) => {
  for (const type of types) call(target, 'addEventListener', type, listener, OPTIONS);
};
const remove = (target: EventTarget, types: readonly string[], listener: (event: Event) => void) => {
  for (const type of types) call(target, 'removeEventListener', type, listener, OPTIONS);
};

/**
 * Listens in the capture phase, so that nobody can hide an event from us by stopping it, and passively, so that we never
 * block scrolling. Without a `signal`: zone.js before 0.14 gives all listeners of a target one native listener, so an
 * aborted signal would remove the page's own too (https://github.com/angular/angular/issues/49591).
 *
 * @returns The undo function.
 */
export function listen(target: EventTarget, types: readonly string[], listener: (event: Event) => void): () => void {
  add(target, types, listener);
  return () => remove(target, types, listener);
}

/** Attaches one function to targets that come and go. It keeps none of them alive. */
export interface Listeners {
  /** Listens on one more target. Adding a target twice has no effect, unless the page dropped its listeners. */
  readonly add: (target: EventTarget, types: readonly string[]) => void;
  /** Stops listening everywhere. */
  readonly stop: () => void;
}

/** @param listener - Called for each event, in the capture phase. */
export function createListeners(listener: (event: Event) => void): Listeners {
  const known = new WeakMap<EventTarget, Set<string>>();
  const targets = new Set<WeakRef<EventTarget>>();
  const note = (target: EventTarget): Set<string> => {
    for (const one of targets) if (!one.deref()) targets.delete(one);
    targets.add(new WeakRef(target));
    const types = new Set<string>();
    known.set(target, types);
    return types;
  };
  return {
    add(target, types) {
      const noted = known.get(target) ?? note(target);
      for (const type of types) noted.add(type);
      add(target, types, listener);
    },
    stop() {
      for (const one of targets) {
        const target = one.deref();
        if (target) remove(target, [...(known.get(target) ?? [])], listener);
      }
      targets.clear();
    },
  };
}

/** Fires a `cello-companion:…` event on the page's document. If the page's listeners throw, that does not affect us. */
export const announce = (name: string, detail: object): void =>
  call(document, 'dispatchEvent', new CustomEvent(`cello-companion:${name}`, { detail }));

/** Features we build on, which Safari 15, Chrome and Edge 90 and Firefox 90 have. `fetch` is not required: XHR can replace it. */
const NEEDED = ['AbortController', 'CustomEvent', 'FormData', 'TextEncoder', 'URLSearchParams', 'WeakRef', 'crypto'];

/**
 * Whether we can serve this page: an HTML document, in a browser that meets the minimum. An SVG image may run scripts, but
 * a field in an XML document would be junk.
 */
export function isServable(view: object = globalThis): boolean {
  try {
    const root = read(document, 'documentElement');
    const isHtml = root.namespaceURI === 'http://www.w3.org/1999/xhtml' && root.localName === 'html';
    return (
      isHtml && NEEDED.every((name) => name in view) && fits(root, ':is(html):not([id~=a i],a)') && 'flatMap' in []
    );
  } catch {
    return false; // SyntaxError: no `:is()`, as before Safari 14, or no `i`, as in happy-dom 21
  }
}
