/**
 * What the page passed to `attach()`. It is held weakly: a long-lived page discards forms without telling us.
 */
import type { Kind } from '../../message.js';
import { findAll, fits, isElement, isForm, read } from '../page/index.js';
import { controlsOf, MARK, readLower } from './controls.js';
import type { Root } from './roots.js';

/** How an attached target is treated. */
export interface AttachOptions {
  /** What it is for; `null` or missing: whatever the form itself says. */
  readonly kind?: Kind | null | undefined;
  /** `false`: it is filled, but the page reports its submissions itself. Default `true`. */
  readonly send?: boolean | undefined;
}

/** A form, an element that acts as a form or contains some, or a tree with forms in it. */
export type Target = Element | Root;

export interface Attached {
  /** Returns a function that detaches the target and returns it, if it still exists and is attached with these options. */
  readonly add: (target: Target, options: AttachOptions) => () => Target | undefined;
  /** How a form is treated, whether it was attached itself, through an element around it, or with its tree. */
  readonly optionsOf: (form: Node) => AttachOptions | undefined;
  /** What a form is for: as given to `attach()`, otherwise as the form itself says. */
  readonly kindOf: (form: Element) => Kind | null;
  /** The first of these nodes that acts as a form: an attached element with no form inside. */
  readonly findStandIn: (nodes: readonly EventTarget[]) => Element | undefined;
  /** Whether the page says of a form what it is: it was attached, or carries a mark. */
  readonly isGiven: (form: Element) => boolean;
  /** Everything that is attached and still exists. */
  readonly list: () => Target[];
}

/** Whether an attached element acts as a form itself. */
export const isStandIn = (target: EventTarget): target is Element =>
  isElement(target) && !isForm(target) && !findAll(target, 'form')[0];

/** A node and its ancestors within its tree. */
export function* around(node: Node | null): Generator<Node> {
  for (let one = node; one; one = read(one, 'parentNode')) yield one;
}

/** What a form is for, as far as the page says. */
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
    isGiven: (form) => !!optionsOf(form) || /^(signup|demo)$/.test(readLower(form, MARK)),
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
