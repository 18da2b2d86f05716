/**
 * Which form fields are copied into the message: the words of the option `include`, by meaning or by name.
 */
import { attribute, fits } from '../page/index.js';
import { allControlsOf, BUTTON, isCustom, readValue } from './controls.js';
import { asksForEmail, isText } from './eligibility.js';
import { type ControlEvidence, createControlReader } from './evidence.js';
import {
  CARD,
  COMPANY,
  EMAIL,
  FAMILY_NAME,
  GIVEN_NAME,
  NAME,
  PASSWORD,
  PHONE,
  SOMEBODY_ELSE,
  wordsOf,
} from './words.js';

/** How a control says what it asks for. */
interface Meaning {
  /** https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill-field */
  readonly token: RegExp;
  readonly type?: string;
  readonly words: RegExp;
  /** Words that give it a different meaning. */
  readonly except?: RegExp;
}

const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['email', { token: /^email$/, type: 'email', words: EMAIL, except: SOMEBODY_ELSE }],
  [
    'phone',
    { token: /^tel(-national)?$/, type: 'tel', words: PHONE, except: / (zip|post|code|otp|pin|year|vat|tax) / },
  ],
  [
    'company',
    {
      token: /^organization$/,
      words: COMPANY,
      except: / (size|url|website|role|type|e ?mail|phone|address|industry) /,
    },
  ],
  ['name', { token: /^name$/, words: NAME }],
]);

/** The two halves of a person's name, if a form asks for them separately. */
const HALVES: readonly Meaning[] = [
  {
    token: /^given-name$/,
    words: GIVEN_NAME,
  },
  {
    token: /^family-name$/,
    words: FAMILY_NAME,
  },
];

/** The last part of a name: `name` in `wpforms[fields][name]`, which is not a user's name. */
const partOf = (name: string): string => /\[([^\][]+)\](?:\[\])?$/.exec(name)?.[1] ?? name;

/** How well a control fits a meaning: 0 is best, `null` is no match. */
function rank(control: ControlEvidence, word: string, { token, type, words, except }: Meaning): number | null {
  const says = (text: string) => words.test(wordsOf(text)) && !except?.test(wordsOf(text));
  const isLiteral =
    word && [control.name, partOf(control.name), control.id].some((name) => name.toLowerCase() === word);
  if (isLiteral || control.autocomplete.some((one) => token.test(one))) return 0;
  if (type && control.type === type) return except?.test(wordsOf(`${control.name} ${control.id}`)) ? null : 1;
  if (!isText(control)) return null;
  if (word === 'email') return asksForEmail(control) ? 2 : null;
  if (says(partOf(control.name)) || says(control.id)) return 2;
  return control.type !== 'hidden' && says(control.getHints()) ? 3 : null;
}

/** Whether a control's type or `autocomplete` says that it holds a password or card data. */
export const saysSecret = (control: Element): boolean =>
  fits(control, '[type=password i]') || /(^|\s)cc-|-password(\s|$)/i.test(attribute(control, 'autocomplete') ?? '');

/** The same, or by its name. */
function isSecret(control: Element): boolean {
  const words = wordsOf(`${attribute(control, 'name')} ${attribute(control, 'id')}`);
  return saysSecret(control) || PASSWORD.test(words) || CARD.test(words);
}

const SILENT = `${BUTTON},[type=file],:is([type=radio],[type=checkbox]):not(:checked)`;

/** What a person entered in a control; `null` if it is private or the control has no text to give. */
export const textOf = (control: Element): string | null =>
  isSecret(control) || (fits(control, SILENT) && !isCustom(control)) ? null : readValue(control);

/** What was found, and the words for which the form has no field. */
export interface Included {
  readonly fields: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}

/** A control that may be copied: what it says, and its text. */
interface Entry {
  readonly said: ControlEvidence;
  readonly text: string;
}

/** The first text among the best matches, `''` if all are empty, `undefined` if there is no match. */
function findBest(entries: readonly Entry[], rankOf: (said: ControlEvidence) => number | null): string | undefined {
  const ranked = entries.flatMap(({ said, text }) => {
    const place = rankOf(said);
    return place === null ? [] : { place, text };
  });
  ranked.sort((a, b) => a.place - b.place);
  return (ranked.find(({ text }) => text.trim()) ?? ranked[0])?.text;
}

function findWord(entries: readonly Entry[], word: string): string | undefined {
  const meaning = MEANINGS.get(word);
  if (!meaning) return findBest(entries, ({ name, id }) => (name === word ? 0 : id === word ? 1 : null));
  const whole = findBest(entries, (said) => rank(said, word, meaning));
  if (word !== 'name' || whole) return whole;
  const halves = HALVES.map((half) => findBest(entries, (said) => rank(said, '', half)));
  return halves.filter((half) => half?.trim()).join(' ') || whole || halves.find((half) => half !== undefined);
}

/**
 * Reads the requested fields of a form.
 *
 * @param words - `email`, `name`, `phone` and `company` by meaning; any other word is a field's name or id.
 * @param isHeldBack - Whether a control was previously seen with a password.
 */
export function readIncluded(
  form: Element,
  words: readonly string[],
  isHeldBack: (control: Element) => boolean,
): Included {
  if (!words.length) return { fields: {}, missing: [] };
  const read = createControlReader(form);
  const entries = allControlsOf(form).flatMap((control): Entry[] => {
    const text = isHeldBack(control) || fits(control, ':disabled') ? null : textOf(control);
    return text === null ? [] : [{ said: read(control), text }];
  });
  const found = words.map((word) => [word, findWord(entries, word)] as const);
  return {
    fields: Object.fromEntries(found.flatMap(([word, text]) => (text?.trim() ? [[word, text]] : []))),
    missing: found.flatMap(([word, text]) => (text === undefined ? [word] : [])),
  };
}
