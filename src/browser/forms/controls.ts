/**
 * The controls of a form, or of an element that stands for one: the browser's, and custom elements that do as much.
 */
import { attribute, findAll, fits, isForm, read } from '../page/index.js';

/** The attribute with which a page marks its forms and its fields, and we mark ours. */
export const MARK = 'data-cello-companion';

/** What is for pressing, and holds no text of a person. */
export const BUTTON = 'button,[type=submit],[type=button],[type=reset]';

const NATIVE = 'button,fieldset,input,object,output,select,textarea';

/** What may be a custom element that says what it asks for, such as `<sl-input type="email">`. */
const CUSTOM = `:is([type],[name],[label],[placeholder],[autocomplete],[inputmode],[aria-label]):not(${NATIVE},a,div,img,label,li,path,span,svg)`;

/** Whether it is no element of the browser's. */
export const isCustom = (element: Element): boolean => read(element, 'localName').includes('-');

/**
 * What a form submits, in its order: its own children and those that name it by `form="id"`. Of another element, what
 * stands in it.
 */
export const controlsOf = (form: Element): Element[] =>
  isForm(form) ? Array.prototype.slice.call(read(form, 'elements')) : findAll(form, NATIVE);

/** These, and the custom elements that are controls only by what they say: the browser does not count them. */
export function allControlsOf(form: Element): Element[] {
  const own = controlsOf(form);
  return [...own, ...findAll(form, CUSTOM).filter((element) => isCustom(element) && !own.includes(element))];
}

/** What a control holds: a text, or `null` where that is not the control's to say. */
export function readValue(control: Element): string | null {
  const value: unknown = Reflect.get(control, 'value');
  return typeof value === 'string' ? value : null;
}

/** An attribute in lower case, without blanks around it; `''` where there is none. */
export const readLower = (element: Element, name: string): string =>
  (attribute(element, name) ?? '').trim().toLowerCase();

/** Whether a button submits: https://html.spec.whatwg.org/multipage/form-elements.html#attr-button-type */
export const isSubmitter = (element: Element): boolean =>
  fits(element, 'button:not([type=button i],[type=reset i]),input:is([type=submit i],[type=image i])') ||
  (isCustom(element) && fits(element, '[type=submit i]'));
