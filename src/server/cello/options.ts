/**
 * The options of a Cello client. A mistake shows when the server starts, not at the first sign-up; only missing keys
 * are not reported before the first call.
 */
import {
  isFields,
  optional,
  parseAs,
  parseFunction,
  parseNumber,
  parseWord,
  readOptions,
  secret,
} from '../input/index.js';
import type { CallOptions } from './request.js';
import type { Keys } from './token.js';
import type { TokenCache } from './token-cache.js';

/** The options of a Cello client. One of `environment` and `baseUrl` is required. */
export interface CelloOptions {
  /**
   * From https://portal.cello.so/integrations/accesskeys. Not the product id. May be missing until the first call, so that
   * a build without secrets passes.
   */
  readonly accessKeyId: string | null | undefined;
  /** From the same page. Not the product secret. May be missing until the first call too. */
  readonly secretAccessKey: string | null | undefined;
  /** Cello's environment: keys are valid in only one of them. */
  readonly environment?: 'sandbox' | 'production' | undefined;
  /** A different base URL for the API, e.g. of a test server or a proxy. */
  readonly baseUrl?: string | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** How long one call may take, in ms. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Where short-lived processes share the access token. Default: each process logs in by itself. */
  readonly tokenCache?: TokenCache | undefined;
  /** Returns the time in ms since 1970. Default: the system clock. */
  readonly clock?: (() => number) | undefined;
}

/** The parsed options, with defaults filled in. */
export interface CelloSettings extends CallOptions {
  /** Returns the keys. Throws a `TypeError` if they are missing. */
  readonly keys: () => Keys;
  readonly tokenCache: TokenCache | null;
}

/** The servers of https://docs.cello.so/api-reference/openapi.json */
const BASE_URLS = { production: 'https://api.cello.so', sandbox: 'https://api.sandbox.cello.so' } as const;

const TIMEOUT_MS = 10_000;

/** The longest delay of a Node timer. */
const TIMEOUT_MAX_MS = 2_147_483_647;

const KEYS_PAGE = 'https://portal.cello.so/integrations/accesskeys';

/** Product ids are usually host names, such as `getmoonly.com`: https://docs.cello.so/attribution/introduction */
const HOST_NAME = /^(?:[a-z0-9-]+\.)+[a-z]{2,24}$/;

const CALLER = 'createCello';

/** Parses a key; `null` if there is none yet: an unset variable is `undefined`, `null` or an empty string. */
function parseKey(value: unknown): string | null | undefined {
  if (value === null || value === '') return null;
  return typeof value === 'string' && /^\S+$/.test(value) && value !== 'undefined' && value !== 'null'
    ? value
    : undefined;
}

function parseUrl(value: unknown): string | undefined {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    return undefined;
  return url.href.replace(/\/+$/, '');
}

const isTokenCache = (value: unknown): value is TokenCache =>
  isFields(value) && typeof value['get'] === 'function' && typeof value['set'] === 'function';

const KEY = secret(optional(null, 'a key without white space, and not the word "undefined" or "null"', parseKey));

/** The table of the options. */
const OPTIONS = {
  accessKeyId: KEY,
  secretAccessKey: KEY,
  environment: optional(null, '"sandbox" or "production"', parseWord('sandbox', 'production')),
  baseUrl: secret(optional(null, 'an absolute http(s) URL without user name, query and fragment', parseUrl)),
  fetch: optional(null, 'a function', parseFunction<typeof fetch>()),
  timeoutMs: optional(TIMEOUT_MS, 'a number of milliseconds above 0', parseNumber(Number.MIN_VALUE, TIMEOUT_MAX_MS)),
  tokenCache: optional(null, 'an object with the functions get and set', parseAs(isTokenCache)),
  clock: optional(() => Date.now(), 'a function', parseFunction<() => number>()),
};

/** Catches a mix-up: the credentials of Cello's widget do not work for its API. */
function refuseProductKeys(options: unknown): void {
  const wrong = isFields(options) && ['productId', 'productSecret'].find((name) => name in options);
  if (wrong)
    throw new TypeError(
      `[cello-companion] ${CALLER}: "${wrong}" is for Cello's widget. The API takes accessKeyId and secretAccessKey, from ${KEYS_PAGE}`,
    );
}

function refuseMixedUp(accessKeyId: string | null, secretAccessKey: string | null): void {
  if (accessKeyId !== null && HOST_NAME.test(accessKeyId))
    throw new TypeError(
      `[cello-companion] ${CALLER}: "accessKeyId" looks like a product id. The product id and its secret sign the widget's token; the API takes an access key from ${KEYS_PAGE}`,
    );
  if (accessKeyId !== null && accessKeyId === secretAccessKey)
    throw new TypeError(`[cello-companion] ${CALLER}: "accessKeyId" and "secretAccessKey" are the same text`);
}

function chooseBaseUrl(environment: 'sandbox' | 'production' | null, baseUrl: string | null): string {
  if (environment !== null && baseUrl === null) return BASE_URLS[environment];
  if (environment === null && baseUrl !== null) return baseUrl;
  throw new TypeError(
    `[cello-companion] ${CALLER}: one of "environment" ("sandbox" or "production") and "baseUrl" is required, got ${baseUrl === null ? 'none' : 'both'}`,
  );
}

/** Thrown at the first call. To an outbox it means what it is, keys that Cello would reject, so it keeps its events. */
const createMissing = (name: string): TypeError =>
  Object.assign(
    new TypeError(
      `[cello-companion] ${CALLER}: "${name}" is missing: set it to the key from ${KEYS_PAGE} before the first call`,
    ),
    { reason: 'denied', status: null, retryable: false, ambiguous: false },
  );

/**
 * Parses the options of `createCello`.
 *
 * @throws {TypeError} Names the option. Contains no key.
 */
export function readCelloOptions(options: CelloOptions): CelloSettings {
  refuseProductKeys(options);
  const read = readOptions(CALLER, options, OPTIONS);
  const { accessKeyId, secretAccessKey, environment, baseUrl, fetch, timeoutMs, tokenCache, clock } = read;
  refuseMixedUp(accessKeyId, secretAccessKey);
  const keys = () => {
    if (accessKeyId === null) throw createMissing('accessKeyId');
    if (secretAccessKey === null) throw createMissing('secretAccessKey');
    return { accessKeyId, secretAccessKey };
  };
  return {
    keys,
    baseUrl: chooseBaseUrl(environment, baseUrl),
    fetch: fetch ?? globalThis.fetch,
    timeoutMs,
    tokenCache,
    clock,
  };
}
