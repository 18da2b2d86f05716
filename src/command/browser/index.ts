/**
 * A real browser, to look at a page with: one that is on this machine, driven over the DevTools protocol.
 */
export { findBrowser } from './places.js';
export { type Answer, type Visit, visit } from './visit.js';
