/**
 * The trees of a page in which widgets may be: its document, and the open shadow roots in it.
 */
import { MAY_HOLD_TREE } from '../forms/index.js';
import { findAll, fits, isElement, read } from '../page/index.js';

/** The elements at or below a node that match a selector. */
export const findWithin = (node: ParentNode, selector: string): Element[] => [
  ...(isElement(node) && fits(node, selector) ? [node] : []),
  ...findAll(node, selector),
];

/** A node, and every open shadow root at or below it. */
export const treesIn = (node: ParentNode): ParentNode[] => [
  node,
  ...findWithin(node, MAY_HOLD_TREE).flatMap((one) => {
    const inside = read(one, 'shadowRoot');
    return inside ? treesIn(inside) : [];
  }),
];

/** The elements of the page that match a selector, in whichever tree. */
export const findEverywhere = (selector: string): Element[] =>
  treesIn(document).flatMap((tree) => findAll(tree, selector));
