/**
 * What a form fires when it is submitted, reset or read.
 */
import type { Guard } from '../page/index.js';
import { attribute, fits, isForm } from '../page/index.js';
import { around } from './attached.js';
import { SUBMITTING } from './hidden-field.js';
import { createLeaving } from './native-submit.js';
import type { UsingParts } from './using.js';

/** These stay in the form's own tree; if they reach us, we are already listening there. */
export const OF_FORMS: readonly string[] = ['reset', 'submit', 'formdata'];

/** Whether this submission only closes a dialog: https://html.spec.whatwg.org/multipage/forms.html#attr-fs-method */
const closesDialog = (form: HTMLFormElement, submitter: Element | null): boolean =>
  fits(
    submitter && attribute(submitter, 'formmethod') !== null ? submitter : form,
    '[formmethod=dialog i],[method=dialog i]',
  );

/** What submitting needs from the room. */
export interface SubmittingParts extends UsingParts {
  readonly guard: Guard;
}

export interface Submitting {
  readonly react: (event: Event, path: readonly EventTarget[]) => void;
}

export function createSubmitting({ getUcc, guard, attached, field, serving, telling }: SubmittingParts): Submitting {
  const submitted = new WeakSet<HTMLFormElement>();
  let hasLooked = false;
  const forgetLook = () => {
    hasLooked = false;
  };
  const leaving = createLeaving(
    guard((form) => {
      const eligibility = submitted.has(form) ? null : serving.judge(form);
      if (eligibility) telling.tell(form, eligibility);
    }),
  );
  const onSubmit = (form: HTMLFormElement, submitter: Element | null) => {
    if (closesDialog(form, submitter)) return;
    submitted.add(form);
    serving.press(form, submitter);
    telling.watch(form);
    const eligibility = serving.serve(form, SUBMITTING, true);
    // On a page that is one large form, a part of it may be attached.
    const part = attached.findStandIn([...around(submitter)]);
    const ofPart = part && serving.serve(part, SUBMITTING);
    if (part && ofPart) telling.tell(part, ofPart);
    else if (eligibility) telling.tell(form, eligibility);
  };
  const onFormData = (form: HTMLFormElement, data: FormData) => {
    // A script that reads many forms at once reads them from one page.
    const ucc = getUcc(!hasLooked, true);
    if (!hasLooked) queueMicrotask(forgetLook);
    hasLooked = true;
    const eligibility = ucc ? serving.judge(form) : null;
    if (ucc && eligibility?.field.is) field.correct(data, form, ucc);
    if (eligibility?.submission.is) leaving.expect(form);
  };
  return {
    react(event, [target = null]) {
      const { type } = event;
      if (type === 'click') leaving.follow(event);
      if (!isForm(target)) return;
      if (type === 'submit') onSubmit(target, Reflect.get(event, 'submitter') ?? null);
      if (type === 'formdata') onFormData(target, Reflect.get(event, 'formData'));
      if (type === 'reset') field.release(target);
    },
  };
}
