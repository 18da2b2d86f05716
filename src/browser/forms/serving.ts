/**
 * Serves one form at a time: judges it, puts the code into it, or takes it out again.
 */
import type { Kind } from '../../message.js';
import { documentOf, fits, isDocument, read } from '../page/index.js';
import type { Attached } from './attached.js';
import { MARK, readLower } from './controls.js';
import { createJudge, describe, type Eligibility } from './eligibility.js';
import { readEvidence } from './evidence.js';
import type { Field, Moment } from './hidden-field.js';
import { isLeftToItsOwn } from './roots.js';

/** What serving needs to know of the rest. */
export interface ServingOptions {
  /** The option `forms`. */
  readonly forms: string;
  /** The code; `null`: none, or none that may be used. Asked to look, it looks everywhere anew. */
  readonly getUcc: (isToLook: boolean) => string | null;
  readonly isOwnHost: (host: string) => boolean;
  readonly onFilled: (form: Element, kind: Kind | null) => void;
  /** Called for every form when it is first judged, and when an answer changes; `null`: nobody wants to know. */
  readonly onJudged: ((form: Element, eligibility: Eligibility) => void) | null;
  readonly attached: Attached;
  readonly field: Field;
}

export interface Serving {
  /** Whether a form, or a tree with forms, is ours to reach. */
  readonly isReached: (node: Node) => boolean;
  /** Judges a form as it is now, with the code that is known; `null`: it is not ours to reach. */
  readonly judge: (form: Element) => Eligibility | null;
  /**
   * Judges a form, and writes the code into it or takes it out. With `isToLook` the code is looked for anew, as it is
   * at the first time. `null`: there is no code, or the form is not ours to reach.
   */
  readonly serve: (form: Element, moment: Moment, isToLook?: boolean) => Eligibility | null;
  readonly hasServed: (form: Element) => boolean;
  /** Notes which button was pressed last, `null` if none. */
  readonly press: (form: Element, button: Element | null) => void;
}

type JudgingOptions = Omit<ServingOptions, 'onFilled'>;

/** Judges forms, and says so where an answer is new. */
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
    // In a closed root we are because another form in it was handed over, or once was.
    const isClosed = Reflect.get(read(node, 'getRootNode').call(node), 'mode') === 'closed';
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
      const eligibility = ucc || onJudged ? judge(form) : null; // without a code it is nobody's business
      if (!ucc || !eligibility?.field.is) field.empty(form);
      else if (field.fill(form, ucc, moment)) onFilled(form, attached.kindOf(form));
      return ucc ? eligibility : null;
    },
  };
}
