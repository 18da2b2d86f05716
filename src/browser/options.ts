/**
 * The options: one table of names, accepted values and defaults. A data attribute is the option's name in kebab case.
 */
import { CELLO_COOKIE, COOKIE, COOKIE_DAYS } from '../cookie.js';
import { type Consent, isConsent } from './consent.js';
import type { Embed } from './embeds/index.js';
import { findAll, type Log, PREFIX, read } from './page/index.js';

/** The options of `start()`. The script tag takes the same ones as data attributes: `cookieDomain` is `data-cookie-domain`. */
export interface Options {
  /** Path or http(s) URL of the site's own endpoint. Without one, nothing is sent. */
  readonly endpoint?: string | undefined;
  /** Name of the hidden field, or several as a list or in one string. Default `ucc`. */
  readonly field?: string | readonly string[] | undefined;
  /** `auto`, `marked`, or a CSS selector. Default `auto`. */
  readonly forms?: string | undefined;
  /**
   * Which form fields are copied into the message, as a list or in one string: `email`, `name`, `phone` and `company` by
   * meaning, any other word as a field's name or id. Never a password.
   */
  readonly include?: string | readonly string[] | undefined;
  /** Which messages are sent automatically: `capture`, `submit`. Default: both. */
  readonly send?: string | readonly ('capture' | 'submit')[] | undefined;
  /** How many milliseconds from `start()` `getUcc()` waits for Cello's script. Default 3000. */
  readonly timeout?: number | undefined;
  /** Name of Cello's cookie. Default `cello-referral`. */
  readonly cookie?: string | undefined;
  /** How many days our own cookie keeps the code. 0: not kept. Default 90. */
  readonly remember?: number | undefined;
  /** `auto`: the widest domain the browser accepts; `host`: only this host; or a domain. */
  readonly cookieDomain?: string | undefined;
  /** Hosts to which links on this page carry the code, as a list or in one string. */
  readonly links?: string | readonly string[] | undefined;
  /** The visitor's consent. Default `granted`; `pending` under Global Privacy Control. */
  readonly consent?: Consent | undefined;
  /** Vendors' widgets that carry the code: `[calendly(), calcom()]` of `cello-companion/embeds`. Default: none. */
  readonly embeds?: readonly Embed[] | undefined;
  /** Logs to the console, with a reason for every form. */
  readonly debug?: boolean | undefined;
}

/** One name, or several. */
export type Names = readonly [string, ...string[]];

/** The options after parsing: complete, each of a single type. */
export interface Settings {
  readonly endpoint: string | null;
  readonly field: Names;
  readonly forms: string;
  readonly include: readonly string[];
  readonly send: readonly string[];
  readonly timeout: number;
  readonly cookie: string;
  readonly remember: number;
  readonly cookieDomain: string;
  readonly links: readonly string[];
  readonly consent: Consent | null;
  readonly embeds: readonly Embed[];
  readonly debug: boolean;
}

const text = (value: unknown, shape: RegExp) => (typeof value === 'string' && shape.test(value) ? value : undefined);

function words(value: unknown, shape: RegExp): string[] | undefined {
  const all: unknown = typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value;
  if (!Array.isArray(all)) return undefined;
  const fitting = all.flatMap((word: unknown) => text(word, shape) ?? []);
  return fitting.length === all.length ? fitting : undefined;
}

function amount(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number < Infinity ? number : undefined;
}

/** A path needs a base: on `about:blank`, where unit tests often run, there is none, and nothing is sent. */
function parseEndpoint(value: unknown): string | null | undefined {
  if (typeof value !== 'string' || !value.trim()) return undefined;
  const base = read(document, 'baseURI');
  if (value.startsWith('/') && !/^https?:/.test(base)) return null;
  try {
    const url = new URL(value, base);
    return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.href : undefined;
  } catch {
    return undefined; // TypeError: not a URL
  }
}

function parseForms(value: unknown): string | undefined {
  try {
    if (typeof value !== 'string') return undefined;
    new DocumentFragment().querySelector(value);
    return value;
  } catch {
    return undefined; // SyntaxError: not a selector
  }
}

/** Such a field would hide the form's own property from the page: https://github.com/facebook/react/issues/34944 */
function parseField(value: unknown): Names | undefined {
  // A name may contain spaces inside brackets: `meta[referral code]`.
  const all: unknown = typeof value === 'string' ? value.split(/[\s,]+(?![^[\]]*\])/).filter(Boolean) : value;
  const [first, ...others] = words(all, /\S/) ?? [];
  const isTaken = [first, ...others].some((name) => name && name in HTMLFormElement.prototype);
  return first && !isTaken ? [first, ...others] : undefined;
}

const isEmbed = (value: unknown): value is Embed => 'watch' in Object(value);

/** Gives an option's value as this door has it: parsed, or the default if it is missing or refused. */
type Take = <T>(name: keyof Options, fallback: T, expected: string, parse: (value: unknown) => T | undefined) => T;

