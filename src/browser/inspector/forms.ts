/**
 * The forms of a page as the companion sees them, and the frames that it does not see into.
 */
import { controlsOf, type Eligibility, isLeftToItsOwn, MARK, readIncluded, readValue } from '../forms/index.js';
import { attribute, documentIn, findAll, fits, read } from '../page/index.js';
import type { Internals } from './internals.js';
import type { FieldState, FormState, FrameState } from './snapshot.js';

/** The host element of our own panel. */
export const PANEL = 'cello-companion-inspector';

const selectorOf = (names: readonly string[]): string =>
  [...names.map((name) => `[name=${JSON.stringify(name)}]`), `[${MARK}=ucc i]`, `[${MARK}=field]`].join();

function readField(field: Element, ucc: string | null): FieldState {
  const value = readValue(field);
  return {
    name: attribute(field, 'name') ?? attribute(field, 'id') ?? '',
    type: attribute(field, 'type') ?? read(field, 'localName'),
    isOurs: attribute(field, MARK) === 'field',
    holds: !value ? 'nothing' : value === ucc ? 'code' : 'something else',
  };
}

/** A short name that a person can find in the page. */
function nameForm(form: Element, index: number): string {
  const [id, name] = [attribute(form, 'id'), attribute(form, 'name')];
  if (id) return `#${id}`;
  return name ? `“${name}”` : `no. ${index + 1}`;
}

/** Where a form posts to: without its query, and without our own host. */
function readTarget(form: Element): string | null {
  const action = attribute(form, 'action')?.trim();
  if (!action) return null;
  try {
    const { protocol, host, pathname } = new URL(action, read(document, 'baseURI'));
    if (!/^https?:$/.test(protocol)) return null;
    return host === location.host ? pathname : `${host}${pathname}`;
  } catch {
    return null; // TypeError: not a URL
  }
}

function readForm(form: Element, index: number, { forms, settings, finder }: Internals): FormState {
  const { field, include } = settings;
  const answers: Eligibility | null = forms.judge(form);
  const { missing } = readIncluded(form, include, () => false);
  const fields = controlsOf(form).filter((control) => fits(control, selectorOf(field)));
  return {
    name: nameForm(form, index),
    kind: forms.attached.kindOf(form),
    answers,
    target: readTarget(form),
    fields: fields.map((one) => readField(one, finder.current()?.ucc ?? null)),
    isSilent: forms.attached.optionsOf(form)?.send === false,
    included: include.filter((word) => !missing.includes(word)),
    missing,
    hasEmail: !readIncluded(form, ['email'], () => false).missing.length,
  };
}

/** Every form in reach. */
export const readForms = (parts: Internals): FormState[] =>
  [...new Set(parts.forms.list())].map((form, index) => readForm(form, index, parts));

/** A document, and the open shadow roots in it. */
function* treesIn(root: ParentNode): Generator<ParentNode> {
  yield root;
  for (const element of findAll(root, '*')) {
    const inside = read(element, 'shadowRoot');
    if (inside) yield* treesIn(inside);
  }
}

/** Hidden frames belong to tag managers and captchas: nobody signs up in them. */
const isSeen = (frame: Element): boolean => {
  const { width, height } = frame.getBoundingClientRect();
  return width > 1 && height > 1;
};

function hostOf(frame: Element): string {
  try {
    return new URL(attribute(frame, 'src') ?? '', read(document, 'baseURI')).host || 'this page';
  } catch {
    return 'this page'; // TypeError: not a URL
  }
}

function readFrame(frame: Element): FrameState[] {
  if (!isSeen(frame)) return [];
  const inside = documentIn(frame);
  const isSandboxed = fits(frame, '[sandbox]:not([sandbox~=allow-same-origin])');
  if (inside) return isLeftToItsOwn(inside) ? [{ host: hostOf(frame), why: 'its own companion' }] : [];
  return [{ host: hostOf(frame), why: isSandboxed ? 'sandboxed' : 'another origin' }];
}

/** The frames that nobody on this page can see into. Not those inside `served`: widgets that carry the code. */
export const readFrames = (served: readonly Element[]): FrameState[] =>
  [...treesIn(document)].flatMap((tree) =>
    findAll(tree, 'iframe,frame')
      .filter((frame) => !served.some((widget) => widget.contains(frame)))
      .flatMap(readFrame),
  );

/** Custom elements that show nothing of what is inside, and may hold a form in a closed shadow root. */
export const readClosed = (): string[] => {
  const all = findAll(document, ':defined').filter(
    (element) =>
      read(element, 'localName').includes('-') &&
      read(element, 'localName') !== PANEL &&
      !read(element, 'shadowRoot') &&
      !read(element, 'childElementCount'),
  );
  return [...new Set(all.map((element) => read(element, 'localName')))].slice(0, 5);
};

/** How many hidden fields for the code stand outside any form. */
export const countLooseFields = (names: readonly string[]): number =>
  findAll(document, selectorOf(names)).filter((field) => !Reflect.get(field, 'form') && fits(field, 'input')).length;
