/**
 * Attributes that a vendor's script reads before it makes a frame: they get the code, and get back what they said.
 */
import { attribute, findAll } from '../page/index.js';
import { carryInQuery, type Put } from './carrier.js';
import { isFrame } from './frames.js';
import type { Source } from './vendor.js';

/** `null`: there is nothing to do. */
export type Placed = 'carried' | 'taken' | null;

export interface Sources {
  readonly put: (element: Element, source: Source, put: Put) => Placed;
  /** Gives every attribute back its former value, unless somebody else has changed it. */
  readonly restore: () => void;
}

interface Change {
  readonly ref: WeakRef<Element>;
  readonly attribute: string;
  readonly former: string | null;
  readonly value: string;
}

/** Whether the vendor's script has made its frame already: then the attribute is read no more. */
const isOpen = (element: Element): boolean =>
  isFrame(element) ? attribute(element, 'src') !== null : !!findAll(element, 'iframe')[0];

export function createSources(): Sources {
  const changes = new WeakMap<Element, Change>();
  const refs = new Set<WeakRef<Element>>();
  return {
    put(element, source, put) {
      const value = attribute(element, source.attribute);
      if (isOpen(element) || (value === null && !source.carry)) return null;
      const { text, isTaken } = (source.carry ?? carryInQuery)(value ?? '', put);
      if (isTaken) return 'taken';
      if (text === (value ?? '')) return 'carried';
      const before = changes.get(element);
      const ref = before?.ref ?? new WeakRef(element);
      const former = before?.value === value ? before.former : value;
      changes.set(element, { ref, attribute: source.attribute, former, value: text });
      refs.add(ref);
      element.setAttribute(source.attribute, text);
      return 'carried';
    },
    restore() {
      for (const ref of refs) {
        const element = ref.deref();
        const change = element && changes.get(element);
        if (!element || !change || attribute(element, change.attribute) !== change.value) continue;
        if (change.former === null) element.removeAttribute(change.attribute);
        else element.setAttribute(change.attribute, change.former);
        changes.delete(element);
      }
      refs.clear();
    },
  };
}
