/**
 * What a form says of itself, read from the page for the judge. Nothing is decided here.
 */
import { attribute, documentOf, findAll, fits, read, rootOf } from '../page/index.js';
import { allControlsOf, BUTTON, isCustom, isSubmitter, readLower, readValue } from './controls.js';

/** The relevant parts of a control. Texts are as the page wrote them, everything else is in lower case. */
export interface ControlEvidence {
  /** Its `type`; `text` for an input without one; `textarea`, `select`, … for those elements. */
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly autocomplete: readonly string[];
  readonly inputmode: string;
  /** What a person reads next to it: placeholder, label, and so on. */
  readonly getHints: () => string;
  readonly isEmpty: boolean;
}

/** A submit button. */
export interface SubmitterEvidence {
  /** The text that a person reads on it. */
  readonly text: string;
  /** Its `formaction`. */
  readonly action: string | null;
  /** Its `formmethod`, `''` if missing. */
  readonly method: string;
}

/** A form, or an element that acts as one. */
export interface FormEvidence {
  /** Its `data-cello-companion`, `''` if missing. */
  readonly mark: string;
  readonly isAttached: boolean;
  /** Whether the selector in the option `forms` matches it. */
  readonly isSelected: boolean;
  /** Whether its author put a field for the code into it. */
  readonly hasOwnField: boolean;
  /** The path of its page, including a route in the hash. */
  readonly page: string;
  /** The base URL for addresses in that page. */
  readonly base: string;
  readonly action: string | null;
  readonly method: string;
  readonly role: string;
  readonly id: string;
  readonly name: string;
  readonly controls: readonly ControlEvidence[];
  /** What a person reads above it: its headings, its legend, its label. */
  readonly getTitle: () => string;
  /** Its links and plain buttons: what a person reads on each, and where it leads. */
  readonly getAsides: () => readonly string[];
  /** Its submit buttons. */
  readonly submitters: readonly SubmitterEvidence[];
  /** The button that was pressed, or `null`. */
  readonly pressed: SubmitterEvidence | null;
}

/** What the reader cannot see for itself. */
export interface Known extends Pick<FormEvidence, 'mark' | 'isAttached' | 'isSelected' | 'hasOwnField'> {
  readonly pressed: Element | null;
}

const typeOf = (control: Element): string => {
  const tag = read(control, 'localName');
  if (tag === 'input') return String(Reflect.get(control, 'type')); // `text` for `type="mail"`, which no browser knows
  if (tag === 'button') return 'button';
  return isCustom(control) ? readLower(control, 'type') : tag;
};

/** Label texts by the control they belong to. Asking each control instead makes the engine walk the page every time. */
function readLabels(form: Element): Map<Element | null, string> {
  return new Map(findAll(rootOf(form), 'label').map((label) => [Reflect.get(label, 'control'), textOf(label)]));
}

const TEXT_MAX = 200;
const textOf = (element: Element): string => (read(element, 'textContent') ?? '').slice(0, TEXT_MAX);

/** The text of the elements referenced by `aria-labelledby`. */
function readLabelledBy(control: Element): string {
  const ids = attribute(control, 'aria-labelledby')?.trim();
  if (!ids) return '';
  const selector = ids.split(/\s+/).map((id) => `[id=${JSON.stringify(id)}]`);
  return findAll(rootOf(control), selector.join()).map(textOf).join(' ');
}

const HINTS = ['placeholder', 'aria-label', 'label', 'title'];

/** Reads a control. Hints are read only when needed. */
export function createControlReader(form: Element): (control: Element) => ControlEvidence {
  let labels: Map<Element | null, string> | undefined;
  return (control) => ({
    type: typeOf(control),
    name: attribute(control, 'name') ?? '',
    id: attribute(control, 'id') ?? '',
    autocomplete: readLower(control, 'autocomplete').split(/\s+/),
    inputmode: readLower(control, 'inputmode'),
    get isEmpty() {
      return readValue(control) === '';
    },
    getHints() {
      labels ??= readLabels(form);
      const hints = HINTS.map((name) => attribute(control, name));
      const tag = isCustom(control) ? read(control, 'localName') : '';
      return [...hints, labels.get(control), readLabelledBy(control), tag].join(' ');
    },
  });
}

const readSubmitter = (button: Element): SubmitterEvidence => ({
  get text() {
    return [textOf(button), ...['value', 'aria-label', 'title'].map((name) => attribute(button, name))].join(' ');
  },
  action: attribute(button, 'formaction'),
  method: readLower(button, 'formmethod'),
});

/** The submit buttons; if there are none, all buttons, because a script may listen to any of them. */
function findSubmitters(controls: readonly Element[]): Element[] {
  const submitters = controls.filter(isSubmitter);
  return submitters[0] ? submitters : controls.filter((control) => fits(control, BUTTON));
}

/** The path of a page, and the route in its hash if there seems to be one. */
function readPage(page: Document): string {
  const { pathname, hash } = new URL(read(page, 'URL'));
  return `${pathname} ${/^#!?(\/[^?]*)/.exec(hash)?.[1] ?? ''}`;
}

/** A button without any text, such as the eye next to a password, does not reveal its purpose. */
function readPressed(pressed: Element | null, submitters: readonly Element[]): SubmitterEvidence | null {
  if (!pressed || !submitters.includes(pressed)) return null;
  const said = readSubmitter(pressed);
  return said.text.trim() || said.action !== null || said.method ? said : null;
}

/** What a person reads above a form, as far as it stands in it or names it. */
const readTitle = (form: Element): string =>
  [attribute(form, 'aria-label'), readLabelledBy(form), ...findAll(form, 'legend,h1,h2,h3,h4').map(textOf)].join(' ');

/** Reads what a form says. */
export function readEvidence(form: Element, { pressed, ...known }: Known): FormEvidence {
  const controls = allControlsOf(form);
  const submitters = findSubmitters(controls);
  const page = documentOf(form);
  return {
    ...known,
    page: readPage(page),
    base: read(page, 'baseURI'),
    action: attribute(form, 'action'),
    method: readLower(form, 'method'),
    role: readLower(form, 'role'),
    id: attribute(form, 'id') ?? '',
    name: attribute(form, 'name') ?? '',
    controls: controls.map(createControlReader(form)),
    getTitle: () => readTitle(form),
    getAsides: () => findAll(form, 'a,[type=button i]').map((one) => `${textOf(one)} ${attribute(one, 'href')}`),
    submitters: submitters.map(readSubmitter),
    pressed: readPressed(pressed, submitters),
  };
}
