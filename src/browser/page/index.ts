/** The door to the page that we are guests on: its DOM, its console, its lifecycle. */

export { createGuard, createLog, endDebugging, type Guard, isDebuggedTab, type Log, PREFIX } from './console.js';
export { outdateCookies, readCookies } from './cookies.js';
export {
  announce,
  attribute,
  createInput,
  createListeners,
  documentIn,
  documentOf,
  findAll,
  fits,
  isDocument,
  isElement,
  isForm,
  isServable,
  isShadowRoot,
  listen,
  read,
  rootOf,
  write,
} from './dom.js';
export { createIdleQueue, type IdleQueue } from './idle-queue.js';
export { isPrerendering, type Moments, watchPage, whenShown } from './lifecycle.js';
