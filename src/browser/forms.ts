/**
 * The forms of a page, of its shadow roots and of its same-origin frames: when they are used, and when they submit.
 *
 * Nothing is watched but events. They reach every form, whenever it appears, so that a page is neither searched nor
 * observed while it changes; what events cannot reach (shadow roots) is looked for when a page is read, and found by
 * the first event inside.
 */
import type { Kind } from '../message.js';
import { chooseForm, kindOf } from './choice.js';
import { createField } from './field.js';
import { attribute, documentOf, findAll, fits, isElement, isForm, listen, read } from './natives.js';
import { createRoots, isRoot, type Root } from './roots.js';
import { createSubmissions } from './submission.js';

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
  /** Called for every form, when it is first met. */
  readonly onChosen: (form: HTMLFormElement, reason: string) => void;
  /** Called with whatever went wrong in a listener of ours: the host never sees it. */
  readonly onError: (error: unknown) => void;
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

export interface Forms {
  /** Fills a form, or everything in a root; gives the undo. */
  readonly attach: (target: HTMLFormElement | Root, handling: Handling) => () => void;
  /** Writes the code anew into the forms that have it. */
  readonly refresh: () => void;
  /** Looks for shadow roots and frames that have come since, and meets every form. */
  readonly look: () => void;
  /** Takes every field back. */
  readonly empty: () => void;
  /** Takes everything back. */
  readonly stop: () => void;
}

const TYPES = ['focusin', 'pointerdown', 'keydown', 'click', 'input', 'reset', 'submit', 'formdata', 'load'];

/** How long after `form.submit()` a page begins to leave, at the latest: docs/forms.md. */
const LEAVING_MS = 100;

/** The form that an event is about: of the control it happened in, or around it, in whichever shadow tree. */
function formOf(event: Event): HTMLFormElement | null {
  for (const node of event.composedPath()) {
    if (isForm(node)) return node;
    const isControl = isElement(node) && fits(node, 'button,input,select,textarea');
    const owner: EventTarget | null = isControl ? Reflect.get(node, 'form') : null;
    if (isForm(owner)) return owner;
  }
  return null;
}

/** Whether this submission only closes a dialog: https://html.spec.whatwg.org/multipage/forms.html#attr-fs-method */
function closesDialog(form: HTMLFormElement, submitter: Element | null): boolean {
  const method = (submitter && attribute(submitter, 'formmethod')) ?? attribute(form, 'method');
  return method?.toLowerCase() === 'dialog';
}

const rootOf = (form: HTMLFormElement): Node => read(form, 'getRootNode').call(form);

/**
 * Starts watching the page.
 *
 * @returns The verbs of the room.
 */
