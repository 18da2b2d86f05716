/**
 * The endpoint's options, and what they come to.
 */
import { MESSAGE_MAX_BYTES, type Message } from '../../message.js';
import { isFields } from '../input.js';
import { checkOptionNames, createMistake } from '../mistake.js';
import { type CookieOptions, type CookieSettings, parseCookieOptions } from '../set-cookie.js';
import type { Store } from '../store/index.js';
import { type LogEntry, logToConsole } from './log.js';
import { parseOrigins } from './origin.js';

/** What the site may say to a message. Nothing means: recorded. */
export interface Reply {
  /** `ignored`: received, and of no use. */
  readonly status?: 'recorded' | 'ignored' | undefined;
  /** The browser is to forget the code: this visitor has converted. */
  readonly forget?: boolean | undefined;
}

/** How long a sender has to wait. */
export interface Pause {
  readonly retryAfterSeconds: number;
}

/** What `createEndpoint` is told. */
export interface EndpointOptions {
  /**
   * Takes a message: an anonymous claim. Store it; never make an event from it alone. When this settles the browser is
   * told that it is safe; if it throws, the browser tries again.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: an async callback without a return gives Promise<void>
  readonly onReferral: (message: Message, request: Request) => Reply | void | Promise<Reply | void>;
  /** Other origins whose pages may send, each exactly, e.g. `['https://www.example.com']`. Default: this origin only. */
  readonly allowOrigins?: readonly string[] | undefined;
  /** Lets the endpoint set our cookie itself, on a capture from its own origin. Default: it sets none. */
  readonly cookie?: CookieOptions | undefined;
  /** With a store `onReferral` runs once per message, however often it comes. Default: as often as it comes. */
  readonly store?: Pick<Store, 'receipts'> | undefined;
  /** Says how long a sender has to wait, or `null`. Asked when the message is understood. */
  readonly limit?: ((request: Request) => Pause | null | Promise<Pause | null>) | undefined;
  /** The most that a message may weigh, in bytes. Default: 4096, the most that the script sends. */
  readonly maxBytes?: number | undefined;
  /** Takes one entry per request. Default: what answers 5xx goes to `console.error`. */
  readonly log?: ((entry: LogEntry) => unknown) | undefined;
}

/** The options, checked and filled up. */
export interface Settings {
  readonly onReferral: EndpointOptions['onReferral'];
  readonly allowed: ReadonlySet<string>;
  readonly cookie: CookieSettings | null;
  readonly store: Pick<Store, 'receipts'> | null;
  readonly limit: NonNullable<EndpointOptions['limit']> | null;
  readonly maxBytes: number;
  readonly log: (entry: LogEntry) => unknown;
}

const NAMES = ['onReferral', 'allowOrigins', 'cookie', 'store', 'limit', 'maxBytes', 'log'];

/**
 * Checks the endpoint's options.
 *
 * @throws {TypeError} That names the first option that is wrong.
 */
export function parseOptions(options: EndpointOptions): Settings {
  checkOptionNames('createEndpoint', options, NAMES);
  const { onReferral, allowOrigins, cookie, store, limit, maxBytes = MESSAGE_MAX_BYTES, log } = options;
  for (const [name, value] of Object.entries({ onReferral, limit, log }))
    if (typeof value !== 'function' && (value !== undefined || name === 'onReferral'))
      throw createMistake(name, 'a function', value);
  if (store !== undefined && !(isFields(store) && isFields(store.receipts)))
    throw createMistake('store', 'a store such as memoryStore()', store);
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1)
    throw createMistake('maxBytes', 'a whole number above 0', maxBytes);
  return {
    onReferral,
    allowed: parseOrigins(allowOrigins),
    cookie: cookie === undefined ? null : parseCookieOptions('cookie', cookie),
    store: store ?? null,
    limit: limit ?? null,
    maxBytes,
    log: log ?? logToConsole,
  };
}
