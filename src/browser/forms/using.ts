/**
 * What a person uses: a form gets the code at its first use, before any handler of the page sees the event.
 */
import { findAll, fits, isElement, isForm, rootOf } from '../page/index.js';
import type { Attached } from './attached.js';
import { allControlsOf, BUTTON, controlsOf, isSubmitter, readValue } from './controls.js';
import { type Field, SUBMITTING } from './hidden-field.js';
import { isRoot, type Root } from './roots.js';
import type { Serving } from './serving.js';
import type { Telling } from './telling.js';

/** Keystrokes read nothing again: a form is judged when it gets the focus, and when it may be submitted. */
const KEYS = ['keydown', 'input'];
export const USES: readonly string[] = ['focusin', 'pointerdown', 'click', ...KEYS];

/** What this file needs from the room. */
export interface UsingParts {
  readonly getUcc: (isToLook: boolean, isReadOnly?: boolean) => string | null;
  readonly attached: Attached;
  readonly field: Field;
  readonly serving: Serving;
  readonly telling: Telling;
}

export interface Using {
  readonly react: (event: Event, path: readonly EventTarget[]) => void;
  /** Writes the code into a tree's fields outside any form, if the tree was used. */
  readonly refresh: (tree: Root) => void;
}

/** The form of the control in which an event happened, or the form around it, in whichever shadow tree. */
function formAround(path: readonly EventTarget[]): HTMLFormElement | null {
  for (const node of path) {
    const isControl = isElement(node) && fits(node, 'button,input,select,textarea');
    const form: EventTarget | null = isControl ? Reflect.get(node, 'form') : node;
    if (isForm(form)) return form;
  }
  return null;
}

const isButton = (node: EventTarget): node is Element => isElement(node) && (fits(node, BUTTON) || isSubmitter(node));

/** Whether a click on this button submits the element that acts as a form: `[type=submit]`, or its only button. */
function isButtonOf(element: Element, button: Element): boolean {
  const named = findAll(element, '[type=submit i]');
  if (named[0]) return named.includes(button);
  const all = controlsOf(element).filter((one) => fits(one, 'button:not([type=reset i]),[type=button i]'));
  const plain = all.filter((one) => !fits(one, '[type=button i]'));
  const candidates = plain[0] ? plain : all;
  return candidates.length === 1 && candidates[0] === button;
}

/** Whether a click on this button submits a form that has no button to submit it: a script does, and no event says so. */
const isScripted = (form: Element, button: Element): boolean =>
  isButtonOf(form, button) && !allControlsOf(form).some(isSubmitter) && !fits(form, ':invalid');

/** Whether a person, or the page, has put text into it. */
const hasText = (form: Element): boolean =>
  controlsOf(form).some(
    (control) =>
      fits(control, 'textarea,input:not([type=hidden i],[type=checkbox i],[type=radio i])') && readValue(control),
  );

/** Whether a field is outside any form. */
const isLoose = (field: Element): boolean => !Reflect.get(field, 'form');

export function createUsing({ getUcc, attached, field, serving, telling }: UsingParts): Using {
  const trees = new WeakSet<Root>();

  const serveForm = (form: Element, type: string, path: readonly EventTarget[]) => {
    const button = path.find(isButton) ?? null;
    const isClicked = type === 'click' && !!button;
    serving.press(form, button);
    telling.watch(form);
    const isStandIn = !isForm(form);
    const eligibility = serving.serve(
      form,
      { isSubmitting: isClicked, target: path[0] ?? null },
      isClicked && isStandIn,
    );
    // Inside a form, the form's own `submit` is what we report.
    const isTold =
      isClicked &&
      (isStandIn
        ? isButtonOf(form, button) && !formAround([button])
        : attached.isGiven(form) && isScripted(form, button));
    if (eligibility && isTold) telling.tell(form, eligibility, true);
  };
  /** Serves the page's fields outside any form, and forms that a button elsewhere may read. */
  const serveTree = (tree: Root, isClickedOutside: boolean) => {
    const ucc = getUcc(!trees.has(tree));
    trees.add(tree);
    if (!ucc || !serving.isReached(tree)) return;
    field.fillLoose(tree, ucc, isLoose);
    if (!isClickedOutside) return;
    for (const form of findAll(tree, 'form').filter(isForm))
      if (!serving.hasServed(form) && hasText(form)) serving.serve(form, SUBMITTING);
  };
  return {
    refresh(tree) {
      if (trees.has(tree)) serveTree(tree, false);
    },
    react({ type }, path) {
      const [target = null] = path;
      if (type === 'input' && target) field.touch(target);
      // The browser's autofocus is not a use, and happens before a server-rendered form is hydrated.
      const isAutofocus = type === 'focusin' && isElement(target) && fits(target, '[autofocus]');
      const isUse = (isKnown: boolean) => (isKnown ? !KEYS.includes(type) : !isAutofocus);
      const form = attached.findStandIn(path) ?? formAround(path);
      if (form && isUse(serving.hasServed(form))) serveForm(form, type, path);
      const tree = isElement(target) ? rootOf(target) : target;
      if (isRoot(tree) && isUse(trees.has(tree))) serveTree(tree, type === 'click' && !form);
    },
  };
}
