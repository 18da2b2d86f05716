/**
 * The form in the unread body of a fetch `Request`.
 */
import { runWithin } from '../../clock/index.js';
import { isFields } from '../../input/index.js';
import { EMPTY, type Form, readEntries, readText } from './form.js';

/** A sign-up form is far smaller; anything larger contains files, and a clone would hold them in memory. */
const BODY_MAX_BYTES = 1_048_576;

/** The longest wait for a visitor on a slow connection. */
const TIMEOUT_MS = 3000;

/** Whether it is a fetch `Request` with an untouched body. */
const isUnread = (source: unknown): source is Request =>
  isFields(source) &&
  typeof source['clone'] === 'function' &&
  source['bodyUsed'] === false &&
  isFields(source['body']) &&
  source['body']['locked'] === false;

async function readBytes(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Uint8Array[] | null> {
  const reader = body.getReader();
  const give = () => void reader.cancel().catch(() => {}); // or the other branch of the body would wait for this one
  signal.addEventListener('abort', give);
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return signal.aborted ? null : chunks;
    bytes += value.byteLength;
    if (bytes > BODY_MAX_BYTES) {
      give();
      return null;
    }
    chunks.push(value);
  }
}

async function readCopy(copy: Request, signal: AbortSignal): Promise<Form> {
  const type = copy.headers.get('content-type') ?? '';
  const chunks = copy.body && (await readBytes(copy.body, signal));
  if (!chunks) return EMPTY;
  const body = new Response(new Blob(chunks), { headers: { 'content-type': type } });
  return /^multipart\/form-data/i.test(type) ? readEntries(await body.formData()) : readText(await body.text());
}

/**
 * Reads the form from a clone of a request, so that the site can still read its own.
 *
 * @returns `null` if there is no such body; a form without fields if the body is cut off, not a form, or too large.
 *   Never rejects.
 */
export async function fetchForm(source: unknown): Promise<Form | null> {
  if (!isUnread(source)) return null;
  if (Number(source.headers.get('content-length')) > BODY_MAX_BYTES) return EMPTY;
  try {
    const copy = source.clone();
    return await runWithin((signal) => readCopy(copy, signal), { timeoutMs: TIMEOUT_MS });
  } catch {
    return EMPTY; // TypeError and the like: the connection broke, or the body does not match its type
  }
}
