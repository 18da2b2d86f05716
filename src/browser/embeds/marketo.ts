/** Marketo's forms. https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/javascriptapi/forms-api-reference */
import { isFree, sayTaken } from './carrier.js';
import { ask, own, personIn } from './heard.js';
import type { Joined, Room, Vendor } from './vendor.js';

function join({ guard, getPut, isOff, carried, failed, tell }: Room): Joined {
  const forms = new Map<object, Element | null>();
  const elements = new WeakSet<Element>();
  let api: unknown;
  let isStopped = false;
  const fill = (form: object, element: Element | null) => {
    const put = getPut();
    if (!put || isOff(element)) return;
    const values = ask(form, 'vals');
    const value = own(values, put.carrier);
    if (!isFree(value, put)) failed(element, sayTaken(put));
    else {
      if (value !== put.ucc)
        for (const method of ['addHiddenFields', 'vals']) ask(form, method, { [put.carrier]: put.ucc });
      carried(element);
    }
  };
  const take = (form: unknown) => {
    if (isStopped || typeof form !== 'object' || form === null || forms.has(form)) return;
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
  kind: null,
  carrier: 'ucc',
  origins: /(?!)/,
  frames: '',
  join,
};
