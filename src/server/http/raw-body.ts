/**
 * A request body's bytes, read with a limit.
 */

/** A body's bytes, or why there are none. */
export type RawBody =
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly wrong?: never }
  | { readonly bytes?: never; readonly wrong: 'size' | 'incomplete' | 'used' };

/** A body that an adapter can read without its stream: a stream costs more than the rest of an endpoint's work. */
export interface BodySource {
  /** The stream that stands for it in the request. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Reads it, as `readRawBody` does. */
  read(maxBytes: number): Promise<RawBody>;
}

const sources = new WeakMap<Request, BodySource>();

/** Remembers how to read a request's body without its stream. */
export const rememberSource = (request: Request, source: BodySource): void => void sources.set(request, source);

/** Finds that way, unless someone has begun to read the stream, or has cloned the request, which replaces the stream. */
function findSource(request: Request): BodySource | null {
  const source = sources.get(request);
  return source && request.body === source.stream && !source.stream.locked ? source : null;
}

/** Joins the chunks of a body. */
export function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * Reads a body and counts its bytes as they arrive: a declared length is only used to refuse early.
 *
 * @param maxBytes - The maximum size.
 * @returns The bytes, or what is wrong: too large (`size`), cut off (`incomplete`), or already read (`used`). Never
 *   rejects, and never holds more than the limit and one chunk.
 */
export async function readRawBody(request: Request, maxBytes: number): Promise<RawBody> {
  if (request.bodyUsed) return { wrong: 'used' };
  if (Number(request.headers.get('content-length')) > maxBytes) return { wrong: 'size' };
  if (!request.body) return { bytes: new Uint8Array() };
  const source = findSource(request);
  if (source) {
    source.stream.cancel().catch(() => {}); // marks the body as used; nothing has read from it that could be lost
    return source.read(maxBytes);
  }
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = await reader.read().catch(() => null); // rejects if the connection breaks
    if (!chunk) return { wrong: 'incomplete' };
    if (chunk.done) return { bytes: joinChunks(chunks, length) };
    length += chunk.value.byteLength;
    if (length > maxBytes) {
      reader.cancel().catch(() => {}); // the sender may be gone: nothing to report
      return { wrong: 'size' };
    }
    chunks.push(chunk.value);
  }
}
