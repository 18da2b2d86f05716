/**
 * Which forms we take, and why: a rule about one form. docs/forms.md has it in a marketer's words.
 */
import type { Kind } from '../../message.js';
import { attribute, controls, documentOf, fits, read } from '../dom.js';

/** Whether a form is taken, and the reason a developer is told. */
export type Choice = readonly [isTaken: boolean, reason: string];

/** The attribute with which a page marks its forms. */
export const MARK = 'data-cello-companion';

/** Decides about one form. `isAttached`: the page handed it over by `attach()`. */
export type Choose = (form: HTMLFormElement, isAttached: boolean) => Choice;

const EMAIL = '[type=email],[autocomplete~=email i],[name*=email i],[name*=e-mail i]';
const NEW_PASSWORD = '[autocomplete~="new-password" i]';
const LOGIN = / (log|sign) ?in(?!g)/;
const NO_SIGNUP = /( |password)(reset|forgot|recover|unsubscribe|opt ?out|comment|checkout|payment)/;

const has = (among: readonly Element[], selector: string): boolean => among.some((control) => fits(control, selector));

const readLower = (form: HTMLFormElement, name: string): string => (attribute(form, name) ?? '').toLowerCase();

/** Everything by which a form and its page say what they are for, as words: `/sign-in`, `resetForm` are ` sign in reset form`. */
const wordsOf = (form: HTMLFormElement, page: URL, action: URL): string =>
  [action.pathname + action.search, attribute(form, 'id'), attribute(form, 'name'), page.pathname]
    .join('/')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ');

/** Parses addresses, the same one only once: the forms of a page have most of theirs in common. */
function createParser() {
  let last: readonly [key: string, url: URL] | undefined;
  /** @throws {TypeError} If it is no URL. */
  return (address: string, base?: string): URL => {
    const key = `${base} ${address}`;
    if (last?.[0] !== key) last = [key, new URL(address, base)];
    return last[1];
  };
}

/**
 * Makes the rule.
 *
 * @param forms - The option `forms`: `auto`, `marked`, or a selector.
 * @param isOwnHost - Whether a host is this site's own.
 */
export function createChoice(forms: string, isOwnHost: (host: string) => boolean): Choose {
  const parsePage = createParser();
  const parseAction = createParser();

  /** The form's target; the page itself where it names none, or one that starts with `#`. */
  const readAction = (form: HTMLFormElement, page: URL): URL => {
    const action = (attribute(form, 'action') ?? '').trim();
    try {
      return /^[^#]/.test(action) ? parseAction(action, read(documentOf(form), 'baseURI')) : page;
    } catch {
      return page; // TypeError: no URL, so the browser submits to this page
    }
  };
  /** The first reason of `auto` to leave a form out, `null` where there is none. In doubt a form is in. */
  const findObjection = (form: HTMLFormElement, all: readonly Element[]): string | null => {
    if (!has(all, EMAIL)) return 'no e-mail field';
    const method = readLower(form, 'method');
    if (method === 'dialog') return 'closes a dialog';
    const page = parsePage(read(documentOf(form), 'URL'));
    const action = readAction(form, page);
    const isElsewhere = () => action.origin !== page.origin || action.pathname !== page.pathname;
    if (/^(get)?$/.test(method) && isElsewhere()) return 'leads elsewhere by GET';
    const words = wordsOf(form, page, action);
    if (has(all, '[autocomplete~=current-password i]') || (has(all, '[type=password]') && LOGIN.test(words)))
      return 'a login';
    const said = NO_SIGNUP.exec(words);
    if (said) return `says "${said[2]}"`;
    if (has(all, '[autocomplete*=cc- i]')) return 'a payment';
    if (readLower(form, 'role') === 'search' || has(all, '[type=search]')) return 'a search';
    return /^http/.test(action.protocol) && !isOwnHost(action.host) ? `posts to ${action.host}` : null;
  };
  return (form, isAttached) => {
    const mark = readLower(form, MARK);
    if (/^(signup|demo|off)$/.test(mark)) return [mark !== 'off', `marked "${mark}"`];
    if (isAttached) return [true, 'attached'];
    if (forms === 'marked') return [false, 'not marked'];
    if (forms !== 'auto') return [fits(form, forms), `by the selector ${forms}`];
    const all = controls(form);
    if (has(all, NEW_PASSWORD)) return [true, 'a new password'];
    const objection = findObjection(form, all);
    return [!objection, objection ?? 'an e-mail field'];
  };
}

/** What a form is for, as far as its page says it. */
export function kindOf(form: HTMLFormElement): Kind | null {
  const mark = readLower(form, MARK);
  return mark === 'demo' ? mark : mark === 'signup' || has(controls(form), NEW_PASSWORD) ? 'signup' : null;
}
