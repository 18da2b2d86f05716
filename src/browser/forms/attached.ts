/**
 * What the page handed over by `attach()`. It is held weakly: a long-lived page drops its forms without a word to us.
 */
import type { Kind } from '../../message.js';
import { findAll, fits, isElement, isForm, read } from '../page/index.js';
import { controlsOf, MARK, readLower } from './controls.js';
import type { Root } from './roots.js';

/** How what was handed over is treated. */
export interface AttachOptions {
  /** What it is for; left out or `null`: as the form itself says. */
  readonly kind?: Kind | null | undefined;
  /** `false`: it is filled, and the page reports its submissions by hand. Default `true`. */
  readonly send?: boolean | undefined;
}

/** A form, an element that stands for one or has some inside, or a tree with forms in it. */
export type Target = Element | Root;

export interface Attached {
  /** Gives the undo, which gives what it was, if it is still there and attached with these options. */
  readonly add: (target: Target, options: AttachOptions) => () => Target | undefined;
  /** How a form is treated: handed over itself, with an element around it, or with its tree. */
  readonly optionsOf: (form: Node) => AttachOptions | undefined;
  /** What a form is for: as it was handed over, else as it says itself. */
  readonly kindOf: (form: Element) => Kind | null;
  /** Of these nodes, the first that stands for a form: an element that was handed over and has none inside. */
  readonly findStandIn: (nodes: readonly EventTarget[]) => Element | undefined;
  /** All that is attached and still there. */
  readonly list: () => Target[];
}

/** Whether an element that was handed over stands for a form itself. */
export const isStandIn = (target: EventTarget): target is Element =>
  isElement(target) && !isForm(target) && !findAll(target, 'form')[0];

/** A node and all around it, inside its tree. */
export function* around(node: Node | null): Generator<Node> {
  for (let one = node; one; one = read(one, 'parentNode')) yield one;
}

/** What a form is for, as far as its page says it. */
function readKind(form: Element): Kind | null {
  const mark = readLower(form, MARK);
  const isSignup = () => controlsOf(form).some((control) => fits(control, '[autocomplete~="new-password" i]'));
  return mark === 'demo' ? mark : mark === 'signup' || isSignup() ? 'signup' : null;
}

export function createAttached(): Attached {
  const given = new WeakMap<EventTarget, AttachOptions>();
  const refs = new Set<WeakRef<Target>>();
  const list = (): Target[] =>
    [...refs].flatMap((ref) => {
      const target = ref.deref();
      if (!target || !given.has(target)) refs.delete(ref);
      return target && given.has(target) ? target : [];
    });
  const optionsOf = (form: Node): AttachOptions | undefined => {
    const node = refs.size ? [...around(form)].find((one) => given.has(one)) : undefined;
    return node && given.get(node);
  };
  return {
    list,
    optionsOf,
    kindOf: (form) => optionsOf(form)?.kind ?? readKind(form),
    add(target, options) {
      const own = { ...options };
      const ref = new WeakRef(target);
      if (!given.has(target)) refs.add(ref);
      given.set(target, own);
      return () => {
        const attached = ref.deref();
        return attached && given.get(attached) === own && given.delete(attached) ? attached : undefined;
      };
    },
    findStandIn: (nodes) => (refs.size ? nodes.filter((node) => given.has(node)).find(isStandIn) : undefined),
  };
}
