/**
 * A request's body, as text.
 */
import { readRawBody } from '../http/index.js';

/** The text of a body, or why there is none. */
export type Body =
  | { readonly text: string; readonly wrong?: never }
  | { readonly text?: never; readonly wrong: 'size' | 'incomplete' | 'encoding' | 'used' };

/** Whether a request says that it carries JSON. `text/plain` counts: it is what goes cross-site without a preflight. */
export function isJson(contentType: string | null): boolean {
  const [essence = ''] = (contentType ?? '').split(';');
  return ['application/json', 'text/plain'].includes(essence.trim().toLowerCase());
}

/**
 * Reads a body as text.
 *
 * @param maxBytes - The most it may weigh.
 * @returns The text, or what is wrong: above the limit (`size`), cut off (`incomplete`), no UTF-8 (`encoding`), or read
 *   by somebody before us (`used`). Never rejects, and never holds more than the limit and one chunk.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Body> {
  const { bytes, wrong } = await readRawBody(request, maxBytes);
  if (wrong) return { wrong };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { wrong: 'encoding' }; // TypeError: these bytes are no UTF-8
  }
}
