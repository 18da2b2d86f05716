/** Marketo's forms. https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/javascriptapi/forms-api-reference */
import { isFree, sayTaken } from './carrier.js';
import { ask, isObject, own, personIn } from './heard.js';
import type { Joined, Room, Vendor } from './vendor.js';

function join({ guard, getPut, note, tell }: Room): Joined {
  const forms = new Map<object, Element | null>();
  const elements = new WeakSet<Element>();
  let api: unknown;
  let isStopped = false;
  const fill = (form: object, element: Element | null) => {
    const put = getPut(element);
    if (!put) return;
    const values = ask(form, 'vals');
    const value = own(values, put.carrier);
    if (!isFree(value, put)) note(element, sayTaken(put));
    else {
      if (value !== put.ucc)
        for (const method of ['addHiddenFields', 'vals']) ask(form, method, { [put.carrier]: put.ucc });
      note(element);
    }
  };
  const take = (form: unknown) => {
    if (isStopped || !isObject(form) || forms.has(form)) return;
    const found: unknown = Reflect.get(Object(ask(form, 'getFormElem')), 0); // a jQuery object
    const element = found instanceof Element ? found : null;
    forms.set(form, element);
    const onSuccess = guard((values: unknown) => {
      if (!isStopped) tell({ fields: personIn({ ...Object(values) }) }, element);
    });
    // `undefined` leaves what comes next to Marketo: `false` would stop its redirect.
    if (typeof Reflect.get(form, 'onSuccess') === 'function') {
      ask(form, 'onSuccess', (values: unknown) => onSuccess(values));
      if (element) elements.add(element);
    }
    fill(form, element);
  };
  return {
    check() {
      const found: unknown = Reflect.get(window, 'MktoForms2');
      if (found && found !== api) {
        api = found;
        ask(api, 'whenReady', guard(take));
      }
      for (const [form, element] of forms) fill(form, element);
    },
    takes: (form) => elements.has(form),
    stop() {
      isStopped = true;
    },
  };
}

export const MARKETO: Vendor = {
  word: 'marketo',
  origins: /(?!)/,
  join,
};
