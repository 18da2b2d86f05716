/**
 * The endpoint's options, and what they come to.
 */
import { MESSAGE_MAX_BYTES, type Message } from '../../message.js';
import { type CookieOptions, readCookieOptions } from '../http/index.js';
import { optional, parseAs, parseFunction, parseWhole, readOptions, required, type Values } from '../input/index.js';
import { isStoreWith, type Store } from '../store/index.js';
import type { LogEntry } from './log.js';
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
  /**
   * Lets callers in that are no pages, native apps and servers: asked about each that sends neither `Origin` nor
   * `Sec-Fetch-Site`. Check a secret of yours in it. Default: they are refused.
   */
  readonly authorize?: ((request: Request) => boolean | Promise<boolean>) | undefined;
  /** Lets the endpoint set our cookie itself, on a capture from its own origin. Default: it sets none. */
  readonly cookie?: CookieOptions | undefined;
  /** With a store `onReferral` runs once per message, however often it comes. Default: as often as it comes. */
  readonly store?: Pick<Store, 'receipts'> | undefined;
  /** Says how long a sender has to wait, or `null`. Asked when the message is understood. */
  readonly limit?: ((request: Request) => Pause | null | Promise<Pause | null>) | undefined;
  /** The most that a message may weigh, in bytes. Default: 4096, the most that the script sends. */
  readonly maxBytes?: number | undefined;
  /**
   * Takes one entry per request. Default: what answers 5xx goes to `console.error`, and what a page of yours was refused
   * to `console.warn`, once a minute and reason.
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

/** The options, read and complete. */
export type EndpointSettings = Values<typeof OPTIONS>;

/**
 * Reads the endpoint's options.
 *
 * @throws {TypeError} That names the first option that is wrong.
 */
export const readEndpointOptions = (options: EndpointOptions): EndpointSettings =>
  readOptions(CALLER, options, OPTIONS);
