/** The door of the page that we are guests on: its DOM, its console, its life. */

export { createGuard, createLog, type Guard, isDebuggedTab, type Log, PREFIX } from './console.js';
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
  write,
} from './dom.js';
export { isPrerendering, type Moments, watchPage, whenShown } from './lifecycle.js';
