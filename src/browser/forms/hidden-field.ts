/**
 * The field in one form: ours where the form has none, else those that its author put there.
 */
import { attribute, createInput, documentOf, findAll, fits, read } from '../page/index.js';
import { BUTTON, controlsOf, isCustom, MARK, readValue } from './controls.js';
import { isFocused, setValue } from './host-value.js';

/** At which moment a form is filled. */
export interface Moment {
  /** It may be submitted now: what is still empty and untouched is filled, whoever is in it. */
  readonly isSubmitting: boolean;
  /** What the person is at. */
  readonly target: EventTarget | null;
}

export interface Field {
  /** Puts the code into a form's field. Gives whether the form holds it now and did not before. */
  readonly fill: (form: Element, ucc: string, moment: Moment) => boolean;
  /** Puts the code into the fields for it that stand in no form; gives nothing back where there are none. */
  readonly fillLoose: (root: ParentNode, ucc: string, isLoose: (field: Element) => boolean) => void;
  /** Makes the data of a submission carry the code exactly once. */
  readonly correct: (data: FormData, form: HTMLFormElement, ucc: string) => void;
  /** Takes our field away and gives the host's fields their former value. */
  readonly empty: (form: Element) => void;
  /** The same for the fields that stand in no form. */
  readonly emptyLoose: (root: ParentNode) => void;
  /** Notes that a person has changed a field: from then on it is theirs. */
  readonly touch: (field: EventTarget) => void;
  /** After a reset a form's fields are nobody's again. */
  readonly release: (form: Element) => void;
  /** Whether the author put a field for the code there. One that came with the code in it is Cello's script's. */
  readonly hasOwn: (form: Element, ucc: string | null) => boolean;
}

/** Ours has a mark of its own, because a page that clones a form, or writes its HTML anew, makes further ones. */
const isOurs = (control: Element): control is HTMLInputElement => attribute(control, MARK) === 'field';
const isHidden = (control: Element): boolean => fits(control, '[type=hidden]');
/** A custom element takes a text where it has a `value`; many have `null` there until somebody writes it. */
const isFillable = (control: Element): boolean =>
  isCustom(control)
    ? 'value' in control && (control.value == null || typeof control.value === 'string')
    : fits(control, 'textarea,input:not([type=radio],[type=checkbox],[type=file])');
/** What submits nothing by itself. Disabled fields do not either: they count as absent. */
const NO_FIELD = `:disabled,fieldset,object,output,${BUTTON}`;

const nameOf = (field: Element): string => attribute(field, 'name') ?? '';

function keepOurs(form: Element, count: number): void {
  for (const field of controlsOf(form).filter(isOurs).slice(count)) field.remove();
}

function place(form: Element, name: string, ucc: string): boolean {
  const before = controlsOf(form).find(isOurs);
  if (before && before.value === ucc && nameOf(before) === name) return false;
  const field = before ?? createInput(documentOf(form));
  Object.assign(field, { type: 'hidden', name, value: ucc }).setAttribute(MARK, 'field');
  if (!before) read(form, 'appendChild').call(form, field);
  return true;
}

/** What a person does to fields, and what we wrote into them. */
function createWriter() {
  /** What we wrote into a field of the host's, and the attribute or text that stood there before. */
  const written = new WeakMap<Element, readonly [value: string, former: string | null]>();
  const touched = new WeakSet<EventTarget>();
  let isTelling = false;
  const set = (field: Element, value: string) => {
    isTelling = true;
    try {
      return setValue(field, value);
    } finally {
      isTelling = false;
    }
  };
  return {
    touch(field: EventTarget) {
      if (!isTelling) touched.add(field);
    },
    release: (field: Element) => void touched.delete(field),
    hasWritten: (field: Element) => written.has(field),
    /** Whether a field is ours to fill: a hidden one, or a visible one that nobody has filled, changed or is at. */
    isOpen(field: Element, { isSubmitting, target }: Moment): boolean {
      if (isHidden(field)) return true;
      const value = readValue(field);
      const isFree = !touched.has(field) && (!value || value === written.get(field)?.[0]);
      return isFree && (isSubmitting || (field !== target && !isFocused(field)));
    },
    write(field: Element, ucc: string): boolean {
      const value = readValue(field);
      if (value === ucc) return false;
      const [, former = isHidden(field) ? attribute(field, 'value') : value] = written.get(field) ?? [];
      written.set(field, [ucc, former]);
      return set(field, ucc);
    },
    restore(field: Element) {
      const [value, former] = written.get(field) ?? [];
      if (!written.delete(field) || readValue(field) !== value) return;
      set(field, former ?? '');
      if (former === null && readValue(field) === '') field.removeAttribute('value');
    },
  };
}

