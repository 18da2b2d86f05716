/**
 * Reports each submission once: what it is, and what the visitor entered.
 */
import type { Kind } from '../../message.js';
import type { Log } from '../page/index.js';
import { attribute } from '../page/index.js';
import type { Attached } from './attached.js';
import type { Eligibility } from './eligibility.js';
import { createSubmissions } from './submission.js';

/** What a submission says about itself. */
export interface Submitted {
  readonly kind: Kind | null;
  readonly form: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** What reporting needs from the rest. */
export interface TellingOptions {
  /** Which fields a message carries: the words of the option `include`. */
  readonly include: readonly string[];
  readonly onSubmitted: (submitted: Submitted, form: Element) => void;
  readonly attached: Attached;
  readonly log: Log;
}

export interface Telling {
  /** Remembers which controls hold a password now. */
  readonly watch: (form: Element) => void;
  /** A form was submitted. `isStep`: its button was clicked, which may be a further step of a submission. */
  readonly tell: (form: Element, eligibility: Eligibility, isStep?: boolean) => void;
}

export function createTelling({ include, onSubmitted, attached, log }: TellingOptions): Telling {
  const submissions = createSubmissions();
  const complain = (form: Element, missing: readonly string[], { field }: Eligibility) => {
    for (const word of missing) log.debug(`include: this form has no field for "${word}"`, form);
    // Without the field, only the message has the code, and it does not say whose it is.
    if (!field.is && (missing.includes('email') || !include.includes('email')))
      log.warn(`a form that ${field.why} is told without an e-mail address, so that nobody knows whose code it is`);
  };
  const tell = (form: Element, eligibility: Eligibility, isStep = false) => {
    if (!eligibility.submission.is || attached.optionsOf(form)?.send === false) return;
    if (submissions.isRepeat(form, isStep)) return;
    const { fields, missing } = submissions.readFields(form, include);
    complain(form, missing, eligibility);
    const name = attribute(form, 'id') || attribute(form, 'name') || null;
    onSubmitted({ kind: attached.kindOf(form), form: name, fields }, form);
  };
  return { watch: submissions.watch, tell };
}
