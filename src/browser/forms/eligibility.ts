/**
 * Which forms we serve, and why: a table of rules about what a form says of itself. Judging needs no browser;
 * evidence.ts does the reading. docs/forms.md explains it for marketers, docs/forms-in-detail.md rule by rule.
 */
import type { ControlEvidence, FormEvidence, SubmitterEvidence } from './evidence.js';
import {
  EMAIL,
  EMAIL_EXAMPLE,
  FORMER,
  LOGIN,
  LOGOUT,
  OFFER,
  PASSWORD,
  PAYING,
  REMEMBER,
  RESET,
  SIGNUP,
  SOMEBODY_ELSE,
  SOMETHING_ELSE,
  UNMISTAKABLE,
  wordsOf,
  wordsOfPath,
} from './words.js';

/** An answer, and the reason shown to developers. */
export interface Answer {
  readonly is: boolean;
  readonly why: string;
}

/** Whether a form gets the field, and whether its submission is reported. */
export interface Eligibility {
  readonly field: Answer;
  readonly submission: Answer;
}

/** The two answers as a developer sees them: `taken: an e-mail field`. */
export const describe = ({ field, submission }: Eligibility): string => {
  if (field.is === submission.is) return `${field.is ? 'taken' : 'left out'}: ${field.why}`;
  return field.is ? `taken, and not told: ${submission.why}` : `told, and not taken: ${field.why}`;
};

const both = (is: boolean, why: string): Eligibility => ({ field: { is, why }, submission: { is, why } });

/** Controls that hold a line of text, or what an earlier step asked for. Custom elements need not say their type. */
const TEXT = /^(text|tel|email|url|hidden|)$/;

/** Whether a control holds a short text that a person may have entered. */
export const isText = ({ type }: ControlEvidence): boolean => TEXT.test(type);

/** Whether any property of a control says that it asks for an e-mail address. */
export const asksForEmail = (control: ControlEvidence): boolean => {
  const { type, autocomplete, inputmode, name, id, getHints } = control;
  if (!isText(control) || SOMEBODY_ELSE.test(wordsOf(`${name} ${id}`))) return false;
  if (type === 'email' || inputmode === 'email' || autocomplete.includes('email')) return true;
  if (EMAIL.test(wordsOf(name)) || EMAIL.test(wordsOf(id))) return true;
  const hints = type === 'hidden' ? '' : getHints();
  return EMAIL.test(wordsOf(hints)) || EMAIL_EXAMPLE.test(hints);
};

/** What a form's controls add up to. */
interface Contents {
  readonly emails: readonly ControlEvidence[];
  readonly passwords: readonly ControlEvidence[];
  readonly isNewPassword: boolean;
  readonly isFormerPassword: boolean;
  readonly isPayment: boolean;
  readonly isSearch: boolean;
}

function sumUp({ controls, method }: FormEvidence): Contents {
  // A page that shows a password makes it a text.
  const passwords = controls.filter(
    ({ type, name, id }) => type === 'password' || (type === 'text' && PASSWORD.test(wordsOf(`${name} ${id}`))),
  );
  const emails = controls.filter(asksForEmail);
  const says = (tokens: RegExp) =>
    controls.some(({ autocomplete }) => autocomplete.some((token) => tokens.test(token)));
  const isNamed = (...meanings: readonly RegExp[]) =>
    controls.some(({ name, id }) => [name, id].some((one) => meanings.every((meaning) => meaning.test(wordsOf(one)))));
  return {
    emails,
    passwords,
    isNewPassword: says(/^new-password$/) || passwords.length > 1,
    isFormerPassword: says(/^current-password$/) || (passwords.length > 0 && isNamed(PASSWORD, FORMER)),
    isPayment: says(/^cc-/) || isNamed(PAYING),
    // Country and option pickers contain a search field of their own, which has no name and is never submitted.
    isSearch: !(emails[0] && method === 'post') && controls.some(({ type, name }) => type === 'search' && name),
  };
}

/** What a form says if it is submitted with this button. */
interface Case {
  readonly contents: Contents;
  readonly form: FormEvidence;
  readonly submitter: SubmitterEvidence;
  /** Where it goes; `null`: nowhere, because a script handles it. */
  readonly target: URL | null;
  /** Its own words: in the path it goes to, its id and its name. */
  readonly words: string;
}

/** What the form itself says it is for: more than the page's path does. */
const ownWords = ({ form, submitter, words }: Case): string =>
  `${words}${wordsOf(submitter.text)}${wordsOf(form.getTitle())}`;

/** Whether a single password is a new one, because the form says so. */
const isSignup = (asked: Case, own: string = ownWords(asked)): boolean =>
  asked.contents.passwords.length === 1 && !asked.contents.isFormerPassword && SIGNUP.test(own) && !LOGIN.test(own);

/** Whether it asks who someone is. A hidden address of a known person does not, in a log-out or beside a code that was sent there. */
function asksForPerson(asked: Case): boolean {
  const { contents, form } = asked;
  if (contents.isNewPassword || isSignup(asked) || contents.emails.some(({ type }) => type !== 'hidden')) return true;
  const isCodeSent = form.controls.some(({ autocomplete }) => autocomplete.includes('one-time-code'));
  return !!contents.emails[0] && !isCodeSent && !LOGOUT.test(ownWords(asked));
}

/** Whether a person reads that it resets a password, or ends something. */
const readsElse = (text: string): boolean => UNMISTAKABLE.test(text) || (PASSWORD.test(text) && RESET.test(text));

