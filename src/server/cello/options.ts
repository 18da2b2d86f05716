/**
 * What a client of Cello's API is told: checked before the first call, so that a mistake shows when the server starts
 * and not at the first sign-up.
 */

import { createFieldError, isFields, readText } from '../input.js';
import { refuseOtherOptions } from '../mistake.js';
import type { CallOptions } from './request.js';
import type { Keys } from './token.js';

/** What a client of Cello's API is told. One of `environment` and `baseUrl` is required. */
export interface CelloOptions {
  /** From https://portal.cello.so/integrations/accesskeys. Not the product id. */
  readonly accessKeyId: string | undefined;
  /** From the same page. Not the product secret. */
  readonly secretAccessKey: string | undefined;
  /** Which of Cello's two: keys are valid in one of them only. */
  readonly environment?: 'sandbox' | 'production' | undefined;
  /** Another address of the API, e.g. a stand-in for tests, or a proxy. */
  readonly baseUrl?: string | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
  /** How long one call may take, in ms. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** The time in ms since 1970. Default: the clock. */
  readonly clock?: (() => number) | undefined;
}

/** The options, read and complete. */
export interface ReadCelloOptions extends CallOptions {
  readonly keys: Keys;
}

const NAMES = ['accessKeyId', 'secretAccessKey', 'environment', 'baseUrl', 'fetch', 'timeoutMs', 'clock'];

/** The servers of https://docs.cello.so/api-reference/openapi.json */
const BASE_URLS = { production: 'https://api.cello.so', sandbox: 'https://api.sandbox.cello.so' } as const;

const TIMEOUT_MS = 10_000;

/** The most that a timer of Node's can wait. */
const TIMEOUT_MAX_MS = 2_147_483_647;

const KEYS_PAGE = 'https://portal.cello.so/integrations/accesskeys';

/** Product ids are host names as a rule, such as `getmoonly.com`: https://docs.cello.so/attribution/introduction */
const HOST_NAME = /^(?:[a-z0-9-]+\.)+[a-z]{2,24}$/;

const place = (path: string) => ({ caller: 'createCello', path });

function readKey(value: unknown, path: string): string {
  const key = readText(value, place(path));
  if (/\s/.test(key)) throw createFieldError(place(path), 'a key without white space or line ends', value);
  if (key === 'undefined' || key === 'null')
    throw new TypeError(`[cello-companion] createCello: "${path}" must be a key, got the word "${key}"`);
  return key;
}

function readKeys(options: Readonly<Record<string, unknown>>): Keys {
  const wrong = ['productId', 'productSecret'].find((name) => name in options);
  if (wrong)
    throw new TypeError(
      `[cello-companion] createCello: "${wrong}" is for Cello's widget. The API takes accessKeyId and secretAccessKey, from ${KEYS_PAGE}`,
    );
  const accessKeyId = readKey(options['accessKeyId'], 'accessKeyId');
  const secretAccessKey = readKey(options['secretAccessKey'], 'secretAccessKey');
  if (HOST_NAME.test(accessKeyId))
    throw new TypeError(
      `[cello-companion] createCello: "accessKeyId" looks like a product id. The product id and its secret sign the widget's token; the API takes an access key from ${KEYS_PAGE}`,
    );
  if (accessKeyId === secretAccessKey)
    throw new TypeError('[cello-companion] createCello: "accessKeyId" and "secretAccessKey" are the same text');
  return { accessKeyId, secretAccessKey };
}

function readUrl(value: unknown): string {
  const expected = 'an absolute http(s) URL without user name, query and fragment';
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw createFieldError(place('baseUrl'), expected, value);
  return url.href.replace(/\/+$/, '');
}

function readBaseUrl({ environment, baseUrl }: Readonly<Record<string, unknown>>): string {
  if ((environment === undefined) === (baseUrl === undefined))
    throw new TypeError(
      `[cello-companion] createCello: one of "environment" ("sandbox" or "production") and "baseUrl" is required, got ${baseUrl === undefined ? 'none' : 'both'}`,
    );
  if (environment === undefined) return readUrl(baseUrl);
  if (environment !== 'sandbox' && environment !== 'production')
    throw createFieldError(place('environment'), '"sandbox" or "production"', environment);
  return BASE_URLS[environment];
}

function readTimeout(value: unknown): number {
  if (typeof value !== 'number' || !(value > 0 && value <= TIMEOUT_MAX_MS))
    throw createFieldError(place('timeoutMs'), 'a number of milliseconds above 0', value);
  return value;
}

/**
 * Reads the options of `createCello`.
 *
 * @throws {TypeError} That names the option. No key is in it.
 */
export function readCelloOptions(options: CelloOptions): ReadCelloOptions {
  const given: unknown = options;
  if (!isFields(given)) throw createFieldError(place('options'), 'an object', given);
  const keys = readKeys(given);
  refuseOtherOptions('createCello', given, NAMES);
  const baseUrl = readBaseUrl(given);
  const timeoutMs = readTimeout(options.timeoutMs ?? TIMEOUT_MS);
  const { fetch = globalThis.fetch, clock = Date.now } = options;
  if (typeof fetch !== 'function') throw createFieldError(place('fetch'), 'a function', fetch);
  if (typeof clock !== 'function') throw createFieldError(place('clock'), 'a function', clock);
  return { keys, baseUrl, fetch, timeoutMs, clock };
}
