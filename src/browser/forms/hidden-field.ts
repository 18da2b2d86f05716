/**
 * The field in one form: ours if the form has none, otherwise the author's own.
 */
import { attribute, createInput, documentOf, findAll, fits, read } from '../page/index.js';
import { BUTTON, controlsOf, isCustom, MARK, readValue } from './controls.js';
import { isFocused, setValue } from './host-value.js';

/** The moment at which a form is filled. */
export interface Moment {
  /** The form may be submitted now: whatever is still empty and untouched is filled, even if it has the focus. */
  readonly isSubmitting: boolean;
  /** The element that the person is using. */
  readonly target: EventTarget | null;
}

/** A moment when nobody is using a field and nothing is being submitted. */
export const IDLE: Moment = { isSubmitting: false, target: null };
export const SUBMITTING: Moment = { isSubmitting: true, target: null };

export interface Field {
  /** Puts the code into a form's field. Returns whether the form holds it now and did not before. */
  readonly fill: (form: Element, ucc: string, moment: Moment) => boolean;
  /** Puts the code into fields for it that are outside any form; adds nothing if there are none. */
  readonly fillLoose: (root: ParentNode, ucc: string, isLoose: (field: Element) => boolean) => void;
  /** Makes the submitted data carry the code exactly once. */
  readonly correct: (data: FormData, form: HTMLFormElement, ucc: string) => void;
  /** Removes our field and restores the former value of the host's fields. */
  readonly empty: (form: Element) => void;
  /** The same for fields outside any form. */
  readonly emptyLoose: (root: ParentNode) => void;
  /** Records that a person has changed a field: from then on, we leave it alone. */
  readonly touch: (field: EventTarget) => void;
  /** After a reset, we may fill a form's fields again. */
  readonly release: (form: Element) => void;
  /** Whether the author added a field for the code. One that arrived with the code in it comes from Cello's script. */
  readonly hasOwn: (form: Element, ucc: string | null) => boolean;
}

/** Our field has a mark, because a page that clones a form, or rewrites its HTML, creates copies of it. */
const isOurs = (control: Element): control is HTMLInputElement => attribute(control, MARK) === 'field';
const isHidden = (control: Element): boolean => fits(control, '[type=hidden]');
/** A custom element accepts text if it has a `value`, which is often `null` until someone sets it. */
const isFillable = (control: Element): boolean =>
  isCustom(control)
    ? 'value' in control && (control.value == null || typeof control.value === 'string')
    : fits(control, 'textarea,input:not([type=radio],[type=checkbox],[type=file])');
/** What submits nothing by itself. Disabled fields do not either: they are treated as absent. */
const NO_FIELD = `:disabled,fieldset,object,output,${BUTTON}`;

/**
 * Whether a field's own rules take the code. An invite code with a `pattern` that does not would keep the form from being
 * submitted, with a text that nobody typed. Asked of a copy, so that neither page nor person sees it.
 */
function accepts(field: Element, ucc: string): boolean {
  if (isHidden(field) || isCustom(field)) return true;
  const copy = read(field, 'cloneNode').call(field, false);
  Reflect.set(Object.getPrototypeOf(copy), 'value', ucc, copy);
  const validity: unknown = Reflect.get(Object.getPrototypeOf(copy), 'validity', copy);
  return validity instanceof ValidityState ? validity.valid : true;
}

const nameOf = (field: Element): string => attribute(field, 'name') ?? '';

function keepOurs(form: Element, count: number): void {
  for (const field of controlsOf(form).filter(isOurs).slice(count)) field.remove();
}

function place(form: Element, name: string, ucc: string): boolean {
  const before = controlsOf(form).find(isOurs);
  if (before && before.value === ucc && nameOf(before) === name) return false;
  const field = before ?? createInput(documentOf(form));
  Object.assign(field, { type: 'hidden', name, value: ucc }).setAttribute(MARK, 'field');
  // Not last: Tailwind's `space-y` and Bootstrap's input groups space and round what is `:last-child`, so the page would jump.
  if (!before) read(form, 'insertBefore').call(form, field, read(form, 'lastElementChild'));
  return true;
}

/** What a person does to fields, and what we wrote into them. */
function createWriter() {
  /** What we wrote into a host's field, and the attribute or text it had before. */
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
    /** Whether we may fill a field: a hidden one, or a visible one that is empty, unchanged and not in use. */
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

/** An element that the browser does not count as a control adds its own value, after us: Shoelace's do on `formdata`. */
const addsItself = (field: Element, form: Element): boolean => isCustom(field) && !controlsOf(form).includes(field);

/** Cello's script puts its own field into every form. That is not the author's choice. */
function createScriptedCheck(hasWritten: (field: Element) => boolean) {
  const scripted = new WeakSet<Element>();
  return (field: Element, ucc: string | null): boolean => {
    const isCello = typeof Reflect.get(window, 'CelloAttribution') === 'function' && !hasWritten(field);
    if (isCello && isHidden(field) && !attribute(field, MARK) && readValue(field) === ucc) scripted.add(field);
    return scripted.has(field);
  };
}

/** @param names - The names of the field: a form gets those that it already has, or else the first. */
export function createField(names: readonly [string, ...string[]]): Field {
  const [ownName] = names;
  const selector = [...names.map((name) => `[name=${JSON.stringify(name)}]`), `[${MARK}=ucc i]`].join();
  const { touch, release, hasWritten, isOpen, write, restore } = createWriter();
  const isScripted = createScriptedCheck(hasWritten);

  const isHosts = (element: Element): boolean =>
    fits(element, selector) && !isOurs(element) && !fits(element, NO_FIELD);
  const hostFields = (form: Element): Element[] => [
    ...new Set([...controlsOf(form), ...findAll(form, selector).filter(isCustom)].filter(isHosts)),
  ];
  const fillAll = (fields: readonly Element[], ucc: string, moment: Moment): boolean =>
    fields
      .filter((field) => isFillable(field) && isOpen(field, moment) && accepts(field, ucc))
      .map((field) => write(field, ucc))
      .some(Boolean);
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
        IDLE,
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