export function createForms(around: Surroundings): Forms {
  const field = createField(around.name);
  const submissions = createSubmissions();
  const handlings = new WeakMap<Node, Handling>();
  const used = new WeakSet<HTMLFormElement>();
  const met = new WeakSet<HTMLFormElement>();
  let submitting: HTMLFormElement | null = null;
  let linkClickMs = -Infinity;

  const handlingOf = (form: HTMLFormElement): Handling => handlings.get(form) ?? handlings.get(rootOf(form)) ?? {};
  const kindFor = (form: HTMLFormElement): Kind | null => handlingOf(form).kind ?? kindOf(form);
  const meet = (form: HTMLFormElement): boolean => {
    const { isTaken, reason } = handlings.has(form)
      ? { isTaken: true, reason: 'attached' }
      : chooseForm(form, around.forms, around.isOwnHost);
    if (!met.has(form)) around.onChosen(form, `${isTaken ? 'taken' : 'left out'}: ${reason}`);
    met.add(form);
    return isTaken;
  };
  const fill = (form: HTMLFormElement, ucc: string | null) => {
    if (ucc && field.fill(form, ucc)) around.onFilled(form, kindFor(form));
  };
  const use = (form: HTMLFormElement, isToLook: boolean) => {
    submissions.watch(form);
    fill(form, around.getUcc(isToLook || !used.has(form)));
    used.add(form);
  };
  const submit = (form: HTMLFormElement) => {
    if (handlingOf(form).send === false || submissions.isRepeat(form)) return;
    const name = attribute(form, 'id') || attribute(form, 'name') || null;
    around.onSubmitted({ kind: kindFor(form), form: name, fields: submissions.readFields(form, around.include) });
  };

  /**
   * `form.submit()` fires no `submit`, and an autosave's `new FormData(form)` fires `formdata` as well. What tells
   * them apart is that the page then leaves at once, and not by a link.
   */
  const expectLeaving = (form: HTMLFormElement) => {
    const view = read(documentOf(form), 'defaultView');
    if (!view) return;
    const stop = listen(view, ['beforeunload'], () => {
      stop();
      if (performance.now() - linkClickMs > LEAVING_MS) submit(form);
    });
    setTimeout(stop, LEAVING_MS);
  };
  const onSubmit = (form: HTMLFormElement, submitter: Element | null) => {
    if (closesDialog(form, submitter) || !meet(form)) return;
    submitting = form;
    setTimeout(() => {
      submitting = null;
    });
    use(form, true);
    submit(form);
  };
  const onFormData = (form: HTMLFormElement, data: FormData) => {
    const ucc = meet(form) && around.getUcc(true);
    if (!ucc) return;
    field.correct(data, form, ucc);
    if (submitting !== form && !closesDialog(form, null)) expectLeaving(form);
  };
  const onUse = (event: Event) => {
    const [target = null] = event.composedPath();
    const form = formOf(event);
    // The browser's own autofocus is nobody's use, and comes before a server-rendered form is hydrated.
    const isAutofocus = event.type === 'focusin' && isElement(target) && fits(target, '[autofocus]');
    if (form && (used.has(form) || !isAutofocus) && meet(form)) use(form, false);
  };
  const react = (event: Event) => {
    const [target = null] = event.composedPath();
    roots.follow(event);
    if (event.type === 'click' && event.composedPath().some((node) => isElement(node) && fits(node, 'a[href]')))
      linkClickMs = performance.now();
    if (event.type === 'submit' && isForm(target)) onSubmit(target, Reflect.get(event, 'submitter') ?? null);
    else if (event.type === 'formdata' && isForm(target)) onFormData(target, Reflect.get(event, 'formData'));
    else if (event.type === 'input' && target) field.touch(target);
    else if (event.type === 'reset' && isForm(target)) field.release(target);
    else if (event.type !== 'load') onUse(event);
  };
  const roots = createRoots(TYPES, (event) => {
    try {
      react(event);
    } catch (error) {
      around.onError(error);
    }
  });
  const attached = new Set<WeakRef<HTMLFormElement | Root>>();
  const formsIn = (target: HTMLFormElement | Root): HTMLFormElement[] =>
    isForm(target) ? [target] : findAll(target, 'form').filter(isForm);
  const serve = (target: HTMLFormElement | Root) => {
    for (const form of formsIn(target)) if (meet(form)) use(form, false);
  };
  const meetAll = () => {
    for (const form of roots.forms()) if (isForm(form)) meet(form);
  };
  roots.watch(document);
  return {
    attach(target, handling) {
      const root = isForm(target) ? rootOf(target) : target;
      const ref = new WeakRef(target);
      handlings.set(target, handling);
      attached.add(ref);
      if (isRoot(root)) roots.watch(root);
      serve(target);
      return () => {
        attached.delete(ref);
        handlings.delete(target);
        formsIn(target).forEach(field.empty);
      };
    },
    refresh() {
      const ucc = around.getUcc(false);
      for (const form of field.filled()) if (meet(form)) fill(form, ucc);
      for (const ref of attached) {
        const target = ref.deref();
        if (target) serve(target);
      }
    },
    look() {
      roots.look();
      meetAll();
    },
    empty: () => field.filled().forEach(field.empty),
    stop() {
      roots.stop();
      field.filled().forEach(field.empty);
    },
  };
}