/** The table: option, default, accepted values in words, and a parser that returns `undefined` for anything else. */
const takeAll = (take: Take): Settings => ({
  endpoint: take<string | null>('endpoint', null, 'a path or an http(s) URL', parseEndpoint),
  field: take<Names>('field', ['ucc'], 'field names that are no property of a form', parseField),
  forms: take('forms', 'auto', '"auto", "marked" or a CSS selector', parseForms),
  include: take<readonly string[]>('include', [], 'names of form fields', (value) => words(value, /./)),
  send: take<readonly string[]>('send', ['capture', 'submit'], '"capture", "submit", both or none', (value) =>
    words(value, /^(capture|submit)$/),
  ),
  timeout: take('timeout', 3000, 'milliseconds', amount),
  cookie: take('cookie', CELLO_COOKIE, 'a cookie name', (value) =>
    value === COOKIE ? undefined : text(value, /^[^\s=;,]+$/),
  ),
  remember: take('remember', COOKIE_DAYS, 'days', amount),
  cookieDomain: take('cookieDomain', 'auto', '"auto", "host" or a domain', (value) =>
    text(value, /^\.?[\w-]+(\.[\w-]+)*$/)?.replace(/^\./, ''),
  ),
  links: take<readonly string[]>('links', [], 'host names', (value) => words(value, /^[\w.-]+(:\d+)?$/)),
  consent: take<Consent | null>('consent', null, '"granted", "pending" or "denied"', (value) =>
    isConsent(value) ? value : undefined,
  ),
  embeds: take<readonly Embed[]>('embeds', [], 'vendors of cello-companion/embeds', (value) =>
    Array.isArray(value) && value.every(isEmbed) ? value : undefined,
  ),
  debug: take('debug', false, 'true or false', (value) =>
    value === '' || `${value}` === 'true' ? true : `${value}` === 'false' ? false : undefined,
  ),
});

/** Shows what a value looked like, short enough for a console. */
const show = (value: unknown): string =>
  value === null || /^[snb][tuo]/.test(typeof value) ? JSON.stringify(value).slice(0, 80) : typeof value;

/**
 * Reads every option through one door.
 *
 * @param find - Looks up how the door spells an option, and its raw value; `undefined` if it is missing.
 * @param refuse - Called for each bad value with what was expected and what came. If it does not throw, the default is kept.
 */
const readAll = (
  find: (name: string) => readonly [label: string, value: unknown],
  refuse: (text: string) => void,
): Settings =>
  takeAll((name, fallback, expected, parse) => {
    const [label, value] = find(name);
    const parsed = value === undefined ? fallback : parse(value);
    if (parsed !== undefined) return parsed;
    refuse(`${label} must be ${expected}, got ${show(value)}`);
    return fallback;
  });

/**
 * Parses the options of `start()`.
 *
 * @throws {TypeError} On an unknown option or a bad value; names it, what was expected and what came.
 */
export function parseOptions(options: unknown): Settings {
  const refuse = (text: string): never => {
    throw new TypeError(`${PREFIX} ${text}`);
  };
  if (typeof options !== 'object' || options === null) return refuse(`options must be an object, got ${show(options)}`);
  const settings = readAll((name) => {
    const value: unknown = Reflect.get(options, name);
    // Ignore what a library adds to every object.
    return [`"${name}"`, value === Reflect.get(Object.prototype, name) ? undefined : value];
  }, refuse);
  const names = Object.keys(settings);
  for (const name of Object.keys(options))
    if (!names.includes(name)) refuse(`start has no option "${name}". Its options are ${names.join(', ')}`);
  return settings;
}

const labelOf = (name: string): string => `data-${name.replace(/[A-Z]/g, '-$&').toLowerCase()}`;

/** The edit distance: how many letters must be inserted, removed or changed to turn one word into the other. */
function distanceOf(one: string, other: string): number {
  let row = [...other, ''].map((_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [at, its] of [...other].entries())
      next.push(Math.min((next[at] ?? 0) + 1, (row[at + 1] ?? 0) + 1, (row[at] ?? 0) + (letter === its ? 0 : 1)));
    row = next;
  }
  return row[other.length] ?? 0;
}

/** A misspelled attribute fails silently, so we report it: up to two letters off, or missing its `data-`. */
function explainUnknown(name: string, known: readonly string[], log: Log): void {
  if (known.includes(name) || name === 'data-cello-companion') return;
  const full = name.startsWith('data-') ? name : `data-${name}`;
  const [nearest = ''] = [...known].sort((a, b) => distanceOf(a, full) - distanceOf(b, full));
  const text = `unknown attribute ${name}: did you mean ${nearest}?`;
  if (name === full ? distanceOf(nearest, name) <= 2 : nearest === full) log.warn(text);
  else if (name === full) log.debug(text);
}

/**
 * Parses the data attributes of our script tag.
 *
 * @param attributes - All attributes of the tag.
 * @param log - Called for each bad value, whose default is kept, and for each unknown attribute.
 */
export function parseAttributes(attributes: ReadonlyMap<string, string>, log: Log): Settings {
  // The embeds' own room parses theirs: these are words here, and functions in the options of `start()`.
  const read = (name: string) => (name === 'embeds' ? undefined : attributes.get(labelOf(name)));
  const settings = readAll((name) => [labelOf(name), read(name)], log.warn);
  const known = [...Object.keys(settings), 'embedOrigins'].map(labelOf);
  for (const name of attributes.keys()) explainUnknown(name, known, log);
  return settings;
}

/** In debug mode, says which options have no effect on the page as it is, and why. */
export function explainSettings({ endpoint, forms, links, consent }: Settings, log: Log): void {
  if (!endpoint) log.debug('no endpoint: forms carry the code, and nothing is sent');
  if (consent === 'pending') log.debug('consent is pending: nothing is stored before setConsent("granted")');
  if (!/^(auto|marked)$/.test(forms) && !findAll(document, forms).length)
    log.debug(`forms: the selector ${forms} matches nothing on this page yet`);
  const hosts = findAll(document, 'a[href],area[href]').map((link) => Reflect.get(link, 'host'));
  for (const host of links) if (!hosts.includes(host)) log.debug(`links: none on this page leads to ${host} yet`);
}
