/** https://developers.tally.so/widgets: `data-tally-src`, `Tally.loadEmbeds()`, and messages that are JSON texts. */
import type { FrameWidget } from './widget.js';

/** `embed.js`: loads the frames that have `data-tally-src` when the site asks for it, or by itself on load. */
export const EMBED_JS = `{
  window.Tally = {
    loadEmbeds() {
      for (const frame of document.querySelectorAll('iframe[data-tally-src]:not([src])')) frame.src = frame.dataset.tallySrc;
    },
  };
  document.readyState === 'complete' ? Tally.loadEmbeds() : addEventListener('load', Tally.loadEmbeds);
}`;

const payload = (id: string) => ({ id, respondentId: 'p1', formId: 'f1', formName: 'Demo', fields: [] });

export const TALLY: FrameWidget = {
  word: 'tally',
  origin: 'https://tally.so',
  html: (origin) => `<iframe data-tally-src="${origin}/embed/f1?hideTitle=1" title="Demo"></iframe>
    <script async nonce="page" src="/stand-ins/tally.js"></script>`,
  codeIn: ({ searchParams }) => searchParams.get('ucc'),
  booked: (id) => [
    JSON.stringify({ event: 'Tally.FormSubmitted', payload: payload(id) }),
    { event: 'Tally.FormSubmitted', payload: payload(id) }, // some sites see an object
  ],
  silent: [
    JSON.stringify({ event: 'Tally.FormLoaded', payload: { formId: 'f1' } }),
    JSON.stringify({ event: 'Tally.FormPageView', payload: { formId: 'f1', page: 1 } }),
    JSON.stringify({ event: 'Tally.PopupClosed', payload: { formId: 'f1' } }),
  ],
  told: (ref) => ({ kind: null, ref }),
  taken: 'ucc=THEIRS',
};
