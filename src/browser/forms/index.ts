/**
 * The forms of a page, of its shadow roots and of its same-origin frames: when they are used, and when they submit.
 *
 * We only listen to events. They reach every form, whenever it appears, so we neither search nor observe a page while it
 * changes. What events cannot reach (shadow roots) is looked for when a page is read, and found at the first event inside.
 */
import type { Kind } from '../../message.js';
import type { Guard, Log } from '../page/index.js';
import { findAll, fits, isForm, read, rootOf } from '../page/index.js';
import { type Attached, type AttachOptions, createAttached, isStandIn, type Target } from './attached.js';
import type { Eligibility } from './eligibility.js';
import { createField, IDLE } from './hidden-field.js';
import { createRoots, isRoot, type Roots } from './roots.js';
import { createServing } from './serving.js';
import { createSubmitting, OF_FORMS } from './submitting.js';
import { createTelling, type Submitted } from './telling.js';
import { createUsing, USES } from './using.js';

export type { AttachOptions, Target } from './attached.js';
export { controlsOf, MARK, readValue } from './controls.js';
export { type Answer, describe, type Eligibility } from './eligibility.js';
export { setValue } from './host-value.js';
export { readIncluded } from './include.js';
export { isLeftToItsOwn, isRoot, MAY_HOLD_TREE } from './roots.js';
export type { Submitted } from './telling.js';

/** What the forms need from the rest. */
export interface FormsOptions {
  /** The names of the field: a form gets those that it already has, or else the first. */
  readonly names: readonly [string, ...string[]];
  /** The option `forms`. */
  readonly forms: string;
  /** Which fields a message carries: the words of the option `include`. */
  readonly include: readonly string[];
  /**
   * The code; `null` if there is none, or none that may be used. If asked to look, it looks everywhere again.
   * `isReadOnly`: a script reads a form that nobody has used yet.
   */
  readonly getUcc: (isToLook: boolean, isReadOnly?: boolean) => string | null;
  readonly isOwnHost: (host: string) => boolean;
  readonly onFilled: (form: Element, kind: Kind | null) => void;
  readonly onSubmitted: (submitted: Submitted, form: Element) => void;
  /** Called for every form when it is first judged, and when an answer changes; `null`: nobody needs to know. */
  readonly onJudged: ((form: Element, eligibility: Eligibility) => void) | null;
  readonly log: Log;
  /** Keeps our errors away from the page: one odd form does not affect the others. */
  readonly guard: Guard;
}

export interface Forms {
  /** Fills a form, an element that acts as one, or everything in a root; returns the undo function. */
  readonly attach: (target: Target, options: AttachOptions) => () => void;
  /** Looks for new shadow roots and frames, and writes the code into the forms that were used. */
  readonly refresh: () => void;
  /** Every form in reach, and every element that acts as one. */
  readonly list: () => Element[];
  /** Judges a form as it is now; `null`: we may not touch it. */
  readonly judge: (form: Element) => Eligibility | null;
  /** How the page treats a form, and what the form is for. */
  readonly attached: Pick<Attached, 'optionsOf' | 'kindOf'>;
  /** Removes the code from every form. */
  readonly empty: () => void;
  /** Undoes everything. */
  readonly stop: () => void;
}

/** The forms of a target: itself, or those inside it. */
const createFinder =
  (roots: Roots) =>
  (target: Target): Element[] => {
    if (isRoot(target)) return roots.findTrees(target).flatMap((tree) => findAll(tree, 'form').filter(isForm));
    return isForm(target) || isStandIn(target) ? [target] : findAll(target, 'form').filter(isForm);
  };

/** A selector that matches no form on the page is probably a mistake. Logged once, when the page is complete. */
function createSelectorCheck({ forms, log }: FormsOptions) {
  let isDone = !log.isDebugging || forms === 'auto' || forms === 'marked';
  return (find: (target: Target) => Element[]) => {
    if (isDone || read(document, 'readyState') !== 'complete') return;
    isDone = true;
    if (!find(document).some((form) => fits(form, forms))) log.debug(`forms: ${forms} fits no form on this page`);
  };
}

/**
 * Starts watching the page.
 *
 * @returns The functions of this room.
 */
export function createForms(options: FormsOptions): Forms {
  const { guard, onJudged } = options;
  const attached = createAttached();
  const field = createField(options.names);
  const serving = createServing({ ...options, attached, field });
  const telling = createTelling({ ...options, attached });
  const parts = { getUcc: options.getUcc, guard, attached, field, serving, telling };
  const using = createUsing(parts);
  const submitting = createSubmitting(parts);
  const react = (event: Event) => {
    const path = event.composedPath();
    if (!OF_FORMS.includes(event.type)) roots.follow(event.type, path);
    if (USES.includes(event.type)) using.react(event, path);
    submitting.react(event, path);
  };
  const roots = createRoots([...USES, ...OF_FORMS], guard(react));

  const formsIn = createFinder(roots);
  const checkSelector = createSelectorCheck(options);
  const list = (targets: readonly Target[] = [document, ...attached.list()]) => targets.flatMap(formsIn);
  const eachForm = (work: (form: Element) => void, targets?: readonly Target[]) =>
    guard(() => {
      for (const form of list(targets)) guard(work)(form);
    })(null);
  const empty = () => {
    eachForm(field.empty);
    guard(() => roots.findTrees(document).forEach(field.emptyLoose))(null);
  };
  guard(roots.watch)(document);
  return {
    attach(target, given) {
      const root = rootOf(target);
      const undo = attached.add(target, given);
      guard(roots.watch)(isRoot(root) ? root : target);
      eachForm((form) => void serving.serve(form, IDLE), [target]);
      return () => {
        const former = undo();
        if (former) eachForm(field.empty, [former]);
      };
    },
    refresh() {
      eachForm((form) => {
        if (serving.hasServed(form)) serving.serve(form, IDLE);
        else if (onJudged) serving.judge(form);
      });
      guard(using.refresh)(document);
      guard(checkSelector)(formsIn);
    },
    list: () => list(),
    judge: serving.judge,
    attached,
    empty,
    stop() {
      empty();
      roots.stop();
    },
  };
}
