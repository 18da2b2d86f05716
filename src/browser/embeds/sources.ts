/**
 * Attributes that a vendor's script reads before it makes a frame: they get the code, and get back what they said.
 */
import { attribute, findAll } from '../page/index.js';
import { type Carried, carryInQuery, type Put } from './carrier.js';
import { isFrame } from './frames.js';
import { findEverywhere } from './trees.js';
import type { Source } from './vendor.js';

export interface Sources {
  /** Puts the code in, unless the site uses the carrier; `null`: there is nothing to do. */
  readonly put: (element: Element, source: Source, put: Put) => Carried | null;
  /** Gives every attribute back its former value, unless somebody else has changed it. */
  readonly restore: () => void;
}

interface Change {
  readonly attribute: string;
  readonly former: string | null;
  readonly value: string;
}

/** Whether the vendor's script has made its frame already: then the attribute is read no more. */
const isOpen = (element: Element): boolean =>
  isFrame(element) ? attribute(element, 'src') !== null : !!findAll(element, 'iframe')[0];

export function createSources(): Sources {
  const changes = new WeakMap<Element, Change>();
  return {
    put(element, source, put) {
      const value = attribute(element, source.attribute);
      if (isOpen(element) || (value === null && !source.carry)) return null;
      const carried = (source.carry ?? carryInQuery)(value ?? '', put);
      const { text } = carried;
      if (text === (value ?? '')) return carried;
      const before = changes.get(element);
      const former = before?.value === value ? before.former : value;
      changes.set(element, { attribute: source.attribute, former, value: text });
      element.setAttribute(source.attribute, text);
      return carried;
    },
    restore() {
      for (const element of findEverywhere('*')) {
        const change = changes.get(element);
        if (!change || attribute(element, change.attribute) !== change.value) continue;
        if (change.former === null) element.removeAttribute(change.attribute);
        else element.setAttribute(change.attribute, change.former);
        changes.delete(element);
      }
    },
  };
}
