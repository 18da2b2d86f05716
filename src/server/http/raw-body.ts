/**
 * A request's bytes: read with a limit, never trusted.
 */

/** The bytes of a body, or why there are none. */
export type RawBody =
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly wrong?: never }
  | { readonly bytes?: never; readonly wrong: 'size' | 'incomplete' | 'used' };

function join(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * Reads a body, counting its bytes as they come: a length that was declared is only good for refusing early.
 *
 * @param maxBytes - The most it may weigh.
 * @returns The bytes, or what is wrong: above the limit (`size`), cut off (`incomplete`), or read by somebody before us
 *   (`used`). Never rejects, and never holds more than the limit and one chunk.
 */
export async function readRawBody(request: Request, maxBytes: number): Promise<RawBody> {
  if (request.bodyUsed) return { wrong: 'used' };
  if (Number(request.headers.get('content-length')) > maxBytes) return { wrong: 'size' };
  if (!request.body) return { bytes: new Uint8Array() };
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = await reader.read().catch(() => null); // rejects when the connection broke
    if (!chunk) return { wrong: 'incomplete' };
    if (chunk.done) return { bytes: join(chunks, length) };
    length += chunk.value.byteLength;
    if (length > maxBytes) {
      reader.cancel().catch(() => {}); // the sender may be gone by now: nothing to tell it
      return { wrong: 'size' };
    }
    chunks.push(chunk.value);
  }
}
