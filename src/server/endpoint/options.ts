/**
 * The endpoint's options, and their parsed form.
 */
import { MESSAGE_MAX_BYTES, type Message } from '../../message.js';
import { type CookieOptions, readCookieOptions } from '../http/index.js';
import { optional, parseAs, parseFunction, parseWhole, readOptions, required, type Values } from '../input/index.js';
import { isStoreWith, type Store } from '../store/index.js';
import type { LogEntry } from './log.js';
import { parseOrigins } from './origin.js';

/** The site's reply to a message. No reply means `recorded`. */
export interface Reply {
  /** `ignored`: received, but not used. */
  readonly status?: 'recorded' | 'ignored' | undefined;
  /** Tells the browser to forget the code: this visitor has converted. */
  readonly forget?: boolean | undefined;
}

/** How long a sender must wait. */
export interface Pause {
  readonly retryAfterSeconds: number;
}

/** The options of `createEndpoint`. */
export interface EndpointOptions {
  /**
   * Receives a message: unverified browser input. Store it, but never create an event from it alone. When this
   * resolves, the browser is told that the message is safe; if it throws, the browser retries.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: an async callback without a return gives Promise<void>
  readonly onReferral: (message: Message, request: Request) => Reply | void | Promise<Reply | void>;
  /**
   * Other origins whose pages may send messages, each spelled out, e.g. `['https://www.example.com']`. Default: this
   * origin only.
   */
  readonly allowOrigins?: readonly string[] | undefined;
  /**
   * Admits callers that are not pages, such as native apps and servers: called for each request without `Origin` and
   * `Sec-Fetch-Site`. Check a secret of yours here. Default: they are refused.
   */
  readonly authorize?: ((request: Request) => boolean | Promise<boolean>) | undefined;
  /** Makes the endpoint set our cookie itself, on a capture from its own origin. Default: it sets none. */
  readonly cookie?: CookieOptions | undefined;
  /** With a store, `onReferral` runs once per message, however often it arrives. Default: it runs each time. */
  readonly store?: Pick<Store, 'receipts'> | undefined;
  /** Returns how long a sender must wait, or `null`. Called once the message is known to be valid. */
  readonly limit?: ((request: Request) => Pause | null | Promise<Pause | null>) | undefined;
  /** The maximum size of a message, in bytes. Default: 4096, the most that the script sends. */
  readonly maxBytes?: number | undefined;
  /**
   * Receives one entry per request. Default: 5xx responses go to `console.error`, and refusals of your own pages to
   * `console.warn`, once a minute per reason.
   */
  readonly log?: ((entry: LogEntry) => unknown) | undefined;
}

const CALLER = 'createEndpoint';

const parseLimit = parseFunction<NonNullable<EndpointOptions['limit']>>();
const parseLog = parseFunction<NonNullable<EndpointOptions['log']>>();

/** The table of the options. */
const OPTIONS = {
  onReferral: required('a function', parseFunction<EndpointOptions['onReferral']>()),
  allowOrigins: optional(new Set<string>(), 'a list of origins such as ["https://www.example.com"]', (value) =>
    parseOrigins(value, CALLER),
  ),
  authorize: optional(null, 'a function', parseFunction<NonNullable<EndpointOptions['authorize']>>()),
  cookie: optional(null, 'an object', (value) => readCookieOptions(`${CALLER}({ cookie })`, value)),
  store: optional(null, 'a store such as memoryStore()', parseAs(isStoreWith('receipts'))),
  limit: optional(null, 'a function', parseLimit),
  maxBytes: optional(MESSAGE_MAX_BYTES, 'a whole number above 0', parseWhole(1, Number.MAX_SAFE_INTEGER)),
  log: optional(null, 'a function', parseLog),
};

/** The parsed options, with defaults filled in. */
export type EndpointSettings = Values<typeof OPTIONS>;

/**
 * Parses the endpoint's options.
 *
 * @throws {TypeError} Names the first invalid option.
 */
export const readEndpointOptions = (options: EndpointOptions): EndpointSettings =>
  readOptions(CALLER, options, OPTIONS);