const SUBMITTING: Moment = { isSubmitting: true, target: null };

/**
 * @param names - The names of the field: a form gets those that it has, and the first where it has none.
 */
export function createField(names: readonly [string, ...string[]]): Field {
  const [ownName] = names;
  const selector = [...names.map((name) => `[name=${JSON.stringify(name)}]`), `[${MARK}=ucc i]`].join();
  const scripted = new WeakSet<Element>();
  const { touch, release, hasWritten, isOpen, write, restore } = createWriter();

  const isHosts = (element: Element): boolean =>
    fits(element, selector) && !isOurs(element) && !fits(element, NO_FIELD);
  const hostFields = (form: Element): Element[] => [
    ...new Set([...controlsOf(form), ...findAll(form, selector).filter(isCustom)].filter(isHosts)),
  ];
  const fillAll = (fields: readonly Element[], ucc: string, moment: Moment): boolean =>
    fields
      .filter((field) => isFillable(field) && isOpen(field, moment))
      .map((field) => write(field, ucc))
      .some(Boolean);
  /** Cello's script puts its own field into every form. That is not the author's word. */
  const isScripted = (field: Element, ucc: string | null): boolean => {
    const isCello = typeof Reflect.get(window, 'CelloAttribution') === 'function' && !hasWritten(field);
    if (isCello && isHidden(field) && !attribute(field, MARK) && readValue(field) === ucc) scripted.add(field);
    return scripted.has(field);
  };
  /** An element that the browser does not count as a control adds its own value, after us: Shoelace's do on `formdata`. */
  const addsItself = (field: Element, form: Element): boolean => isCustom(field) && !controlsOf(form).includes(field);
  const correctOne = (data: FormData, name: string, fields: readonly Element[], ucc: string) => {
    const closed = fields.filter((field) => isFillable(field) && !isOpen(field, SUBMITTING));
    const typed = closed.map(readValue).find(Boolean);
    const isAllLeftEmpty = fields.length === closed.length && !typed;
    if (fields.every(isFillable) && !isAllLeftEmpty) data.set(name, typed ?? ucc);
  };

  return {
    touch,
    release: (form) => controlsOf(form).forEach(release),
    hasOwn: (form, ucc) => hostFields(form).some((field) => isFillable(field) && !isScripted(field, ucc)),
    fill(form, ucc, moment) {
      const fields = hostFields(form);
      keepOurs(form, fields.length ? 0 : 1);
      return fields.length ? fillAll(fields, ucc, moment) : place(form, ownName, ucc);
    },
    fillLoose(root, ucc, isLoose) {
      const fields = findAll(root, selector).filter((field) => isHosts(field) && isLoose(field));
      fillAll(
        fields.filter((field) => isHidden(field) || attribute(field, MARK)),
        ucc,
        { isSubmitting: false, target: null },
      );
    },
    correct(data, form, ucc) {
      const fields = hostFields(form);
      if (!fields.length) data.set(ownName, ucc);
      else if (controlsOf(form).some(isOurs)) data.delete(ownName);
      for (const name of new Set(fields.map(nameOf))) {
        const namesakes = fields.filter((field) => nameOf(field) === name);
        if (name && !namesakes.some((field) => addsItself(field, form))) correctOne(data, name, namesakes, ucc);
      }
    },
    empty(form) {
      keepOurs(form, 0);
      for (const field of hostFields(form)) restore(field);
    },
    emptyLoose: (root) => findAll(root, selector).forEach(restore),
  };
}
