/**
 * A request's body: read with a limit, never trusted.
 */

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
 * Reads a body, counting its bytes as they come: a length that was declared is only good for refusing early.
 *
 * @param maxBytes - The most it may weigh.
 * @returns The text, or what is wrong: above the limit (`size`), cut off (`incomplete`), no UTF-8 (`encoding`), or read
 *   by somebody before us (`used`). Never rejects, and never holds more than the limit and one chunk.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Body> {
  if (request.bodyUsed) return { wrong: 'used' };
  if (Number(request.headers.get('content-length')) > maxBytes) return { wrong: 'size' };
  if (!request.body) return { text: '' };
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await reader.read().catch(() => null); // rejects when the connection broke
    if (!chunk) return { wrong: 'incomplete' };
    if (chunk.done) return decode(chunks);
    bytes += chunk.value.byteLength;
    if (bytes > maxBytes) {
      reader.cancel().catch(() => {}); // the sender may be gone by now: nothing to tell it
      return { wrong: 'size' };
    }
    chunks.push(chunk.value);
  }
}

function decode(chunks: readonly Uint8Array[]): Body {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return { text: chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode() };
  } catch {
    return { wrong: 'encoding' }; // TypeError: these bytes are no UTF-8
  }
}
