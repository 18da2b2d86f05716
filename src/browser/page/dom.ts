/**
 * The DOM behind the page's back. An `<input name=elements>` hides `form.elements`, an `<img name=cookie>` hides
 * `document.cookie`, an `<a id=addEventListener>` hides `window.addEventListener`
 * (https://html.spec.whatwg.org/multipage/dom.html#dom-tree-accessors). What is asked of the prototype is never hidden.
 */

/** Reads what an object's prototype says of it, of whichever kind the object is. */
const ask = (target: object, key: string) => Reflect.get(Object.getPrototypeOf(target), key, target);

/** Reads a property of a form, an element or a document as its prototype defines it. Works across frames. */
export const read: <T extends object, K extends string & keyof T>(target: T, key: K) => T[K] = ask;

/** Sets a property of a document as its prototype defines it. */
export const write = <T extends object, K extends string & keyof T>(target: T, key: K, value: T[K]): boolean =>
  Reflect.set(Object.getPrototypeOf(target), key, value, target);

/** The children that match a selector, of a form, a document or a shadow root. */
export const findAll = (root: ParentNode, selector: string): Element[] => [
  ...read(root, 'querySelectorAll').call(root, selector),
];

/** An attribute of an element, `null` where it has none. */
export const attribute = (element: Element, name: string): string | null =>
  Element.prototype.getAttribute.call(element, name);

/** Whether an element fits a selector. */
export const fits = (element: Element, selector: string): boolean => Element.prototype.matches.call(element, selector);

const hasNodeType = (target: EventTarget | null, type: number): boolean => !!target && ask(target, 'nodeType') === type;

/** Whether something is an element, of whichever frame. */
export const isElement = (target: EventTarget | null): target is Element => hasNodeType(target, 1);

/** Whether something is a document, of whichever frame. */
export const isDocument = (target: EventTarget | null): target is Document => hasNodeType(target, 9);

/** Whether something is a shadow root; the other fragments have no host. */
export const isShadowRoot = (target: EventTarget | null): target is ShadowRoot =>
  hasNodeType(target, 11) && 'host' in Object(target);

/** Whether something is a form, of whichever frame. */
export const isForm = (target: EventTarget | null): target is HTMLFormElement =>
  isElement(target) && fits(target, 'form') && !!ask(target, 'elements'); // an XML document may have a `form` of its own

/** The document that an element stands in. */
export const documentOf = (element: Node): Document => read(element, 'ownerDocument') ?? document;

const FRAME = 'frame,iframe:not([sandbox]),iframe[sandbox~=allow-same-origin]';

/**
 * The document of a frame of this origin; `null` for any other element. A frame that by its address is of another
 * origin is not asked, because WebKit would complain on the console.
 */
export function documentIn(frame: Element): Document | null {
  const isNear =
    fits(frame, FRAME) &&
    /^(\/|about:|javascript:|blob:\/|$)/.test(`${ask(frame, 'src')}`.replace(location.origin, ''));
  return isNear ? ask(frame, 'contentDocument') : null;
}

/** Makes an input for a page. */
export const createInput = (page: Document): HTMLInputElement => ask(page, 'createElement').call(page, 'input');

/** Without a prototype, so that a page that adds to `Object.prototype` adds nothing to these. */
const OPTIONS: AddEventListenerOptions = /* @__PURE__ */ Object.assign(/* @__PURE__ */ Object.create(null), {
  capture: true,
  passive: true,
});

/**
 * Calls a method that every event target has, past what a page hides. Vitest puts a simulated DOM's members on Node's
 * own global object, which is no target to that DOM's prototype: there the object's own method is the right one.
 */
function call(target: EventTarget, method: keyof EventTarget, ...args: readonly unknown[]): void {
  try {
    Reflect.apply(EventTarget.prototype[method], target, args);
  } catch {
    Reflect.apply(target[method], target, args); // TypeError: not this DOM's target
  }
}

const add = (target: EventTarget, types: readonly string[], listener: (event: Event) => void) => {
  for (const type of types) call(target, 'addEventListener', type, listener, OPTIONS);
};
const remove = (target: EventTarget, types: readonly string[], listener: (event: Event) => void) => {
  for (const type of types) call(target, 'removeEventListener', type, listener, OPTIONS);
};

/**
 * Listens in the capture phase, so that nobody who stops an event hides it from us, and passively, so that we never
 * hold up a scroll. Without a `signal`: zone.js before 0.14 gives all listeners of a target one native listener, and an
 * aborted signal would take the page's own with it (https://github.com/angular/angular/issues/49591).
 *
 * @returns The undo.
 */
export function listen(target: EventTarget, types: readonly string[], listener: (event: Event) => void): () => void {
  add(target, types, listener);
  return () => remove(target, types, listener);
}

/** Listens with one function on targets that come and go. None of them is kept alive by it. */
export interface Listeners {
  /** Listens on one more target. Again on the same one: nothing changes, unless the page dropped its listeners. */
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

/** Tells the page something, as a `cello-companion:…` event on its document. What its listeners throw is theirs. */
export const announce = (name: string, detail: object): void =>
  call(document, 'dispatchEvent', new CustomEvent(`cello-companion:${name}`, { detail }));

/** What we build on and what Safari 15, Chrome and Edge 90 and Firefox 90 have. `fetch` is not on it: XHR stands in. */
const NEEDED = ['AbortController', 'CustomEvent', 'FormData', 'TextEncoder', 'URLSearchParams', 'WeakRef', 'crypto'];

/**
 * Whether we can serve this page: an HTML document, in an engine that is not below the floor. An SVG image may have
 * scripts, and a field in an XML document is junk.
 */
export function isServable(view: object = globalThis): boolean {
  try {
    const root = read(document, 'documentElement');
    const isHtml = root.namespaceURI === 'http://www.w3.org/1999/xhtml' && root.localName === 'html';
    return (
      isHtml && NEEDED.every((name) => name in view) && fits(root, ':is(html):not([id~=a i],a)') && 'flatMap' in []
    );
  } catch {
    return false; // SyntaxError: no `:is()`, as before Safari 14; no `i`, as in happy-dom 21
  }
}
