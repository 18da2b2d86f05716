/**
 * What a visitor submitted: the fields that the site asked for, and whether it is the same submission once more.
 */
import { attribute, BUTTON, controls, fits } from '../dom.js';

/**
 * Whether a control says of itself that it holds a password or a card's number:
 * https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill-field
 */
const isSecret = (control: Element): boolean =>
  fits(control, '[type=password]') || /(^|\s)cc-|-password(\s|$)/i.test(attribute(control, 'autocomplete') ?? '');

const SILENT = `${BUTTON},[type=file],:is([type=radio],[type=checkbox]):not(:checked)`;

/** What a person put into a control, `null` where that is nobody's business or not the control's to say. */
function textOf(control: Element): string | null {
  const value: unknown = !isSecret(control) && !fits(control, SILENT) && Reflect.get(control, 'value');
  return typeof value === 'string' ? value : null;
}

export interface Submissions {
  /** Remembers the names of the controls that hold a password now, because a page may show it as text later. */
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
  const secrets = new Set<string | null>();
  const last = new WeakMap<HTMLFormElement, readonly [contents: string, at: number]>();
  return {
    watch(form) {
      for (const control of controls(form)) if (isSecret(control)) secrets.add(attribute(control, 'name'));
    },
    readFields(form, names) {
      const fields = new Map<string, string>();
      for (const control of controls(form)) {
        const name = attribute(control, 'name') ?? '';
        const isWanted = names.includes(name) && !secrets.has(name) && !fields.has(name);
        const value = isWanted && !fits(control, ':disabled') && textOf(control);
        if (value) fields.set(name, value);
      }
      return Object.fromEntries(fields);
    },
    isRepeat(form) {
      // A handler that disables the fields changes nothing of what the visitor said.
      const contents = JSON.stringify(controls(form).map(textOf));
      const [before, at = 0] = last.get(form) ?? [];
      const isRepeat = before === contents && now() - at < REPEAT_MS;
      if (!isRepeat) last.set(form, [contents, now()]);
      return isRepeat;
    },
  };
}
