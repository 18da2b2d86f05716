/**
 * Which forms we take, and why: a pure rule about one form. docs/forms.md has it in a marketer's words.
 */
import type { Kind } from '../message.js';
import { attribute, controls, documentOf, fits, read } from './natives.js';

/** Whether a form is taken, and the reason a developer is told. */
export type Choice = readonly [isTaken: boolean, reason: string];

/** The attribute with which a page marks its forms. */
export const MARK = 'data-cello-companion';

type Ask = (selector: string) => boolean;

const NEW_PASSWORD = '[autocomplete~="new-password" i]';
const EMAIL = '[type=email],[autocomplete~=email i],[name*=email i],[name*=e-mail i]';
const LOGIN = / (log|sign) ?in(?!g)/;
const NO_SIGNUP = /( |password)(reset|forgot|recover|unsubscribe|opt ?out|comment|checkout|payment)/;

/** Whether one of a form's controls fits a selector. A form is asked several times, a page may have a thousand. */
const createAsk = (form: HTMLFormElement): Ask => {
  const all = controls(form);
  return (selector) => all.some((control) => fits(control, selector));
};

const readLower = (form: HTMLFormElement, name: string): string => (attribute(form, name) ?? '').toLowerCase();

/** Everything by which a form and its page say what they are for, as words: `/sign-in`, `resetForm` are ` sign in reset form`. */
const wordsOf = (form: HTMLFormElement, page: URL, action: URL): string =>
  [action.pathname + action.search, attribute(form, 'id'), attribute(form, 'name'), page.pathname]
    .join('/')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ');

/** The form's target; the page itself where it names none, or one that starts with `#`. */
function readAction(form: HTMLFormElement, page: URL): URL {
  const action = (attribute(form, 'action') ?? '').trim();
  try {
    return /^[^#]/.test(action) ? new URL(action, read(documentOf(form), 'baseURI')) : page;
  } catch {
    return page; // TypeError: no URL, so the browser submits to this page
  }
}

/** The first reason of `auto` to leave a form out, `null` where there is none. In doubt a form is in. */
function findObjection(form: HTMLFormElement, has: Ask, isOwnHost: (host: string) => boolean): string | null {
  const page = new URL(read(documentOf(form), 'URL'));
  const action = readAction(form, page);
  const words = wordsOf(form, page, action);
  const method = readLower(form, 'method');
  const isThisPage = action.origin === page.origin && action.pathname === page.pathname;
  if (!has(EMAIL)) return 'no e-mail field';
  if (method === 'dialog') return 'closes a dialog';
  if (!isThisPage && /^(get)?$/.test(method)) return 'leads elsewhere by GET';
  if (has('[autocomplete~=current-password i]') || (has('[type=password]') && LOGIN.test(words))) return 'a login';
  const said = NO_SIGNUP.exec(words);
  if (said) return `says "${said[2]}"`;
  if (has('[autocomplete*=cc- i]')) return 'a payment';
  if (readLower(form, 'role') === 'search' || has('[type=search]')) return 'a search';
  if (/^http/.test(action.protocol) && !isOwnHost(action.host)) return `posts to ${action.host}`;
  return null;
}

/**
 * Decides about one form.
 *
 * @param forms - The option `forms`: `auto`, `marked`, or a selector.
 * @param isAttached - Whether the page handed the form over by `attach()`.
 * @param isOwnHost - Whether a host is this site's own. Asked only where a form posts to another address.
 */
export function chooseForm(
  form: HTMLFormElement,
  forms: string,
  isAttached: boolean,
  isOwnHost: (host: string) => boolean,
): Choice {
  const mark = readLower(form, MARK);
  if (/^(signup|demo|off)$/.test(mark)) return [mark !== 'off', `marked "${mark}"`];
  if (isAttached) return [true, 'attached'];
  if (forms === 'marked') return [false, 'not marked'];
  if (forms !== 'auto') return [fits(form, forms), `by the selector ${forms}`];
  const has = createAsk(form);
  if (has(NEW_PASSWORD)) return [true, 'a new password'];
  const objection = findObjection(form, has, isOwnHost);
  return [!objection, objection ?? 'an e-mail field'];
}

/** What a form is for, as far as its page says it. */
export function kindOf(form: HTMLFormElement): Kind | null {
  const mark = readLower(form, MARK);
  return mark === 'demo' ? mark : mark === 'signup' || createAsk(form)(NEW_PASSWORD) ? 'signup' : null;
}
