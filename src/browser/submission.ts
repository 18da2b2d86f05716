/**
 * What a visitor submitted: the fields that the site asked for, and whether it is the same submission once more.
 */
import { attribute, controls, fits } from './natives.js';

/** A control's value; `null` where it submits none, or where it is nobody's business. */
function textOf(control: Element, isSecret: (control: Element) => boolean): string | null {
  if (
    isSecret(control) ||
    fits(control, ':disabled,[type=file i],[type=radio i]:not(:checked),[type=checkbox i]:not(:checked)')
  )
    return null;
  const value: unknown = Reflect.get(control, 'value');
  return typeof value === 'string' ? value : null;
}

/** A password, or a card's number, by what it says of itself: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill-field */
const isDeclaredSecret = (control: Element): boolean =>
  fits(control, '[type=password i]') ||
  /(^|\s)(\S+-password|cc-\S*)\s*$/i.test(attribute(control, 'autocomplete') ?? '');

export interface Submissions {
  /** Remembers which controls hold a password now, because a page may show it as text later. */
  readonly watch: (form: HTMLFormElement) => void;
  /** The first non-empty value of each of these names. */
  readonly readFields: (form: HTMLFormElement, names: readonly string[]) => Record<string, string>;
  /** Whether this form was submitted with the same contents a moment ago: a double click. Counts as a submission. */
  readonly isRepeat: (form: HTMLFormElement) => boolean;
}

/** Two submits of one form with equal contents within this time are one. */
const REPEAT_MS = 1000;

/**
 * @param now - A clock in milliseconds that nobody sets back.
 */
export function createSubmissions(now: () => number = () => performance.now()): Submissions {
  const secrets = new WeakSet<Element>();
  const last = new WeakMap<HTMLFormElement, { readonly contents: string; readonly at: number }>();
  const isSecret = (control: Element) => secrets.has(control) || isDeclaredSecret(control);
  return {
    watch(form) {
      for (const control of controls(form)) if (isDeclaredSecret(control)) secrets.add(control);
    },
    readFields(form, names) {
      const fields: Record<string, string> = {};
      for (const control of controls(form)) {
        const name = attribute(control, 'name') ?? '';
        const value = names.includes(name) && !fields[name] && textOf(control, isSecret);
        if (value) fields[name] = value;
      }
      return fields;
    },
    isRepeat(form) {
      const contents = JSON.stringify(controls(form).map((control) => textOf(control, isDeclaredSecret)));
      const before = last.get(form);
      const at = now();
      last.set(form, { contents, at });
      return !!before && before.contents === contents && at - before.at < REPEAT_MS;
    },
  };
}