/** What only a login has beside its fields: an offer to remember the visitor, and the way out for one who forgot. */
const isForReturning = ({ controls, getAsides }: FormEvidence): boolean =>
  controls.some(({ type, name, getHints }) => type === 'checkbox' && REMEMBER.test(wordsOf(`${name} ${getHints()}`))) ||
  getAsides().some((text) => readsElse(wordsOf(text)));

function isLogin(asked: Case): boolean {
  const { contents, form } = asked;
  if (contents.isFormerPassword) return true;
  if (contents.passwords.length !== 1 || contents.isNewPassword) return false;
  const own = ownWords(asked);
  if (SIGNUP.test(own)) return false;
  const page = wordsOfPath(form.page);
  return LOGIN.test(own) || (!SIGNUP.test(page) && (LOGIN.test(page) || isForReturning(form)));
}

/** The reasons why `auto` leaves a form out, in order. */
const OBJECTIONS: readonly ((asked: Case) => string | false | undefined)[] = [
  (asked) => !asksForPerson(asked) && 'no e-mail field',
  (asked) => isLogin(asked) && 'a login',
  // Choosing a password while paying is a sign-up.
  ({ contents }) => contents.isPayment && !contents.isNewPassword && 'a payment',
  ({ contents, form }) => (form.role === 'search' || contents.isSearch) && 'a search',
  (asked) => {
    const { form, submitter, words } = asked;
    // A form may offer a reset beside its sign-up: then its button decides.
    const title = SIGNUP.test(ownWords(asked)) ? '' : wordsOf(form.getTitle());
    const isOffer = OFFER.test(`${words}${wordsOf(submitter.text)}`);
    const said = (!isOffer && SOMETHING_ELSE.exec(words)?.[1]) || [wordsOf(submitter.text), title].find(readsElse);
    return said && `says "${said.trim()}"`;
  },
  ({ form, submitter }) => (submitter.method || form.method) === 'dialog' && 'closes a dialog',
];

/** What `auto` needs to know about the site. */
export interface Site {
  /** The option `forms`: `auto`, `marked`, or a selector. */
  readonly forms: string;
  /** Whether a host is this site's own, or listed in `links`. */
  readonly isOwnHost: (host: string) => boolean;
}

function parse(address: string, base: string): URL | null {
  try {
    const url = new URL(address, base);
    return /^https?:$/.test(url.protocol) ? url : null; // React's `javascript:`, `about:blank`, `mailto:`
  } catch {
    return null; // TypeError: not a URL, so the browser submits to this page
  }
}

/** Looks like a host, but only to a router: SolidStart's `https://action/…` never leaves the page. */
const isMadeUp = (host: string): boolean => /^[a-z]+$/.test(host) && host !== 'localhost';

/** The page's explicit choice, which outranks any guess; `null` if it made none. */
function hear(form: FormEvidence, forms: string): Eligibility | null {
  if (/^(signup|demo|off)$/.test(form.mark)) return both(form.mark !== 'off', `marked "${form.mark}"`);
  if (form.isAttached) return both(true, 'attached');
  if (form.isSelected) return both(true, `by the selector ${forms}`);
  if (form.hasOwnField) return both(true, 'a field of its own');
  if (forms === 'marked') return both(false, 'not marked');
  return forms === 'auto' ? null : both(false, `not by the selector ${forms}`);
}

const better = (before: Eligibility, after: Eligibility): Eligibility =>
  after.field.is || !before.submission.is ? after : before;

const NOBODY: SubmitterEvidence = { text: '', action: null, method: '' };

/**
 * Creates the judge of forms.
 *
 * @returns A function from a form's evidence to the two answers.
 * @example judge(evidence).field // { is: false, why: 'a login' }
 */
export function createJudge({ forms, isOwnHost }: Site): (form: FormEvidence) => Eligibility {
  const findTarget = (address: string | null, base: string): URL | null => {
    const text = address?.trim() ?? '';
    const url = /^[^#]/.test(text) ? parse(text, base) : null;
    return url && isMadeUp(url.host) && !isOwnHost(url.host) ? null : url;
  };
  const decide = (form: FormEvidence, submitter: SubmitterEvidence, contents: Contents): Eligibility => {
    const target = findTarget(submitter.action ?? form.action, form.base);
    const words = `${wordsOfPath(target?.pathname ?? '')}${wordsOf(`${form.id} ${form.name}`)}`;
    const asked: Case = { contents, form, submitter, target, words };
    for (const object of OBJECTIONS) {
      const why = object(asked);
      if (why) return both(false, why);
    }
    const yes = both(true, contents.isNewPassword || !contents.emails[0] ? 'a new password' : 'an e-mail field');
    if (target && !isOwnHost(target.host)) return { ...yes, field: { is: false, why: `goes to ${target.host}` } };
    // The single form of an ASP.NET page submits both the search and the newsletter.
    const isUnasked = form.pressed && form.submitters.length > 1 && !contents.passwords[0] && contents.emails[0];
    return isUnasked && contents.emails.every(({ isEmpty }) => isEmpty)
      ? { ...yes, submission: { is: false, why: 'an empty e-mail field' } }
      : yes;
  };
  return (form) => {
    const own = hear(form, forms);
    if (own) return own;
    const contents = sumUp(form);
    // Before a button is pressed, it could be any of them: when in doubt, we include the form.
    const [first = NOBODY, ...others] = form.pressed ? [form.pressed] : form.submitters;
    return others.reduce(
      (best, one) => (best.field.is ? best : better(best, decide(form, one, contents))),
      decide(form, first, contents),
    );
  };
}
