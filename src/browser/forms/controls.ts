/**
 * The controls of a form, or of an element that acts as one: native controls, and custom elements that work like them.
 */
import { attribute, findAll, fits, isForm, read } from '../page/index.js';

/** The attribute with which a page marks its forms and fields, and we mark ours. */
export const MARK = 'data-cello-companion';

/** Buttons, which hold no text that a person entered. */
export const BUTTON = 'button,[type=submit],[type=button],[type=reset]';

const NATIVE = 'button,fieldset,input,object,output,select,textarea';

/** Elements that may be custom and say what they ask for, such as `<sl-input type="email">`. */
const CUSTOM = '[type],[name],[label],[placeholder],[autocomplete],[inputmode],[aria-label]';

/** Whether an element is not one of the browser's own. */
export const isCustom = (element: Element): boolean => read(element, 'localName').includes('-');

/**
 * What a form submits, in order: its own descendants and the controls that refer to it by `form="id"`. For any other
 * element, the controls inside it.
 */
export const controlsOf = (form: Element): Element[] =>
  isForm(form) ? Array.prototype.slice.call(read(form, 'elements')) : findAll(form, NATIVE);

/** The same, plus custom elements that the browser does not count as controls, but whose attributes say they are. */
export function allControlsOf(form: Element): Element[] {
  const own = controlsOf(form);
  return [...own, ...findAll(form, CUSTOM).filter((element) => isCustom(element) && !own.includes(element))];
}

/** A control's text, or `null` if it has none to give. */
export function readValue(control: Element): string | null {
  const value: unknown = Reflect.get(control, 'value');
  return typeof value === 'string' ? value : null;
}

/** An attribute in lower case, trimmed; `''` if missing. */
export const readLower = (element: Element, name: string): string =>
  (attribute(element, name) ?? '').trim().toLowerCase();

/** Whether a button submits: https://html.spec.whatwg.org/multipage/form-elements.html#attr-button-type */
export const isSubmitter = (element: Element): boolean =>
  fits(element, 'button:not([type=button i],[type=reset i]),input:is([type=submit i],[type=image i])') ||
  (isCustom(element) && fits(element, '[type=submit i]'));
