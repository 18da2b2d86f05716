/**
 * The field in one form: ours where the form has none of that name, else the one that is there.
 */
import { attribute, controls, createInput, documentOf, fits, read } from './natives.js';

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
  /** Every form that was filled and is still alive. */
  readonly filled: () => HTMLFormElement[];
}

type Fillable = HTMLInputElement | HTMLTextAreaElement;

const isHidden = (control: Element): control is HTMLInputElement => fits(control, 'input[type=hidden i]');
const isText = (control: Element): control is Fillable =>
  fits(control, 'textarea,input:not([type=hidden i],[type=radio i],[type=checkbox i],[type=file i])');

/**
 * @param name - The name of the field.
 */
export function createField(name: string): Field {
  const ours = new WeakMap<HTMLFormElement, HTMLInputElement>();
  /** What we wrote into a field of the host's, and the attribute or text that stood there before. */
  const written = new WeakMap<Element, { readonly value: string; readonly former: string | null }>();
  const touched = new WeakSet<EventTarget>();
  const known = new WeakSet<HTMLFormElement>();
  const forms = new Set<WeakRef<HTMLFormElement>>();

  /** The host's fields of that name. Disabled ones are not submitted, so they count as absent; buttons are no fields. */
  const hostFields = (form: HTMLFormElement): Element[] =>
    controls(form).filter(
      (control) =>
        attribute(control, 'name') === name &&
        control !== ours.get(form) &&
        !fits(control, ':disabled,fieldset,object,output,button,[type=submit i],[type=button i],[type=reset i]'),
    );
  const isOpen = (control: Fillable) =>
    !touched.has(control) && (!control.value || control.value === written.get(control)?.value);
  const write = (control: Fillable, value: string): boolean => {
    if (control.value === value) return false;
    const former = written.get(control)?.former ?? (isHidden(control) ? attribute(control, 'value') : control.value);
    control.value = value;
    written.set(control, { value, former });
    return true;
  };
  const removeOurs = (form: HTMLFormElement) => {
    ours.get(form)?.remove();
    ours.delete(form);
  };
  const placeOurs = (form: HTMLFormElement, ucc: string): boolean => {
    const field = ours.get(form) ?? createInput(documentOf(form));
    const isThere = read(field, 'parentNode') === form && field.value === ucc;
    field.type = 'hidden';
    field.name = name;
    if (field.value !== ucc) field.value = ucc;
    if (read(field, 'parentNode') !== form) read(form, 'appendChild').call(form, field);
    ours.set(form, field);
    return !isThere;
  };

  return {
    filled: () => [...forms].flatMap((form) => form.deref() ?? []),
    touch: (field) => void touched.add(field),
    release(form) {
      for (const control of controls(form)) touched.delete(control);
    },
    fill(form, ucc) {
      const fields = hostFields(form);
      if (!known.has(form)) forms.add(new WeakRef(form));
      known.add(form);
      if (!fields.length) return placeOurs(form, ucc);
      removeOurs(form);
      const open = fields.filter((field): field is Fillable => isHidden(field) || (isText(field) && isOpen(field)));
      return open.map((field) => write(field, ucc)).some(Boolean);
    },
    correct(data, form, ucc) {
      const fields = hostFields(form);
      if (!fields.every((field) => isHidden(field) || isText(field))) return;
      const texts = fields.filter(isText).filter((field) => !isOpen(field));
      const typed = texts.find((field) => field.value)?.value;
      if (typed || !texts.length || texts.length < fields.length) data.set(name, typed ?? ucc);
    },
    empty(form) {
      removeOurs(form);
      for (const field of hostFields(form)) {
        const before = written.get(field);
        written.delete(field);
        if (!before || !(isHidden(field) || isText(field)) || field.value !== before.value) continue;
        if (before.former === null) field.removeAttribute('value');
        else field.value = before.former;
      }
    },
  };
}
