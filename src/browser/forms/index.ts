/**
 * The forms of a page, of its shadow roots and of its same-origin frames: when they are used, and when they submit.
 *
 * Nothing is watched but events. They reach every form, whenever it appears, so that a page is neither searched nor
 * observed while it changes; what events cannot reach (shadow roots) is looked for when a page is read, and found by
 * the first event inside.
 */
import type { Kind } from '../../message.js';
import { attribute, documentOf, fits, isElement, isForm, read } from '../dom.js';
import { createChoice, kindOf } from './eligibility.js';
import { createField } from './hidden-field.js';
import { createLeaving } from './native-submit.js';
import { createRoots, isLeftToItsOwn, isRoot, type Root } from './roots.js';
import { createSubmissions } from './submission.js';

export { isRoot } from './roots.js';

/** What the forms need to know of the rest. */
export interface Surroundings {
  /** The name of the field. */
  readonly name: string;
  /** The option `forms`. */
  readonly forms: string;
  /** Names of the fields a message carries. */
  readonly include: readonly string[];
  /** The code; `null`: none, or none that may be used. Asked to look, it looks everywhere anew. */
  readonly getUcc: (isToLook: boolean) => string | null;
  readonly isOwnHost: (host: string) => boolean;
  readonly onFilled: (form: HTMLFormElement, kind: Kind | null) => void;
  readonly onSubmitted: (submitted: Submitted) => void;
  /** Called for every form when it is first met; `null`: nobody wants to know. */
  readonly onChosen: ((form: HTMLFormElement, reason: string) => void) | null;
  /** Keeps what goes wrong of ours from the page: one strange form does not stop the others. */
  readonly guard: <T>(work: (value: T) => void) => (value: T) => void;
}

