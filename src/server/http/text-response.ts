/**
 * Responses whose text is known, so that an adapter need not read it back from a stream.
 */
const texts = new WeakMap<Response, string>();

/** Creates a response with this text as its body. */
export function createTextResponse(text: string, init: ResponseInit): Response {
  const response = new Response(text, init);
  texts.set(response, text);
  return response;
}

/** The text of a response that `createTextResponse` made; `null` for any other. */
export const findText = (response: Response): string | null => texts.get(response) ?? null;
