/**
 * Whether it is the same submission once more.
 */
import { attribute } from '../page/index.js';
import { allControlsOf } from './controls.js';
import { type Included, readIncluded, saysSecret, textOf } from './include.js';

export interface Submissions {
  /** Remembers the controls that hold a password now, because a page may show it as text later. */
  readonly watch: (form: Element) => void;
  /** The fields that the site asked for. */
  readonly readFields: (form: Element, words: readonly string[]) => Included;
  /** Whether this form was submitted with the same contents a moment ago: a double click. Counts as a submission. */
  readonly isRepeat: (form: Element) => boolean;
  /** Whether what was clicked in an element is a further step of a person who was told already. Counts as told. */
  readonly isFurtherStep: (element: Element) => boolean;
}

/** Two submits of one form with equal contents within this time are one. */
const REPEAT_MS = 1000;

/**
 * @param now - A clock in milliseconds that nobody sets back.
 */
export function createSubmissions(now: () => number = () => performance.now()): Submissions {
  const secrets = new WeakSet<Element>();
  const secretNames = new Set<string>();
  const last = new WeakMap<Element, readonly [contents: string, at: number]>();
  const people = new WeakMap<Element, string>();
  const namesOf = (control: Element) => ['name', 'id'].flatMap((name) => attribute(control, name) || []);
  const isHeldBack = (control: Element) =>
    secrets.has(control) || namesOf(control).some((name) => secretNames.has(name));
  const readFields = (form: Element, words: readonly string[]) => readIncluded(form, words, isHeldBack);
  return {
    watch(form) {
      for (const control of allControlsOf(form).filter(saysSecret)) {
        secrets.add(control);
        for (const name of namesOf(control)) secretNames.add(name);
      }
    },
    readFields,
    isRepeat(form) {
      // A handler that disables the fields changes nothing of what the visitor said.
      const contents = JSON.stringify(allControlsOf(form).map(textOf));
      const [before, at = 0] = last.get(form) ?? [];
      const isRepeat = before === contents && now() - at < REPEAT_MS;
      if (!isRepeat) last.set(form, [contents, now()]);
      return isRepeat;
    },
    isFurtherStep(element) {
      const { email = '' } = readFields(element, ['email']).fields;
      const before = people.get(element);
      if (before !== undefined && (!email || email === before)) return true;
      if (email) people.set(element, email);
      return false;
    },
  };
}
