/**
 * HubSpot's forms: the new editor's (https://developers.hubspot.com/docs/api-reference/latest/marketing/forms/global-form-events),
 * and the legacy ones, which are ordinary forms with a property of HubSpot's.
 */
import { setValue } from '../forms/index.js';
import { attribute, documentIn, findAll, fits } from '../page/index.js';
import { isFree, sayTaken } from './carrier.js';
import { bareName, own, personIn, textIn, valuesIn } from './heard.js';
import { joinEditor, NEW } from './hubspot-editor.js';
import type { Heard, Joined, Room, Vendor } from './vendor.js';

const LEGACY = 'form:is([id^=hsForm_],.hs-form)';

/** The trees in which legacy forms are: the page, and HubSpot's frames without an address. */
const treesOf = (): (Document | null)[] => [
  document,
  ...findAll(document, 'iframe:is(.hs-form-iframe,[id^=hs-form-iframe])').map(documentIn),
];

const findLegacy = (): Element[] => treesOf().flatMap((tree) => (tree ? findAll(tree, LEGACY) : []));

/** The id of a legacy form, as its messages have it. */
const idOf = (form: Element): string =>
  attribute(form, 'data-form-id') ?? (attribute(form, 'id') ?? '').replace(/^hsForm_/, '');

/** Whether a form has this id; HubSpot may append one of its own to it. */
const isCalled = (form: Element, id: string): boolean => idOf(form) === id || idOf(form).startsWith(`${id}_`);

function fillLegacy({ getPut, note }: Room): void {
  for (const form of findLegacy()) {
    const put = getPut(form);
    if (!put) continue;
    const property = findAll(form, 'input').find((input) => bareName(attribute(input, 'name')) === put.carrier);
    const value: unknown = property && Reflect.get(property, 'value');
    if (!property) note(form, `the form has no property ${put.carrier}`);
    else if (value === put.ucc || (isFree(value, put) && setValue(property, put.ucc))) note(form);
    else note(form, sayTaken(put));
  }
}

function join(room: Room): Joined {
  const { check, stop } = joinEditor(room);
  /** Legacy forms whose submission was reported as an ordinary form's, by their ids. */
  const told = new Set<string>();
  return {
    check() {
      check();
      fillLegacy(room);
    },
    stop,
    takes(form) {
      if (fits(form, `${NEW} form`)) return true;
      if (fits(form, LEGACY)) told.add(idOf(form));
      return false;
    },
    locate({ form: id = '' }) {
      const form = findLegacy().find((one) => isCalled(one, id));
      return form && !told.has(idOf(form)) ? form : null;
    },
  };
}

export const HUBSPOT_FORMS: Vendor = {
  word: 'hubspot-forms',
  origins: /^https:\/\/([\w-]+\.)*(hubspot\.com|hsforms\.(com|net))$/,
  carry: null,
  hear(data): Heard | null {
    const id = textIn(data, 'id');
    if (own(data, 'type') !== 'hsFormCallback' || own(data, 'eventName') !== 'onFormSubmitted' || !id) return null;
    return { form: id, fields: personIn(valuesIn(own(data, 'data', 'submissionValues'))) };
  },
  join,
};
