/**
 * Calls back for each element that may be a widget, as it comes or changes, in the document and in open shadow roots.
 */
import { type Guard, isElement } from '../page/index.js';
import { findWithin, treesIn } from './trees.js';
import type { Embed } from './vendor.js';

/** @param isFresh - It has just come or changed, so that its frame loads anyway. */
type OnElement = (element: Element, isFresh: boolean) => void;

export interface Observing {
  /** Looks through the whole page, and observes every tree in it from now on. */
  readonly look: () => void;
  readonly stop: () => void;
}

export function createObserving(all: readonly Embed[], guard: Guard, onElement: OnElement): Observing {
  const sources = all.flatMap(({ vendor }) => vendor.sources ?? []);
  const selector = ['iframe', 'form', ...sources.map((source) => source.selector)].join();
  const options = {
    childList: true,
    subtree: true,
    attributeFilter: ['src', 'data-cal-link', ...sources.map((source) => source.attribute)],
  };
  let isOn = false;
  const undefinedNames = new Set<string>();
  const look = () => {
    isOn = true;
    search(document, false);
  };
  /** An element that is defined later gets its shadow root then, of which no observer hears. */
  const awaitDefinitions = (tree: ParentNode) => {
    for (const { localName } of findWithin(tree, ':not(:defined)')) {
      if (undefinedNames.has(localName)) continue;
      undefinedNames.add(localName);
      customElements.whenDefined(localName).then(
        guard(() => isOn && look()),
        () => undefined, // SyntaxError: a built-in element with `is`
      );
    }
  };
  const search = (node: ParentNode, isFresh: boolean) => {
    for (const tree of treesIn(node)) {
      if (!isElement(tree)) observer.observe(tree, options);
      awaitDefinitions(tree);
      for (const element of findWithin(tree, selector)) guard(() => onElement(element, isFresh))(null);
    }
  };
  const observer = new MutationObserver(
    guard((records: readonly MutationRecord[]) => {
      for (const { type, target, addedNodes } of records)
        for (const node of type === 'attributes' ? [target] : addedNodes) if (isElement(node)) search(node, true);
    }),
  );
  return {
    look,
    stop() {
      isOn = false;
      observer.disconnect();
    },
  };
}
