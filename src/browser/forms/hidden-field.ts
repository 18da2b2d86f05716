/**
 * The field in one form: ours where the form has none of that name, else the one that is there.
 */

import { attribute, BUTTON, controls, createInput, documentOf, fits, read } from '../dom.js';
import { MARK } from './eligibility.js';

export interface Field {
  /** Puts the code into a form's field. Gives whether the form holds it now and did not before. */
  readonly fill: (form: HTMLFormElement, ucc: string) => boolean;
  /** Makes the data of a submission carry the code exactly once. */
  readonly correct: (data: FormData, form: HTMLFormElement, ucc: string) => void;
  /** Takes our field away and gives the host's fields their former value. */
  readonly empty: (form: HTMLFormElement) => void;
  /** Notes that a person has changed a field: from then on it is theirs. */
  readonly touch: (field: EventTarget) => void;
  /** After a reset a form's fields are nobody's again. */
  readonly release: (form: HTMLFormElement) => void;
}

type Fillable = HTMLInputElement | HTMLTextAreaElement;

/** Ours has a mark of its own, because a page that clones a form, or writes its HTML anew, makes further ones. */
const isOurs = (control: Element): control is HTMLInputElement => attribute(control, MARK) === 'field';
const isHidden = (control: Element): boolean => fits(control, '[type=hidden]');
const isFillable = (control: Element): control is Fillable =>
  fits(control, 'textarea,input:not([type=radio],[type=checkbox],[type=file])');
/** What submits nothing by itself. Disabled fields do not either: they count as absent. */
const NO_FIELD = `:disabled,fieldset,object,output,${BUTTON}`;

/**
 * @param name - The name of the field.
 */
export function createField(name: string): Field {
  /** What we wrote into a field of the host's, and the attribute or text that stood there before. */
  const written = new WeakMap<Element, readonly [value: string, former: string | null]>();
  const touched = new WeakSet<EventTarget>();

  const hostFields = (form: HTMLFormElement): Element[] =>
    read(form, 'elements').namedItem(name)
      ? controls(form).filter(
          (control) => attribute(control, 'name') === name && !isOurs(control) && !fits(control, NO_FIELD),
        )
      : [];
  /** Whether a field is ours to fill: a hidden one, or a visible one that nobody has filled or changed. */
  const isOpen = (field: Fillable): boolean =>
    isHidden(field) || (!touched.has(field) && (!field.value || field.value === written.get(field)?.[0]));
  const write = (field: Fillable, ucc: string): boolean => {
    const { value } = field;
    if (value === ucc) return false;
    const [, former = isHidden(field) ? attribute(field, 'value') : value] = written.get(field) ?? [];
    field.value = ucc;
    written.set(field, [ucc, former]);
    return field.value === ucc; // a number's or a date's field takes no text
  };
  const keepOurs = (form: HTMLFormElement, count: number) => {
    for (const field of controls(form).filter(isOurs).slice(count)) field.remove();
  };
  const place = (form: HTMLFormElement, ucc: string): boolean => {
    const field = controls(form).find(isOurs) ?? createInput(documentOf(form));
    if (field.value === ucc) return false;
    Object.assign(field, { type: 'hidden', name, value: ucc }).setAttribute(MARK, 'field');
    if (!field.form) read(form, 'appendChild').call(form, field);
    return true;
  };

  return {
    touch: (field) => void touched.add(field),
    release: (form) => controls(form).forEach(touched.delete, touched),
    fill(form, ucc) {
      const fields = hostFields(form);
      keepOurs(form, fields.length ? 0 : 1);
      if (!fields.length) return place(form, ucc);
      return fields
        .filter(isFillable)
        .filter(isOpen)
        .map((field) => write(field, ucc))
        .some(Boolean);
    },
    correct(data, form, ucc) {
      const fields = hostFields(form);
      const closed = fields.filter(isFillable).filter((field) => !isOpen(field));
      const typed = closed.find((field) => field.value)?.value;
      const isAllLeftEmpty = fields.length && fields.length === closed.length && !typed;
      if (fields.every(isFillable) && !isAllLeftEmpty) data.set(name, typed ?? ucc);
    },
    empty(form) {
      keepOurs(form, 0);
      for (const field of controls(form).filter(isFillable)) {
        const [value, former] = written.get(field) ?? [];
        if (!written.delete(field) || field.value !== value) continue;
        if (former == null) field.removeAttribute('value');
        else field.value = former;
      }
    },
  };
}
