/** Typeform's own host script, `@typeform/embed`; only the form in its frame is a stand-in. */
import type { FrameWidget } from './widget.js';

export const TYPEFORM_EMBED = '@typeform/embed/build/embed.js';

/** The host script knows a frame by the id in its address; the frame of the tests puts it in for `EMBED_ID`. */
const say = (type: string, more: object = {}) => ({ type, embedId: 'EMBED_ID', ...more });

export const TYPEFORM: FrameWidget = {
  word: 'typeform',
  origin: 'https://form.typeform.com',
  html: (origin) => `<div data-tf-widget="${origin}/to/Demo2026"></div>
    <script async nonce="page" src="/library/${TYPEFORM_EMBED}"></script>`,
  codeIn: ({ hash }) => new URLSearchParams(hash.slice(1)).get('ucc'),
  booked: (responseId) => [say('form-submit', { formId: 'Demo2026', responseId })],
  silent: [
    say('form-ready'),
    say('form-started', { responseId: 'started' }),
    say('form-screen-changed', { ref: 'a' }),
    say('duplicate-detected', { formId: 'Demo2026' }),
    say('thank-you-screen-button-click'),
  ],
  told: (ref) => ({ kind: null, ref }),
};
