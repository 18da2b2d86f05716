/**
 * Reads a request's body as text.
 */
import { readRawBody } from '../http/index.js';

/** A body's text, or why there is none. */
export type Body =
  | { readonly text: string; readonly wrong?: never }
  | { readonly text?: never; readonly wrong: 'size' | 'incomplete' | 'encoding' | 'used' };

/** Whether a request declares JSON. `text/plain` counts too: it can be sent cross-site without a preflight. */
export function isJson(contentType: string | null): boolean {
  const [essence = ''] = (contentType ?? '').split(';');
  return ['application/json', 'text/plain'].includes(essence.trim().toLowerCase());
}

/**
 * Reads a body as text.
 *
 * @param maxBytes - The maximum size.
 * @returns The text, or what is wrong: too large (`size`), cut off (`incomplete`), not UTF-8 (`encoding`), or already
 *   read (`used`). Never rejects, and never holds more than the limit and one chunk.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Body> {
  const { bytes, wrong } = await readRawBody(request, maxBytes);
  if (wrong) return { wrong };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { wrong: 'encoding' }; // TypeError: these bytes are not UTF-8
  }
}