/** What a submission says of itself. */
export interface Submitted {
  readonly kind: Kind | null;
  readonly form: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** How a form that was handed over is treated. */
export interface Handling {
  readonly kind?: Kind | null | undefined;
  readonly send?: boolean | undefined;
}

type Target = HTMLFormElement | Root;

export interface Forms {
  /** Fills a form, or everything in a root; gives the undo. */
  readonly attach: (target: Target, handling: Handling) => () => void;
  /** Looks for shadow roots and frames that have come since, and writes the code into the forms that were used. */
  readonly refresh: () => void;
  /** Takes every field back. */
  readonly empty: () => void;
  /** Takes everything back. */
  readonly stop: () => void;
}

const USES = ['focusin', 'pointerdown', 'keydown', 'click', 'input'];
/** What a form fires stays in its own tree, where we listen already if it reaches us. */
const OF_FORMS = ['reset', 'submit', 'formdata'];

/** The form that an event is about: of the control it happened in, or around it, in whichever shadow tree. */
function formOf(path: readonly EventTarget[]): HTMLFormElement | null {
  for (const node of path) {
    const isControl = isElement(node) && fits(node, 'button,input,select,textarea');
    const form: EventTarget | null = isControl ? Reflect.get(node, 'form') : node;
    if (isForm(form)) return form;
  }
  return null;
}

const rootOf = (target: Target): Node => read(target, 'getRootNode').call(target);

/** Whether this submission only closes a dialog: https://html.spec.whatwg.org/multipage/forms.html#attr-fs-method */
const closesDialog = (form: HTMLFormElement, submitter: Element | null): boolean =>
  fits(
    submitter && attribute(submitter, 'formmethod') !== null ? submitter : form,
    '[formmethod=dialog i],[method=dialog]',
  );

/**
 * Starts watching the page.
 *
 * @returns The verbs of the room.
 */
export function createForms(around: Surroundings): Forms {
  const { guard, getUcc, onChosen } = around;
  const field = createField(around.name);
  const choose = createChoice(around.forms, around.isOwnHost);
  const submissions = createSubmissions();
  const attached = new Map<Target | Node, Handling>();
  const used = new WeakSet<HTMLFormElement>();
  const met = new WeakSet<HTMLFormElement>();
  const submitted = new WeakSet<HTMLFormElement>();
  let hasLooked = false;

  const handlingOf = (form: HTMLFormElement, root: Node = rootOf(form)): Handling | undefined =>
    attached.get(form) ?? attached.get(root);
  const kindFor = (form: HTMLFormElement): Kind | null => handlingOf(form)?.kind ?? kindOf(form);
  const meet = (form: HTMLFormElement): boolean => {
    const root = rootOf(form);
    const isAttached = !!handlingOf(form, root);
    // In a closed root we are because another form in it was handed over, or once was.
    if (isLeftToItsOwn(documentOf(form)) || (!isAttached && Reflect.get(root, 'mode') === 'closed')) return false;
    const [isTaken, reason] = choose(form, isAttached);
    if (!met.has(form)) onChosen?.(form, `${isTaken ? 'taken' : 'left out'}: ${reason}`);
    met.add(form);
    return isTaken;
  };
  const serve = (form: HTMLFormElement, isToLook: boolean) => {
    const ucc = getUcc(isToLook || !used.has(form));
    used.add(form);
    submissions.watch(form);
    if (!ucc) field.empty(form);
    else if (field.fill(form, ucc)) around.onFilled(form, kindFor(form));
  };
  const submit = (form: HTMLFormElement) => {
    if (handlingOf(form)?.send === false || submissions.isRepeat(form)) return;
    const name = attribute(form, 'id') || attribute(form, 'name') || null;
    around.onSubmitted({ kind: kindFor(form), form: name, fields: submissions.readFields(form, around.include) });
  };

  const leaving = createLeaving(
    guard((form) => {
      if (!submitted.has(form)) submit(form);
    }),
  );
  const onSubmit = (form: HTMLFormElement, submitter: Element | null) => {
    if (closesDialog(form, submitter) || !meet(form)) return;
    submitted.add(form);
    serve(form, true);
    submit(form);
  };
  const forgetLook = () => {
    hasLooked = false;
  };
  const onFormData = (form: HTMLFormElement, data: FormData) => {
    // A script that reads many forms in one go reads them of one page.
    const ucc = meet(form) && getUcc(!hasLooked);
    if (!hasLooked) queueMicrotask(forgetLook);
    hasLooked = true;
    if (!ucc) return;
    field.correct(data, form, ucc);
    leaving.expect(form);
  };
  const onUse = (type: string, path: readonly EventTarget[]) => {
    const [target = null] = path;
    const form = formOf(path);
    // The browser's own autofocus is nobody's use, and comes before a server-rendered form is hydrated.
    const isAutofocus = type === 'focusin' && isElement(target) && fits(target, '[autofocus]');
    if (form && (used.has(form) || !isAutofocus) && meet(form)) serve(form, false);
  };
  const react = (event: Event) => {
    const { type } = event;
    const path = event.composedPath();
    const [target = null] = path;
    if (!OF_FORMS.includes(type)) roots.follow(type, path);
    if (type === 'click') leaving.follow(event);
    if (type === 'input' && target) field.touch(target);
    if (USES.includes(type)) return onUse(type, path);
    if (!isForm(target)) return;
    if (type === 'submit') onSubmit(target, Reflect.get(event, 'submitter') ?? null);
    if (type === 'formdata') onFormData(target, Reflect.get(event, 'formData'));
    if (type === 'reset') field.release(target);
  };
  const roots = createRoots([...USES, ...OF_FORMS], guard(react));
  /** Does something to every form there is, or in one tree. */
  const eachForm = (
    work: (form: HTMLFormElement) => void,
    trees: readonly (Target | Node)[] = [document, ...attached.keys()],
  ) =>
    guard(() => {
      const forms = trees.flatMap((tree) => (isRoot(tree) ? roots.findForms(tree) : isForm(tree) ? tree : []));
      for (const form of forms) guard(work)(form);
    })(null);
  const serveMet = (form: HTMLFormElement) => {
    if (meet(form)) serve(form, false);
  };
  guard(roots.watch)(document);
  return {
    attach(target, handling) {
      attached.set(target, handling);
      const root = rootOf(target);
      guard(roots.watch)(isRoot(root) ? root : target);
      eachForm(serveMet, [target]);
      return () => {
        attached.delete(target);
        eachForm(field.empty, [target]);
      };
    },
    refresh: () =>
      eachForm((form) => {
        if (used.has(form)) serveMet(form);
        else if (onChosen) meet(form);
      }),
    empty: () => eachForm(field.empty),
    stop() {
      eachForm(field.empty);
      roots.stop();
    },
  };
}
