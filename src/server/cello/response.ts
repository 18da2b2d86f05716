/**
 * Cello's responses: what we read, and what we do not trust.
 */
import { isFields } from '../input/index.js';

/** A complete response. */
export interface CelloAnswer {
  readonly status: number;
  readonly isOk: boolean;
  /** The parsed JSON; `undefined` if the body is not JSON. */
  readonly json: unknown;
  readonly isEmpty: boolean;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
}

/** The longest message from Cello that is passed on, in characters. */
const MESSAGE_MAX = 300;

/** Control and format characters and line breaks: the text may end up in a log. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // SyntaxError: the body is not JSON
  }
}

/** Parses `Retry-After`, in seconds or as a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function readRetryAfter(value: string | null, nowMs: number): number | null {
  if (!value?.trim()) return null;
  const delayMs = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(delayMs) ? Math.max(0, delayMs) : null;
}

/** Reads a complete response. Rejects if reading the body does. */
export async function readAnswer(response: Response, nowMs: number): Promise<CelloAnswer> {
  const { status, ok, headers } = response;
  const text = await response.text();
  return {
    status,
    isOk: ok,
    json: parseJson(text),
    isEmpty: !text.trim(),
    requestId: headers.get('apigw-requestid')?.replace(UNPRINTABLE, '').slice(0, MESSAGE_MAX) ?? null,
    retryAfterMs: readRetryAfter(headers.get('retry-after'), nowMs),
  };
}

/**
 * The message in a response. Both of Cello's error formats carry `message`; a list of messages is joined.
 *
 * @param secrets - Texts to blank out, in case a response repeats what it was sent.
 */
export function readReason({ json, isEmpty }: CelloAnswer, secrets: readonly string[]): string {
  const message = isFields(json) ? json['message'] : undefined;
  const text = Array.isArray(message) ? message.join('; ') : message;
  if (typeof text !== 'string' || !text.trim()) return isEmpty ? 'an empty body' : 'a body without a message';
  return secrets
    .reduce((blanked, secret) => blanked.replaceAll(secret, '[secret]'), text)
    .replace(UNPRINTABLE, ' ')
    .slice(0, MESSAGE_MAX);
}
