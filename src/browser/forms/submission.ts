/**
 * Recognizes repeated submissions.
 */
import { attribute } from '../page/index.js';
import { allControlsOf } from './controls.js';
import { type Included, readIncluded, saysSecret, textOf } from './include.js';

export interface Submissions {
  /** Remembers which controls hold a password now, because a page may later show it as text. */
  readonly watch: (form: Element) => void;
  /** The fields that the site asked for. */
  readonly readFields: (form: Element, words: readonly string[]) => Included;
  /**
   * Whether this form was just submitted with the same contents: a double click. If its submissions are clicks (`isStep`),
   * also whether it is a further step of a person already reported, or nobody has given the address that it asks for.
   * Records the submission.
   */
  readonly isRepeat: (form: Element, isStep: boolean) => boolean;
}

/** Two submits of one form with the same contents within this time count as one. */
const REPEAT_MS = 1000;

/** @param now - A monotonic clock in milliseconds. */
export function createSubmissions(now: () => number = () => performance.now()): Submissions {
  const secrets = new WeakSet<Element>();
  const secretNames = new Set<string>();
  const last = new WeakMap<Element, readonly [contents: string, at: number]>();
  const people = new WeakMap<Element, string>();
  const namesOf = (control: Element) => ['name', 'id'].flatMap((name) => attribute(control, name) || []);
  const isHeldBack = (control: Element) =>
    secrets.has(control) || namesOf(control).some((name) => secretNames.has(name));
  const readFields = (form: Element, words: readonly string[]) => readIncluded(form, words, isHeldBack);
  /** A person is an e-mail address; where a form asks for none, what it contains. */
  const isSamePerson = (form: Element, contents: string): boolean => {
    const { fields, missing } = readFields(form, ['email']);
    const { email } = fields;
    if (!email && !missing[0]) return true;
    const before = people.get(form);
    if (before && (before === (email ?? contents) || (!email && !before.startsWith('[')))) return true;
    people.set(form, email ?? contents);
    return false;
  };
  return {
    watch(form) {
      for (const control of allControlsOf(form).filter(saysSecret)) {
        secrets.add(control);
        for (const name of namesOf(control)) secretNames.add(name);
      }
    },
    readFields,
    isRepeat(form, isStep) {
      // If a handler disables the fields, what the visitor entered is still the same.
      const contents = JSON.stringify(allControlsOf(form).map(textOf));
      const [before, at = 0] = last.get(form) ?? [];
      const isRepeat = before === contents && now() - at < REPEAT_MS;
      if (!isRepeat) last.set(form, [contents, now()]);
      // What a click began, a `submit` may end.
      return isRepeat || ((isStep || people.has(form)) && isSamePerson(form, contents));
    },
  };
}
