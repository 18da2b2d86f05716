/**
 * Serves one form at a time: judges it, and adds the code or removes it.
 */
import type { Kind } from '../../message.js';
import { documentOf, fits, isDocument, rootOf } from '../page/index.js';
import type { Attached } from './attached.js';
import { MARK, readLower } from './controls.js';
import { createJudge, describe, type Eligibility } from './eligibility.js';
import { readEvidence } from './evidence.js';
import type { Field, Moment } from './hidden-field.js';
import { isLeftToItsOwn } from './roots.js';

/** What serving needs from the rest. */
export interface ServingOptions {
  /** The option `forms`. */
  readonly forms: string;
  /** The code; `null` if there is none, or none that may be used. If asked to look, it looks everywhere again. */
  readonly getUcc: (isToLook: boolean) => string | null;
  readonly isOwnHost: (host: string) => boolean;
  readonly onFilled: (form: Element, kind: Kind | null) => void;
  /** Called for every form when it is first judged, and when an answer changes; `null`: nobody needs to know. */
  readonly onJudged: ((form: Element, eligibility: Eligibility) => void) | null;
  readonly attached: Attached;
  readonly field: Field;
}

export interface Serving {
  /** Whether we may touch a form, or a tree with forms. */
  readonly isReached: (node: Node) => boolean;
  /** Judges a form as it is now, with the code known so far; `null`: we may not touch it. */
  readonly judge: (form: Element) => Eligibility | null;
  /**
   * Judges a form, and writes the code into it or removes it. With `isToLook`, the code is looked up again, as on the first
   * call. `null`: there is no code, or we may not touch the form.
   */
  readonly serve: (form: Element, moment: Moment, isToLook?: boolean) => Eligibility | null;
  readonly hasServed: (form: Element) => boolean;
  /** Records which button was pressed last, `null` if none. */
  readonly press: (form: Element, button: Element | null) => void;
}

type JudgingOptions = Omit<ServingOptions, 'onFilled'>;

/** Judges forms, and reports each new answer. */
function createJudging({ forms, getUcc, isOwnHost, onJudged, attached, field }: JudgingOptions) {
  const judgeEvidence = createJudge({ forms, isOwnHost });
  const selector = forms === 'auto' || forms === 'marked' ? null : forms;
  const pressed = new WeakMap<Element, Element | null>();
  const told = new WeakMap<Element, string>();

  const tell = (form: Element, eligibility: Eligibility) => {
    const text = describe(eligibility);
    if (told.get(form) !== text) onJudged?.(form, eligibility);
    told.set(form, text);
  };
  return {
    press: (form: Element, button: Element | null) => void pressed.set(form, button),
    judge(form: Element): Eligibility {
      const evidence = readEvidence(form, {
        mark: readLower(form, MARK),
        isAttached: !!attached.optionsOf(form),
        isSelected: !!selector && fits(form, selector),
        hasOwnField: field.hasOwn(form, getUcc(false)),
        pressed: pressed.get(form) ?? null,
      });
      const eligibility = judgeEvidence(evidence);
      if (onJudged) tell(form, eligibility);
      return eligibility;
    },
  };
}

export function createServing(options: ServingOptions): Serving {
  const { getUcc, onFilled, onJudged, attached, field } = options;
  const { judge, press } = createJudging(options);
  const served = new WeakSet<Element>();
  const isReached = (node: Node): boolean => {
    if (isLeftToItsOwn(isDocument(node) ? node : documentOf(node))) return false;
    // If we are in a closed root, that is because another form in it is, or was, attached.
    const isClosed = Reflect.get(rootOf(node), 'mode') === 'closed';
    return !isClosed || !!attached.optionsOf(node);
  };
  return {
    isReached,
    press,
    judge: (form) => (isReached(form) ? judge(form) : null),
    hasServed: (form) => served.has(form),
    serve(form, moment, isToLook = false) {
      const ucc = getUcc(isToLook || !served.has(form));
      served.add(form);
      if (!isReached(form)) return null;
      const eligibility = ucc || onJudged ? judge(form) : null; // without a code there is nothing to judge
      if (!ucc || !eligibility?.field.is) field.empty(form);
      else if (field.fill(form, ucc, moment)) onFilled(form, attached.kindOf(form));
      return ucc ? eligibility : null;
    },
  };
}
