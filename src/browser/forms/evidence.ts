/**
 * What a form says of itself, read out of the page for the judge. Nothing is decided here.
 */
import { attribute, documentOf, findAll, fits, isDocument, isShadowRoot, read } from '../page/index.js';
import { allControlsOf, BUTTON, isCustom, isSubmitter, readLower, readValue } from './controls.js';

/** A control, as far as it matters. Texts are as the page wrote them, all else in lower case. */
export interface ControlEvidence {
  /** Its `type`; `text` for an input without one; `textarea`, `select`, … for those. */
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly autocomplete: readonly string[];
  readonly inputmode: string;
  /** What a person reads beside it: placeholder, label, and the like. */
  readonly getHints: () => string;
  readonly isEmpty: boolean;
}

/** A button that submits. */
export interface SubmitterEvidence {
  /** What a person reads on it. */
  readonly text: string;
  /** Its `formaction`. */
  readonly action: string | null;
  /** Its `formmethod`, `''` where it has none. */
  readonly method: string;
}

/** A form, or an element that stands for one. */
export interface FormEvidence {
  /** Its `data-cello-companion`, `''` where it has none. */
  readonly mark: string;
  readonly isAttached: boolean;
  /** Whether the selector in the option `forms` is for it. */
  readonly isSelected: boolean;
  /** Whether a field for the code stands in it, by the author's hand. */
  readonly hasOwnField: boolean;
  /** Path of the page that it stands in, with a route in its hash. */
  readonly page: string;
  /** What addresses in that page are relative to. */
  readonly base: string;
  readonly action: string | null;
  readonly method: string;
  readonly role: string;
  readonly id: string;
  readonly name: string;
  readonly controls: readonly ControlEvidence[];
  /** Its buttons that submit. */
  readonly submitters: readonly SubmitterEvidence[];
  /** The one that was pressed, `null` if none was. */
  readonly pressed: SubmitterEvidence | null;
}

/** What the reader cannot see. */
export interface Known extends Pick<FormEvidence, 'mark' | 'isAttached' | 'isSelected' | 'hasOwnField'> {
  readonly pressed: Element | null;
}

const typeOf = (control: Element): string => {
  const tag = read(control, 'localName');
  const type = readLower(control, 'type');
  if (tag === 'input') return type || 'text';
  if (tag === 'button') return 'button';
  return isCustom(control) ? type : tag;
};

/** The texts of labels by the control that they are for. Asked of each control, an engine walks the page each time. */
function readLabels(form: Element): Map<Element | null, string> {
  const root = read(form, 'getRootNode').call(form);
  const labels = isDocument(root) || isShadowRoot(root) ? findAll(root, 'label') : findAll(form, 'label');
  return new Map(labels.map((label) => [Reflect.get(label, 'control'), textOf(label)]));
}

const TEXT_MAX = 200;
const textOf = (element: Element): string => (read(element, 'textContent') ?? '').slice(0, TEXT_MAX);

/** The text of the elements that `aria-labelledby` names. */
function readLabelledBy(control: Element): string {
  const ids = attribute(control, 'aria-labelledby');
  const root = ids ? read(control, 'getRootNode').call(control) : null;
  if (!ids || !(isDocument(root) || isShadowRoot(root))) return '';
  const find = read(root, 'getElementById');
  return ids
    .split(/\s+/)
    .map((id) => find.call(root, id))
    .map((element) => (element ? textOf(element) : ''))
    .join(' ');
}

const HINTS = ['placeholder', 'aria-label', 'label', 'title'];

/** Reads a control. The hints are read only where they are asked for. */
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

/** Buttons that submit; where none does, all: a script may listen to any. */
function findSubmitters(controls: readonly Element[]): Element[] {
  const submitters = controls.filter(isSubmitter);
  return submitters[0] ? submitters : controls.filter((control) => fits(control, BUTTON));
}

/** Path of a page, and the route in its hash where that looks like one. */
function readPage(page: Document): string {
  const [, path = '', route = ''] =
    /^[^:]*:(?:\/\/[^/?#]*)?([^?#]*)[^#]*(?:#!?(\/[^?#]*))?/.exec(read(page, 'URL')) ?? [];
  return `${path} ${route}`;
}

/** A button that says nothing, such as an eye beside a password, tells nothing of what it is pressed for. */
function readPressed(pressed: Element | null, submitters: readonly Element[]): SubmitterEvidence | null {
  if (!pressed || !submitters.includes(pressed)) return null;
  const said = readSubmitter(pressed);
  return said.text.trim() || said.action !== null || said.method ? said : null;
}

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
    submitters: submitters.map(readSubmitter),
    pressed: readPressed(pressed, submitters),
  };
}
