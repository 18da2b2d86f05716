/**
 * What the bindings share, whatever the framework: a provider's share of the page's companion, and its field.
 */
export { showField } from './field.js';
export { type Calls, createSession, type Session } from './session.js';
