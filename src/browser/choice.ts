/**
 * Which forms we take, and why: a pure rule about one form. docs/forms.md has it in a marketer's words.
 */
import type { Kind } from '../message.js';
import { attribute, controls, documentOf, fits, read } from './natives.js';

/** Whether a form is taken, and the reason a developer is told. */
export interface Choice {
  readonly isTaken: boolean;
  readonly reason: string;
}

/** The attribute with which a page marks its forms. */
export const MARK = 'data-cello-companion';

const NEW_PASSWORD = '[autocomplete~="new-password" i]';
const EMAIL = '[type="email" i],[autocomplete~="email" i],[name*="email" i],[name*="e-mail" i]';
const LOGIN = /(^|[^a-z])(log[-_]?in|sign[-_]?in(?!g))/;
const NO_SIGNUP = /(^|[^a-z]|password)(reset|forgot|recover|unsubscribe|opt[-_]?out|comment|checkout|payment)/;

const has = (form: HTMLFormElement, selector: string): boolean =>
  controls(form).some((control) => fits(control, selector));

const lower = (form: HTMLFormElement, name: string): string => (attribute(form, name) ?? '').toLowerCase();

/** Everything by which a form and its page say what they are for, words apart: `resetForm` is `reset-form`. */
const wordsOf = (form: HTMLFormElement): string =>
  [
    attribute(form, 'action'),
    attribute(form, 'id'),
    attribute(form, 'name'),
    read(documentOf(form), 'URL').split(/[?#]/)[0],
  ]
    .join(' ')
    .replace(/https?:\/\/[^/ ]*/g, '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();

function leadsElsewhereByGet(form: HTMLFormElement, action: URL | null): boolean {
  const page = new URL(read(documentOf(form), 'URL'));
  const isThisPage = !action || (action.origin === page.origin && action.pathname === page.pathname);
  return !isThisPage && /^(get)?$/.test(lower(form, 'method'));
}

/** The form's target, `null` where it has none of its own: no action, an empty one, one that starts with `#`. */
function readAction(form: HTMLFormElement): URL | null {
  const action = (attribute(form, 'action') ?? '').trim();
  try {
    return action && !action.startsWith('#') ? new URL(action, read(documentOf(form), 'baseURI')) : null;
  } catch {
    return null; // TypeError: no URL, so the browser submits to this page
  }
}

/** The first reason of `auto` to leave a form out, `null` where there is none. In doubt a form is in. */
function findObjection(form: HTMLFormElement, isOwnHost: (host: string) => boolean): string | null {
  const action = readAction(form);
  const words = wordsOf(form);
  if (!has(form, EMAIL)) return 'no e-mail field';
  if (lower(form, 'method') === 'dialog') return 'closes a dialog';
  if (leadsElsewhereByGet(form, action)) return 'leads elsewhere by GET';
  if (has(form, '[autocomplete~="current-password" i]') || (has(form, '[type="password" i]') && LOGIN.test(words)))
    return 'a login';
  const said = NO_SIGNUP.exec(words);
  if (said) return `says "${said[2]}"`;
  if (has(form, '[autocomplete*="cc-" i]')) return 'a payment';
  if (lower(form, 'role') === 'search' || has(form, '[type="search" i]')) return 'a search';
  if (action && /^http/.test(action.protocol) && !isOwnHost(action.host)) return `posts to ${action.host}`;
  return null;
}

/**
 * Decides about one form.
 *
 * @param forms - The option `forms`: `auto`, `marked`, or a selector.
 * @param isOwnHost - Whether a host is this site's own. Asked only where a form posts to another one than its page's.
 */
export function chooseForm(form: HTMLFormElement, forms: string, isOwnHost: (host: string) => boolean): Choice {
  const mark = lower(form, MARK);
  if (mark === 'off') return { isTaken: false, reason: 'marked "off"' };
  if (mark === 'signup' || mark === 'demo') return { isTaken: true, reason: `marked "${mark}"` };
  if (forms === 'marked') return { isTaken: false, reason: 'not marked' };
  if (forms !== 'auto') return { isTaken: fits(form, forms), reason: `by the selector ${forms}` };
  if (has(form, NEW_PASSWORD)) return { isTaken: true, reason: 'a new password' };
  const objection = findObjection(form, isOwnHost);
  return { isTaken: !objection, reason: objection ?? 'an e-mail field' };
}

/** What a form is for, as far as its page says it. */
export function kindOf(form: HTMLFormElement): Kind | null {
  const mark = lower(form, MARK);
  if (mark === 'demo' || mark === 'signup') return mark;
  return has(form, NEW_PASSWORD) ? 'signup' : null;
}
