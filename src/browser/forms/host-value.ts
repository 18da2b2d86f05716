/**
 * The value of a field of the host's, and the framework that owns it.
 */
import { fits, read } from '../page/index.js';

/** Whether a field has the focus, in whichever tree it stands. */
export const isFocused = (field: Element): boolean => {
  const root = read(field, 'getRootNode').call(field);
  return Reflect.get(Object.getPrototypeOf(root), 'activeElement', root) === field;
};

/** React writes a property of its own on every element that it owns: `__reactFiber$…`, before 17 `__reactInternalInstance$…`. */
const isReacts = (field: Element): boolean => Object.keys(field).some((key) => key.startsWith('__react'));

/**
 * React asks a field's `type` for each event, and hears no `onChange` of a hidden one
 * (https://github.com/facebook/react/blob/v19.2.0/packages/react-dom-bindings/src/events/isTextInputElement.js).
 * While it is told, such a field says `text`; no attribute changes.
 */
function pretendText(field: Element): () => void {
  if (!fits(field, '[type=hidden]') || !isReacts(field)) return () => undefined;
  const property = {
    configurable: true,
    get: () => 'text',
    set: (type: unknown) => Reflect.set(Object.getPrototypeOf(field), 'type', type, field), // React does when it renders
  };
  Reflect.defineProperty(field, 'type', Object.assign(Object.create(null), property));
  return () => void Reflect.deleteProperty(field, 'type');
}

/**
 * Writes a value as a person's typing does: behind the back of a framework that watches the field's own property, and
 * told by the events that each of them listens to.
 *
 * @returns Whether the field took it: one for a number or a date takes no text.
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
