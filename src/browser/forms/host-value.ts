/**
 * The value of one of the host's fields, and the framework that owns it.
 */
import { fits, read, rootOf } from '../page/index.js';

/** Whether a field has the focus, in whichever tree it is. */
export const isFocused = (field: Element): boolean => {
  const root = rootOf(field);
  return Reflect.get(Object.getPrototypeOf(root), 'activeElement', root) === field;
};

/** React sets a property on every element that it owns: `__reactFiber$…`, before 17 `__reactInternalInstance$…`. */
const isReacts = (field: Element): boolean => Object.keys(field).some((key) => key.startsWith('__react'));

/**
 * React checks a field's `type` on each event, and ignores `onChange` on a hidden one
 * (https://github.com/facebook/react/blob/v19.2.0/packages/react-dom-bindings/src/events/isTextInputElement.js).
 * While it handles our events, such a field reports `text`; no attribute changes.
 */
function pretendText(field: Element): () => void {
  if (!fits(field, '[type=hidden]') || !isReacts(field)) return () => undefined;
  const property = {
    configurable: true,
    get: () => 'text',
    set: (type: unknown) => Reflect.set(Object.getPrototypeOf(field), 'type', type, field), // React sets it when it renders
  };
  Reflect.defineProperty(field, 'type', Object.assign(Object.create(null), property));
  return () => void Reflect.deleteProperty(field, 'type');
}

/**
 * Sets a value as if a person had typed it: through the prototype's setter, in case a framework watches the field's own
 * property, followed by the events that every framework listens to.
 *
 * @returns Whether the field accepted it: a number or date field accepts no text.
 */
export function setValue(field: Element, value: string): boolean {
  Reflect.set(Object.getPrototypeOf(field), 'value', value, field);
  if (Reflect.get(field, 'value') !== value) return false;
  const stop = pretendText(field);
  for (const type of ['input', 'change'])
    read(field, 'dispatchEvent').call(field, new Event(type, { bubbles: true, composed: true }));
  stop();
  return true;
}
